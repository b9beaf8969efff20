/** Opens a WebGPU device in Node or Deno: on the GPU where there is one, else on a software adapter. */
import { delimiter } from "node:path";
import { type AdapterChoice, type Device, NoAdapterError, openDevice } from "../index";
import { UsageError } from "./errors";
import { restBetweenTurns } from "./rest";
import { runtime } from "./runtime";
import { installSwiftShader } from "./swiftshader";
import { vulkanNeeds } from "./vulkan";

/**
 * Opens the device and says on standard error, in one line, what it is. Where SwiftShader or a Vulkan loader has to be
 * brought along, it is loaded into this process.
 * @throws UsageError when there is no such adapter or a package is missing
 */
export async function openHost(choice: AdapterChoice): Promise<Device> {
  const installed = await findInstalled(choice);
  const device = installed ?? (await openSwiftShader());
  say(device, choice);
  if (device.adapter.software && runtime.spins) restBetweenTurns();
  // A device left open can keep Node from ending.
  process.once("exit", () => device.dispose());
  void device.lost.then(({ reason, message }) => {
    if (reason === "destroyed") return;
    process.stderr.write(`fluxion: the GPU device was lost: ${message.replaceAll("\n", " ")}\n`);
    process.exit(1);
  });
  return device;
}

/** The device that this machine has itself; undefined where there is none and `choice` allows another. */
async function findInstalled(choice: AdapterChoice): Promise<Device | undefined> {
  const wanted = runtime.takesInstalledSoftware || choice !== "auto" ? choice : "hardware";
  if ((wanted !== "software" || runtime.takesInstalledSoftware) && (await canAskVulkan())) {
    try {
      return await open(wanted);
    } catch (error) {
      if (!(error instanceof NoAdapterError)) throw error;
    }
  }
  if (choice === "hardware")
    throw new UsageError(
      "--adapter hardware: no GPU was found on this machine; --adapter software runs without one",
    );
  return hasSwiftShader() ? undefined : openSoftware();
}

/** Windows and macOS bring their own software adapters, or none. */
const hasSwiftShader = (): boolean => process.platform === "linux" && process.arch === "x64";

async function canAskVulkan(): Promise<boolean> {
  if (process.platform !== "linux") return true;
  const needs = vulkanNeeds();
  if (needs === undefined) return false;
  if (needs.loader) {
    if (!hasSwiftShader()) return false;
    runtime.keepLibrary((await installSwiftShader()).loader);
  }
  if (needs.manifests.length > 0) process.env.VK_DRIVER_FILES = needs.manifests.join(delimiter);
  return true;
}

/** The Vulkan loader looks at the environment whenever it is asked for drivers, not at the start of the process. */
async function openSwiftShader(): Promise<Device> {
  const { loader, manifest } = await installSwiftShader();
  runtime.keepLibrary(loader);
  process.env.VK_ICD_FILENAMES = manifest;
  // These two would take precedence.
  delete process.env.VK_DRIVER_FILES;
  delete process.env.VK_ADD_DRIVER_FILES;
  return openSoftware();
}

const open = async (adapter: AdapterChoice): Promise<Device> =>
  openDevice({ gpu: await runtime.gpu(), adapter });

async function openSoftware(): Promise<Device> {
  try {
    return await open("software");
  } catch (error) {
    if (!(error instanceof NoAdapterError)) throw error;
    throw new UsageError(`no GPU found, and no software adapter either: ${error.message}`, { cause: error });
  }
}

function say({ adapter }: Device, choice: AdapterChoice): void {
  const name = adapter.description || `${adapter.vendor} ${adapter.architecture}`;
  const running = `running on ${name}${adapter.software ? " (software adapter)" : ""}`;
  process.stderr.write(`${adapter.software && choice === "auto" ? `no GPU found: ${running}` : running}\n`);
}
