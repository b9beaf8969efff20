import type { Device } from "./device";
import { compile, type Dispatch, type KernelCall } from "./kernel";

/** A frozen list of dispatches: compiled and bound once, encoded as often as wanted, without allocation. */
export class Plan {
  readonly dispatches: readonly Dispatch[];

  private constructor(dispatches: readonly Dispatch[]) {
    this.dispatches = dispatches;
  }

  /** Compiles all calls in parallel. */
  static async build(device: Device, calls: readonly KernelCall[]): Promise<Plan> {
    return new Plan(await Promise.all(calls.map((call) => compile(device, call))));
  }

  /** Floating-point operations of one run through the plan. */
  get flops(): number {
    return this.dispatches.reduce((sum, { call }) => sum + (call.flops ?? 0), 0);
  }

  /** Appends all dispatches to a pass. Each dispatch sees what the ones before it wrote. */
  encode(pass: GPUComputePassEncoder): void {
    for (const dispatch of this.dispatches) encodeDispatch(pass, dispatch);
  }

  /** Runs the plan once, in a submit of its own. */
  submit(device: Device): void {
    const encoder = device.gpu.createCommandEncoder();
    const pass = encoder.beginComputePass();
    this.encode(pass);
    pass.end();
    device.gpu.queue.submit([encoder.finish()]);
  }
}

export function encodeDispatch(pass: GPUComputePassEncoder, { pipeline, bindGroup, call }: Dispatch): void {
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, bindGroup);
  pass.dispatchWorkgroups(...call.workgroups);
}
