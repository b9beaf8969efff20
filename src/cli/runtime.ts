/** What runs this program, and where it finds WebGPU: in Node the npm package webgpu (Dawn), in Deno it is built in (wgpu). */
import { createRequire } from "node:module";
import { constants } from "node:os";
import { UsageError } from "./errors";

interface Runtime {
  readonly name: "node" | "deno";
  /** Its name and version, and those of what brings WebGPU. */
  readonly version: string;
  /** Whether it accepts a software adapter that is installed on the machine. Dawn refuses Mesa's. */
  readonly takesInstalledSoftware: boolean;
  /** Whether it keeps a core busy while a promise of the GPU is pending. */
  readonly spins: boolean;
  /** The WebGPU entry point. */
  gpu(): Promise<GPU>;
  /**
   * Loads a shared library and keeps it: whoever asks the dynamic linker for its name later gets this one, wherever it
   * lies, without a search path that can only be set before the process starts.
   * @throws Error when it cannot be loaded
   */
  keepLibrary(path: string): void;
}

declare global {
  /** Dawn's instance. It must outlive every device, and nothing else refers to it. */
  var fluxionGpu: GPU | undefined;
  /** What Deno has of its own. A library stays loaded until it is closed. */
  var Deno: { dlopen(path: string, symbols: object): unknown };
}

const node: Runtime = {
  name: "node",
  version: `Node ${process.version}, webgpu ${dawnVersion()}`,
  takesInstalledSoftware: false,
  spins: true,
  async gpu() {
    globalThis.fluxionGpu ??= await createDawn();
    return globalThis.fluxionGpu;
  },
  keepLibrary(path) {
    // RTLD_NODELETE of Linux, which Node does not name: Node loads the library, sees that it is no addon and drops it.
    const stays = 0x1000;
    try {
      process.dlopen({ exports: {} }, path, constants.dlopen.RTLD_NOW | stays);
    } catch (error) {
      if (!(error instanceof Error && error.message.includes("did not self-register"))) throw error;
    }
  },
};

/** Deno may unload a library that nothing refers to. */
const libraries: unknown[] = [];

const deno: Runtime = {
  name: "deno",
  version: `Deno ${process.versions.deno}`,
  takesInstalledSoftware: true,
  spins: false,
  async gpu() {
    // Through Vulkan alone, which host.ts has looked at: wgpu would take an adapter of OpenGL too.
    if (process.platform === "linux") process.env.DENO_WEBGPU_BACKEND ??= "vulkan";
    const { gpu } = globalThis.navigator;
    if (gpu) return gpu;
    throw new UsageError("WebGPU in Deno needs its flag: run deno run -A --unstable-webgpu …");
  },
  keepLibrary(path) {
    libraries.push(Deno.dlopen(path, {}));
  },
};

/** What this process is. */
export const runtime: Runtime = process.versions.deno === undefined ? node : deno;

function dawnVersion(): string {
  try {
    const { version }: { version: string } = createRequire(import.meta.url)("webgpu/package.json");
    return version;
  } catch {
    return "of an unknown version";
  }
}

async function createDawn(): Promise<GPU> {
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
  // Browsers round the GPU's clock against spies; here it is our own.
  return dawn.create(["disable-dawn-features=timestamp_quantization"]);
}
