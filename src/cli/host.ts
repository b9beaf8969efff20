/** Opens a WebGPU device in Node: on the GPU where there is one, else on SwiftShader. */
import { delimiter } from "node:path";
import { type AdapterChoice, type Device, NoAdapterError, openDevice } from "../index";
import { UsageError } from "./errors";
import { followParent, respawn } from "./respawn";
import { restBetweenTurns } from "./rest";
import { installSwiftShader, isOnSwiftShader } from "./swiftshader";
import { type Environment, vulkanNeeds } from "./vulkan";

declare global {
  /** Dawn's instance. It must outlive every device, and nothing else refers to it. */
  var fluxionGpu: GPU | undefined;
}

/**
 * Opens the device and says on standard error, in one line, what it is. Where SwiftShader or a Vulkan
 * loader has to be brought along, this process is replaced by a child and the call does not return.
 * @throws UsageError when there is no such adapter or a package is missing
 */
export async function openHost(choice: AdapterChoice): Promise<Device> {
  followParent();
  const onSwiftShader = choice !== "hardware" && isOnSwiftShader();
  const device = onSwiftShader ? await open("software") : await findHardware(choice);
  if (device === undefined) return enterSwiftShader();
  say(device, choice, onSwiftShader);
  if (device.adapter.software) restBetweenTurns();
  // A device left open can keep Node from ending.
  process.once("exit", () => device.dispose());
  void device.lost.then(({ reason, message }) => {
    if (reason === "destroyed") return;
    process.stderr.write(`fluxion: the GPU device was lost: ${message.replaceAll("\n", " ")}\n`);
    process.exit(1);
  });
  return device;
}

/** The hardware device; undefined where there is none and `choice` allows another. */
async function findHardware(choice: AdapterChoice): Promise<Device | undefined> {
  if (choice !== "software" && (await canAskForHardware())) {
    try {
      return await open("hardware");
    } catch (error) {
      if (!(error instanceof NoAdapterError)) throw error;
    }
  }
  if (choice === "hardware")
    throw new UsageError(
      "--adapter hardware: no GPU was found on this machine; --adapter software runs without one",
    );
  return hasSwiftShader() ? undefined : open("software");
}

/** Windows and macOS bring their own software adapters, or none. */
const hasSwiftShader = (): boolean => process.platform === "linux" && process.arch === "x64";

async function canAskForHardware(): Promise<boolean> {
  if (process.platform !== "linux") return true;
  const needs = vulkanNeeds();
  if (needs === undefined) return false;
  if (!needs.loader && needs.manifests.length === 0) return true;
  if (needs.loader && !hasSwiftShader()) return false;
  return respawn({
    ...(needs.loader ? searchFirst((await installSwiftShader()).directory) : {}),
    ...(needs.manifests.length > 0 ? { VK_DRIVER_FILES: needs.manifests.join(delimiter) } : {}),
  });
}

async function enterSwiftShader(): Promise<never> {
  const { directory, manifest } = await installSwiftShader();
  return respawn({
    ...searchFirst(directory),
    VK_ICD_FILENAMES: manifest,
    // These two would take precedence.
    VK_DRIVER_FILES: undefined,
    VK_ADD_DRIVER_FILES: undefined,
  });
}

const searchFirst = (directory: string): Environment => ({
  LD_LIBRARY_PATH: [directory, process.env.LD_LIBRARY_PATH].filter(Boolean).join(delimiter),
});

async function open(adapter: "hardware" | "software"): Promise<Device> {
  globalThis.fluxionGpu ??= await createGpu();
  try {
    return await openDevice({ gpu: globalThis.fluxionGpu, adapter });
  } catch (error) {
    if (adapter === "software" && error instanceof NoAdapterError)
      throw new UsageError(`no GPU found, and no software adapter either: ${error.message}`, {
        cause: error,
      });
    throw error;
  }
}

async function createGpu(): Promise<GPU> {
  const dawn = await import("webgpu").catch((cause: unknown) => {
    const missing = cause instanceof Error && "code" in cause && cause.code === "ERR_MODULE_NOT_FOUND";
    const reason = cause instanceof Error ? cause.message.split("\n")[0] : String(cause);
    throw new UsageError(
      missing
        ? "WebGPU in Node needs the npm package webgpu: run npm install webgpu"
        : `the npm package webgpu cannot be loaded on ${process.platform} ${process.arch}: ${reason}`,
      { cause },
    );
  });
  Object.assign(globalThis, dawn.globals);
  return dawn.create([]);
}

function say({ adapter }: Device, choice: AdapterChoice, onSwiftShader: boolean): void {
  const name = onSwiftShader
    ? "SwiftShader"
    : adapter.description || `${adapter.vendor} ${adapter.architecture}`;
  const running = `running on ${name}${adapter.software ? " (software adapter)" : ""}`;
  process.stderr.write(`${adapter.software && choice === "auto" ? `no GPU found: ${running}` : running}\n`);
}
