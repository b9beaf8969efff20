import type { Device } from "../gpu/device";
import { Memory } from "../gpu/memory";
import { Plan } from "../gpu/plan";

/** What an adapter can do at best. */
export interface Peak {
  /** Multiply-adds in registers, 10⁹ floating-point operations a second. */
  readonly gflops: number;
  /** A copy, bytes read plus bytes written, 10⁹ a second. */
  readonly gbps: number;
}

/** Measured in repetitions of which the best counts: a yardstick should not be bent by other work on the machine. */
const peakRepetitions = 3;

/** Measures the peak on plain kernels (shaders/peak.wgsl). */
export async function measurePeak(device: Device): Promise<Peak> {
  const memory = new Memory(device);
  try {
    const length = 1 << 20;
    const threads = device.adapter.software ? 1 << 14 : 1 << 20;
    const rounds = device.adapter.software ? 512 : 4096;
    const bindings = {
      source: memory.storage("source", length * 4),
      destination: memory.storage("destination", length * 4),
    };
    const constants = { ROUNDS: rounds, LENGTH: length };
    const build = (entry: string, count: number) =>
      Plan.build(device, [
        { label: entry, file: "peak", entry, constants, bindings, workgroups: [count / 64] },
      ]);
    const fastest = async (plan: Plan) => {
      let best = Number.POSITIVE_INFINITY;
      for (let i = 0; i <= peakRepetitions; i++) {
        const begun = performance.now();
        plan.submit(device);
        await device.gpu.queue.onSubmittedWorkDone();
        if (i > 0) best = Math.min(best, performance.now() - begun);
      }
      return best;
    };
    const multiplyAdd = await fastest(await build("multiply_add", threads));
    const copy = await fastest(await build("copy", length));
    return { gflops: (threads * rounds * 64) / multiplyAdd / 1e6, gbps: (length * 32) / copy / 1e6 };
  } finally {
    memory.dispose();
  }
}
