import type { Device } from "../engine/gpu/device";
import { guardMemory, Memory, type Slice } from "../engine/gpu/memory";
import { Plan } from "../engine/gpu/plan";
import { clockOf } from "../engine/gpu/profile";
import { readStaging } from "../engine/gpu/readback";
import { readingBytes, Stopwatch } from "../engine/gpu/stopwatch";

/** What an adapter can do at best. */
export interface Peak {
  /** Multiply-adds in registers, 10⁹ floating-point operations a second. */
  readonly gflops: number;
  /** A copy beyond most caches, bytes read plus bytes written, 10⁹ a second. */
  readonly gbps: number;
}

/** Work of one dispatch, for the kernels of shaders/measuring/peak.wgsl. */
interface Work {
  /** Of multiply_add: enough invocations to fill the adapter several times over, and rounds of 64 operations each. */
  readonly invocations: number;
  readonly rounds: number;
  /** Of copy: each of its two buffers, and vec4f copied by an invocation. */
  readonly bytes: number;
  readonly each: number;
}

/** Some 30 ms of arithmetic on the cores of a processor, where an invocation costs more than what it copies. */
const softwareWork: Work = { invocations: 1 << 14, rounds: 512, bytes: 64 << 20, each: 32 };
/** 17 GFLOP and 256 MiB, more than a cache holds: 0.3 and 0.1 ms on the fastest cards, some 100 ms on the slowest. */
const hardwareWork: Work = { invocations: 1 << 20, rounds: 256, bytes: 128 << 20, each: 8 };

/**
 * Of a pass, at least, by repeating the dispatch in it. Browsers round the GPU's clock to about 0.1 ms; the wall clock adds
 * the way to the GPU and back.
 */
const passMilliseconds = { timestamps: 5, wall: 50 } as const;
const mostDispatches = 512;

const passes = 7;

/**
 * Measures the peak on plain kernels, by the GPU's own clock where it has one.
 * @throws OutOfMemoryError where the driver refuses the buffers to copy
 */
export async function measurePeak(device: Device): Promise<Peak> {
  const work = device.adapter.software ? softwareWork : hardwareWork;
  const buffers = await guardMemory(device, async () => allocate(device, work));
  try {
    const { source, destination } = buffers;
    const length = work.bytes / 16;
    const build = (entry: string, workgroups: number) =>
      Plan.build(device, [
        {
          label: entry,
          file: "measuring/peak",
          entry,
          constants: { ROUNDS: work.rounds, LENGTH: length, EACH: work.each },
          bindings: { source, destination },
          workgroups: [workgroups],
        },
      ]);
    const multiplyAdd = await build("multiply_add", work.invocations / 64);
    const copy = await build("copy", length / 64 / work.each);
    const flops = 64 * work.rounds * work.invocations;
    return {
      gflops: flops / (await fastest(device, multiplyAdd, buffers)) / 1e6,
      gbps: (2 * work.bytes) / (await fastest(device, copy, buffers)) / 1e6,
    };
  } finally {
    buffers.dispose();
  }
}

interface Buffers {
  readonly memory: Memory;
  readonly source: Slice;
  readonly destination: Slice;
  readonly stopwatch: Stopwatch | undefined;
  readonly reading: Slice;
  dispose(): void;
}

function allocate(device: Device, { bytes }: Work): Buffers {
  const memory = new Memory(device);
  return {
    memory,
    source: memory.storage("source", bytes / 4),
    destination: memory.storage("destination", bytes / 4),
    stopwatch: Stopwatch.create(device, memory, "peak"),
    reading: memory.staging("peak", readingBytes),
    dispose: () => memory.dispose(),
  };
}

/**
 * Milliseconds of one run of a plan: the median of the best three of several passes. Other work on the machine only ever
 * adds to a time, but the very best may be a clock's error.
 */
async function fastest(device: Device, plan: Plan, buffers: Buffers): Promise<number> {
  // The first of all also warms up.
  await timePass(device, plan, 1, buffers);
  let repeats = 1;
  const least = passMilliseconds[clockOf(device)];
  while (repeats < mostDispatches && (await timePass(device, plan, repeats, buffers)) < least) repeats *= 2;
  const times: number[] = [];
  while (times.length < passes) times.push(await timePass(device, plan, repeats, buffers));
  return times.toSorted((a, b) => a - b)[1] / repeats;
}

async function timePass(
  device: Device,
  plan: Plan,
  repeats: number,
  { memory, stopwatch, reading }: Buffers,
): Promise<number> {
  const encoder = device.gpu.createCommandEncoder();
  const pass = encoder.beginComputePass(stopwatch && { timestampWrites: stopwatch.timestampWrites });
  for (let i = 0; i < repeats; i++) plan.encode(pass);
  pass.end();
  stopwatch?.encodeReading(encoder, reading.buffer, 0);
  const begun = performance.now();
  device.gpu.queue.submit([encoder.finish()]);
  await device.gpu.queue.onSubmittedWorkDone();
  const wall = performance.now() - begun;
  if (!stopwatch) return wall;
  const words = await readStaging(memory, reading, readingBytes);
  return Stopwatch.milliseconds(words.slice().buffer) ?? wall;
}
