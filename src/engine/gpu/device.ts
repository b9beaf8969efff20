import { requireFields } from "../fields";
import { type AdapterChoice, type AdapterReport, findAdapter, NoAdapterError, nameAdapter } from "./adapter";

declare global {
  // A compiler that knows no WebGPU (TypeScript before 6, or without DOM) reads these; to any other they add nothing.
  interface GPU {}
  interface GPUAdapter {}
  interface GPUBindGroup {}
  interface GPUBuffer {}
  interface GPUComputePassEncoder {}
  interface GPUComputePipeline {}
  interface GPUDevice {}
  interface GPUDeviceLostInfo {
    readonly message: string;
    readonly reason: "destroyed" | "unknown";
  }
  interface GPUQuerySet {}
}

/** The device is gone: a driver reset, a crash, or `dispose`. Open another and build anew. */
export class DeviceLostError extends Error {
  override readonly name = "DeviceLostError";
}

/** An open WebGPU device. `lost` resolves once, when the device is gone. */
export interface Device {
  readonly gpu: GPUDevice;
  readonly adapter: AdapterReport;
  readonly lost: Promise<GPUDeviceLostInfo>;
  /** Buffers created so far; it stands still while a network trains. */
  buffersCreated: number;
  /** The first error that the device reported in the background: results after it cannot be trusted. */
  fault: Error | undefined;
  dispose(): void;
}

/** Optional features, each with its reason. */
const wantedFeatures = [
  "timestamp-query", // time per kernel in the profile
  "subgroups", // four invocations share a load where loads are dear
] as const satisfies readonly GPUFeatureName[];

/** Limits raised above WebGPU's defaults as far as the adapter allows, each with its reason. */
const wantedLimits = [
  "maxBufferSize", // a data set or a layer's activations are one buffer
  "maxStorageBufferBindingSize", // and are bound whole
  "maxComputeWorkgroupStorageSize", // a recurrence hands its states on there
] as const;

/**
 * Opens a device on the best adapter there is.
 * @param options.gpu the WebGPU entry point, `navigator.gpu` unless told otherwise
 * @param options.adapter which adapter: `auto` unless told otherwise
 * @throws NoAdapterError when WebGPU is missing or no adapter of that kind exists
 */
export async function openDevice(
  options: { readonly gpu?: GPU; readonly adapter?: AdapterChoice } = {},
): Promise<Device> {
  requireFields("openDevice's options", options, ["gpu", "adapter"]);
  const gpu = options.gpu ?? globalThis.navigator?.gpu;
  if (!gpu)
    throw new NoAdapterError(
      "WebGPU is not available here: use a current Chrome, Edge, Safari or Firefox over https, or in Node openDevice of fluxion/node",
    );
  const { adapter, report } = await findAdapter(gpu, options.adapter ?? "auto");
  const device = await requestDevice(adapter).catch((cause: Error) => {
    throw new NoAdapterError(`${nameAdapter(report)} gives no device: ${cause.message}`, { cause });
  });
  const opened: Device = {
    gpu: device,
    adapter: report,
    lost: device.lost,
    buffersCreated: 0,
    fault: undefined,
    dispose() {
      // At once, so that nothing that is under way takes itself for done before the device says that it is gone.
      opened.fault ??= new DeviceLostError("the GPU device was disposed");
      device.destroy();
    },
  };
  device.addEventListener("uncapturederror", ({ error }) => {
    opened.fault ??= new Error(`the GPU reported an error: ${error.message}`);
  });
  void device.lost.then(({ reason, message }) => {
    opened.fault ??= new DeviceLostError(
      reason === "destroyed" ? "the GPU device was disposed" : `the GPU device was lost: ${message}`,
    );
  });
  return opened;
}

const requestDevice = (adapter: GPUAdapter): Promise<GPUDevice> =>
  adapter.requestDevice({
    label: "fluxion",
    requiredFeatures: wantedFeatures.filter((feature) => adapter.features.has(feature)),
    requiredLimits: Object.fromEntries(wantedLimits.map((limit) => [limit, adapter.limits[limit]])),
  });
