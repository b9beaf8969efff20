/** What a device runs on: which adapter is taken, and what it is called. */
import { show } from "../fields";

/** What a device runs on, told honestly: a software adapter is admitted. */
export interface AdapterReport {
  readonly vendor: string;
  readonly architecture: string;
  readonly description: string;
  /** The model, as the runtime spells it, where that tells it. */
  readonly device?: string;
  /** The driver by its own name, where the runtime tells it. */
  readonly driver?: string;
  /** True when the adapter computes on the CPU (SwiftShader, lavapipe, WARP). */
  readonly software: boolean;
}

/**
 * `auto` takes the best there is, `hardware` and `software` refuse the other kind; anything else is a part of what the
 * adapter is called (vendor, architecture, model, description or driver), in capitals or not.
 */
export type AdapterChoice = "auto" | "hardware" | "software" | (string & {});

/** No adapter of the wanted kind was found; the message says what there is. */
export class NoAdapterError extends Error {
  override readonly name = "NoAdapterError";
  /** What there is instead. */
  readonly others: readonly AdapterReport[];

  constructor(message: string, options: ErrorOptions & { readonly others?: readonly AdapterReport[] } = {}) {
    super(message, options);
    this.others = options.others ?? [];
  }
}

/** What an adapter tells of itself: a GPUAdapterInfo, or a copy of it. */
export interface AdapterInfo {
  readonly vendor: string;
  readonly architecture: string;
  readonly device: string;
  readonly description: string;
  readonly isFallbackAdapter: boolean;
  readonly driver?: string;
}

/** Ways to ask for an adapter, each of which may lead to another. */
const requests: readonly GPURequestAdapterOptions[] = [
  { powerPreference: "high-performance" },
  { powerPreference: "low-power" },
  { forceFallbackAdapter: true },
];

/** Throws a RangeError where a choice, from a program without types, is none. */
export function requireChoice(choice: AdapterChoice): void {
  if (typeof choice !== "string" || choice.trim() === "")
    throw new RangeError(
      `adapter must be auto, hardware, software or a part of an adapter's name, got ${show(choice)}`,
    );
}

/**
 * The first adapter that is what was chosen.
 * @throws NoAdapterError where there is none; RangeError where the choice is no text
 */
export async function findAdapter(
  gpu: GPU,
  choice: AdapterChoice,
): Promise<{ readonly adapter: GPUAdapter; readonly report: AdapterReport }> {
  requireChoice(choice);
  const others: AdapterReport[] = [];
  for (const request of requests) {
    const adapter = await gpu.requestAdapter(request);
    if (!adapter) continue;
    const report = reportAdapter(adapter.info);
    if (isChosen(report, choice)) return { adapter, report };
    others.push(report);
  }
  throw noAdapter(choice, others);
}

/** Whether an adapter is of the wanted kind or name. */
export function isChosen(report: AdapterReport, choice: AdapterChoice): boolean {
  if (choice === "auto") return true;
  if (choice === "hardware" || choice === "software") return report.software === (choice === "software");
  return namesOf(report).some((name) => name.toLowerCase().includes(choice.toLowerCase()));
}

/** Whether a pattern is found in anything that the adapter is called. */
export const isCalled = (report: AdapterReport, pattern: RegExp): boolean =>
  namesOf(report).some((name) => pattern.test(name));

/** Each name, and all of them in one line. */
function namesOf({ vendor, architecture, device, description, driver }: AdapterReport): string[] {
  const names = [vendor, architecture, device, description, driver].filter((name) => name !== undefined);
  return [...names, names.join(" ")];
}

/** An adapter in a few words, by its own name. */
export function nameAdapter({ vendor, architecture, device, description, software }: AdapterReport): string {
  const model = software || device === description ? "" : device;
  const name = [model, description].filter(Boolean).join(", ");
  return `${name || `${vendor} ${architecture}`.trim()}${software ? " (software adapter)" : ""}`;
}

/** @param others what there is instead */
export function noAdapter(choice: AdapterChoice, others: readonly AdapterReport[]): NoAdapterError {
  const wanted =
    choice === "auto"
      ? "WebGPU adapter"
      : choice === "hardware"
        ? "GPU"
        : choice === "software"
          ? "software adapter"
          : `adapter called ${JSON.stringify(choice)}`;
  const names = Array.from(new Set(others.map(nameAdapter)));
  const instead = names.length === 0 ? " on this machine" : `, only ${names.join("; ")}`;
  return new NoAdapterError(`no ${wanted} was found${instead}`, { others });
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

/** wgpu tells the model by number; Dawn by name, with a dash for whatever is no letter, and describes the driver. */
export function reportAdapter(info: AdapterInfo): AdapterReport {
  const { vendor, architecture, description, isFallbackAdapter } = info;
  const device = /^\d*$/.test(info.device) ? undefined : info.device.replace(/-+$/, "");
  const driver = info.driver || (device === undefined ? undefined : description);
  const words = [vendor, architecture, device, description].join(" ").toLowerCase();
  return {
    vendor: vendors.get(vendor) ?? vendor,
    architecture,
    description: description || device || "",
    ...(device === undefined ? {} : { device }),
    ...(driver ? { driver } : {}),
    software: isFallbackAdapter || /swiftshader|llvmpipe|lavapipe|basic render|warp/.test(words),
  };
}
