import type { Device } from "./device";
import type { Dispatch } from "./kernel";
import { encodeDispatch, type Plan } from "./plan";
import { readWords } from "./readback";

/** Time of one dispatch of a plan. */
export interface KernelTime {
  readonly dispatch: Dispatch;
  readonly milliseconds: number;
}

/** All dispatches of one label together. */
export interface KernelSum {
  readonly label: string;
  readonly dispatches: number;
  readonly milliseconds: number;
  /** Of what it computes, by its definition; 0 where the kernel counts none. */
  readonly flops: number;
  /** Those that it does: fewer, where it has a way to. */
  readonly executed: number;
  /** What each of the dispatches must read and write at least; see `bytesOf`. */
  readonly bytes: number;
}

/** The clock by which `profilePlan` measures on a device. */
export const clockOf = (device: Device): "timestamps" | "wall" =>
  device.gpu.features.has("timestamp-query") ? "timestamps" : "wall";

/**
 * Times every dispatch of a plan, each in a pass of its own: by timestamp queries where the device offers them (browsers
 * round them to about 0.1 ms), else by the wall clock around a submit, which adds its overhead. Runs the plan once.
 */
export function profilePlan(device: Device, plan: Plan): Promise<KernelTime[]> {
  return clockOf(device) === "timestamps" ? byTimestamps(device, plan) : byClock(device, plan);
}

/** Dispatches that are timed in one submit: WebGPU allows 4096 timestamps in a set of queries. */
const mostTimed = 2048;

async function byTimestamps(device: Device, { dispatches }: Plan): Promise<KernelTime[]> {
  const times: KernelTime[] = [];
  for (let first = 0; first < dispatches.length; first += mostTimed)
    times.push(...(await timeTogether(device, dispatches.slice(first, first + mostTimed))));
  return times;
}

async function timeTogether(device: Device, dispatches: readonly Dispatch[]): Promise<KernelTime[]> {
  const count = dispatches.length * 2;
  const querySet = device.gpu.createQuerySet({ label: "profile", type: "timestamp", count });
  const resolved = device.gpu.createBuffer({
    label: "profile",
    size: count * 8,
    usage: GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC,
  });
  const encoder = device.gpu.createCommandEncoder();
  dispatches.forEach((dispatch, i) => {
    const pass = encoder.beginComputePass({
      timestampWrites: { querySet, beginningOfPassWriteIndex: 2 * i, endOfPassWriteIndex: 2 * i + 1 },
    });
    encodeDispatch(pass, dispatch);
    pass.end();
  });
  encoder.resolveQuerySet(querySet, 0, count, resolved, 0);
  device.gpu.queue.submit([encoder.finish()]);
  const words = await readWords(device, { buffer: resolved, offset: 0, size: count * 8 });
  querySet.destroy();
  resolved.destroy();
  const nanoseconds = new BigUint64Array(words.buffer);
  return dispatches.map((dispatch, i) => ({
    dispatch,
    milliseconds: Math.max(0, Number(nanoseconds[2 * i + 1] - nanoseconds[2 * i]) / 1e6),
  }));
}

async function byClock(device: Device, { dispatches }: Plan): Promise<KernelTime[]> {
  const times: KernelTime[] = [];
  for (const dispatch of dispatches) {
    const encoder = device.gpu.createCommandEncoder();
    const pass = encoder.beginComputePass();
    encodeDispatch(pass, dispatch);
    pass.end();
    const begun = performance.now();
    device.gpu.queue.submit([encoder.finish()]);
    await device.gpu.queue.onSubmittedWorkDone();
    times.push({ dispatch, milliseconds: performance.now() - begun });
  }
  return times;
}

/** Sums by label, in the order in which the labels first come. */
export function sumByLabel(times: readonly KernelTime[]): KernelSum[] {
  const labels = new Map<string, KernelTime[]>();
  for (const time of times) {
    const { label } = time.dispatch.call;
    labels.set(label, [...(labels.get(label) ?? []), time]);
  }
  return Array.from(labels, ([label, own]) => ({
    label,
    dispatches: own.length,
    milliseconds: own.reduce((sum, { milliseconds }) => sum + milliseconds, 0),
    flops: own.reduce((sum, { dispatch }) => sum + (dispatch.call.flops ?? 0), 0),
    executed: own.reduce((sum, { dispatch: { call } }) => sum + (call.executed ?? call.flops ?? 0), 0),
    bytes: own.reduce((sum, { dispatch }) => sum + bytesOf(dispatch), 0),
  }));
}

/**
 * The least a dispatch can move: what it binds, once where it reads it and once where it writes it, as if everything that is
 * read twice stayed in a cache. Where a call touches only a part of what it binds, it says so itself.
 */
function bytesOf({ call, reads, writes }: Dispatch): number {
  return call.bytes ?? [...reads, ...writes].reduce((sum, { size }) => sum + size, 0);
}
