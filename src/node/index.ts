/** Fluxion in Node and Deno: a WebGPU device on the GPU or, where there is none, on a software adapter. */
import { existsSync } from "node:fs";
import { delimiter, dirname } from "node:path";
import { isMainThread } from "node:worker_threads";
import { requireFields } from "../engine/fields";
import { type AdapterChoice, NoAdapterError, noAdapter, requireChoice } from "../engine/gpu/adapter";
import { type Device, openDevice as openOn } from "../engine/gpu/device";
import type { Environment } from "./cache";
import { runtime } from "./runtime";
import { chooseDrivers, type Offer, surveyDrivers } from "./survey";
import { hasSwiftShader, loadSwiftShader } from "./swiftshader";
import { findDrivers, type InstalledDrivers } from "./vulkan";

export { type AdapterChoice, type AdapterReport, NoAdapterError } from "../engine/gpu/adapter";
export type { Device } from "../engine/gpu/device";

export interface NodeDeviceOptions {
  /** Which adapter: `auto` unless told otherwise. */
  readonly adapter?: AdapterChoice;
  /** Told, in a line each, which installed drivers were asked and are of no use. */
  readonly onRefusal?: (line: string) => void;
}

/**
 * Opens a device: on the GPU where there is one, else on a software driver that is installed, else on SwiftShader, which
 * comes as an npm package for Linux on x64. Drivers that the environment names (VK_DRIVER_FILES, VK_ICD_FILENAMES) are
 * the only ones that count. In Deno the first device of a process decides with which drivers all others are opened.
 * @throws NoAdapterError where there is no such adapter, or a package is missing: the message names it
 */
export async function openDevice(options: NodeDeviceOptions = {}): Promise<Device> {
  requireFields("openDevice's options", options, ["adapter", "onRefusal"]);
  const { adapter = "auto", onRefusal }: NodeDeviceOptions = options;
  // One after the other: the environment, by which drivers are told to the Vulkan loader, belongs to all.
  const device = last.then(() => open(adapter, onRefusal));
  last = device.catch(() => undefined);
  return device;
}

let last: Promise<unknown> = Promise.resolve();

/** Node gives a worker a copy of the environment, which the Vulkan loader does not see. */
const inWorker =
  "the software adapter cannot be opened in a worker with an environment of its own: start the worker with env: SHARE_ENV";

async function open(choice: AdapterChoice, tell: (line: string) => void = () => undefined): Promise<Device> {
  requireChoice(choice);
  // Asked first, so that a package that is missing is told before anything else.
  const gpu = await runtime.gpu("");
  if (process.platform !== "linux") return openOn({ gpu, adapter: choice });
  const drivers = findDrivers();
  const offers = await offersOf(drivers);
  for (const { manifest, refused } of offers) if (refused !== undefined) tell(`${manifest} (${refused})`);
  requireNamed(drivers, offers);
  const chosen = chooseDrivers(offers, choice);
  if (chosen !== undefined) return openWith(chosen, choice);
  const others = offers.flatMap(({ adapters }) => adapters);
  if (choice === "hardware" || drivers.named?.alone || !hasSwiftShader()) throw noAdapter(choice, others);
  const { manifest } = loadSwiftShader(runtime.keepLibrary);
  return openWith([manifest], choice).catch((error: unknown) => {
    if (!(error instanceof NoAdapterError)) throw error;
    if (error.others.length > 0) throw noAdapter(choice, [...others, ...error.others]);
    throw isMainThread ? error : new NoAdapterError(inWorker, { cause: error });
  });
}

async function offersOf({ loader, manifests }: InstalledDrivers): Promise<readonly Offer[]> {
  const missing = manifests
    .filter((manifest) => !existsSync(manifest))
    .map((manifest) => ({ manifest, adapters: [], refused: "no such file" }));
  const there = manifests.filter((manifest) => existsSync(manifest));
  if (there.length === 0) return missing;
  return [...missing, ...(await surveyDrivers(there, loader ? {} : bringLoader()))];
}

/** Loads a Vulkan loader where none is installed. Returns what makes other processes find it. */
function bringLoader(): Environment {
  if (!hasSwiftShader())
    throw new NoAdapterError("a GPU's driver is installed, but no Vulkan loader: install libvulkan1");
  const { loader } = loadSwiftShader(runtime.keepLibrary);
  return { LD_LIBRARY_PATH: [dirname(loader), process.env.LD_LIBRARY_PATH].filter(Boolean).join(delimiter) };
}

/** A driver that the user names never becomes another one in silence. */
function requireNamed({ named }: InstalledDrivers, offers: readonly Offer[]): void {
  if (named === undefined) return;
  const asked = offers.filter(({ manifest }) => named.manifests.includes(manifest));
  if (asked.some(({ adapters }) => adapters.length > 0)) return;
  throw new NoAdapterError(`${named.words}: ${asked[0]?.refused ?? "names no driver"}`);
}

/** Opens a device with these drivers alone. The loader looks at the environment whenever it is asked for drivers. */
async function openWith(manifests: readonly string[], choice: AdapterChoice): Promise<Device> {
  const files = manifests.join(delimiter);
  const { XDG_RUNTIME_DIR } = process.env;
  const wanted: Environment = {
    VK_DRIVER_FILES: files,
    // For loaders that do not know the other name yet.
    VK_ICD_FILENAMES: files,
    // Mesa looks there for a screen, and complains where the variable is missing.
    XDG_RUNTIME_DIR: XDG_RUNTIME_DIR || "/nonexistent",
  };
  const before = Object.keys(wanted).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, wanted);
  try {
    return await openOn({ gpu: await runtime.gpu(files), adapter: choice });
  } finally {
    for (const [name, value] of before)
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
  }
}
