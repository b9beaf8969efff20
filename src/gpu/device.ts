import { requireFields } from "../fields";

declare global {
  // A compiler that knows no WebGPU (TypeScript before 6, or without DOM) reads these; to any other they add nothing.
  interface GPU {}
  interface GPUAdapter {}
  interface GPUAdapterInfo {
    readonly vendor: string;
    readonly architecture: string;
    readonly device: string;
    readonly description: string;
    readonly isFallbackAdapter: boolean;
  }
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

/** What a device runs on, told honestly: a software adapter is admitted. */
export interface AdapterReport {
  readonly vendor: string;
  readonly architecture: string;
  readonly description: string;
  /** True when the adapter computes on the CPU (SwiftShader, lavapipe, WARP). */
  readonly software: boolean;
}

export type AdapterChoice = "auto" | "hardware" | "software";

/** No adapter of the wanted kind was found; the message says what to do. */
export class NoAdapterError extends Error {
  override readonly name = "NoAdapterError";
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
 * @param options.adapter `hardware` or `software` refuse the other kind
 * @throws NoAdapterError when WebGPU is missing or no adapter of that kind exists
 */
export async function openDevice(
  options: { readonly gpu?: GPU; readonly adapter?: AdapterChoice } = {},
): Promise<Device> {
  requireFields("openDevice's options", options, ["gpu", "adapter"]);
  const gpu = options.gpu ?? globalThis.navigator?.gpu;
  if (!gpu)
    throw new NoAdapterError(
      "WebGPU is not available here: use a current Chrome, Edge, Safari or Firefox over https",
    );
  const choice = options.adapter ?? "auto";
  const adapter = await gpu.requestAdapter({
    powerPreference: "high-performance",
    forceFallbackAdapter: choice === "software",
  });
  if (!adapter)
    throw new NoAdapterError(
      `no ${choice === "auto" ? "" : `${choice} `}WebGPU adapter was found on this machine`,
    );
  const report = reportAdapter(adapter);
  if (choice === "hardware" && report.software)
    throw new NoAdapterError(
      `only a software adapter was found (${report.description}); use --adapter software`,
    );
  if (choice === "software" && !report.software)
    throw new NoAdapterError(`no software adapter was found, only ${report.description}`);
  const device = await adapter.requestDevice({
    label: "fluxion",
    requiredFeatures: wantedFeatures.filter((feature) => adapter.features.has(feature)),
    requiredLimits: Object.fromEntries(wantedLimits.map((limit) => [limit, adapter.limits[limit]])),
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

/** Vendors as browsers name them, by the numbers that wgpu reports. */
const vendors: ReadonlyMap<string, string> = new Map([
  ["4098", "amd"],
  ["4203", "apple"],
  ["4318", "nvidia"],
  ["5045", "arm"],
  ["6880", "google"],
  ["20803", "qualcomm"],
  ["32902", "intel"],
  ["65541", "mesa"],
]);

function reportAdapter(adapter: GPUAdapter): AdapterReport {
  const { vendor, architecture, device, description, isFallbackAdapter } = adapter.info;
  const words = `${vendor} ${architecture} ${device} ${description}`.toLowerCase();
  return {
    vendor: vendors.get(vendor) ?? vendor,
    architecture,
    description: description || device,
    software: isFallbackAdapter || /swiftshader|llvmpipe|lavapipe|basic render|warp/.test(words),
  };
}
