import type { Device } from "./device";
import type { KernelCall } from "./kernel";
import { encodeDispatch, type Plan } from "./plan";
import { readWords } from "./readback";

/** Time of one dispatch of a plan. */
export interface KernelTime {
  readonly call: KernelCall;
  readonly milliseconds: number;
}

/**
 * Times every dispatch of a plan, each in a pass of its own: by timestamp queries where the device offers them (browsers
 * round them to about 0.1 ms), else by the wall clock around a submit, which adds its overhead. Runs the plan once.
 */
export function profilePlan(device: Device, plan: Plan): Promise<KernelTime[]> {
  return device.gpu.features.has("timestamp-query") ? byTimestamps(device, plan) : byClock(device, plan);
}

async function byTimestamps(device: Device, { dispatches }: Plan): Promise<KernelTime[]> {
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
  return dispatches.map(({ call }, i) => ({
    call,
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
    times.push({ call: dispatch.call, milliseconds: performance.now() - begun });
  }
  return times;
}
