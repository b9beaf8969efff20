/** What runs this program, and where it finds WebGPU: in Node the npm package webgpu (Dawn), in Deno it is built in (wgpu). */
import { createRequire } from "node:module";
import { constants } from "node:os";
import { NoAdapterError } from "../engine/gpu/adapter";
import { reasonOf } from "./reasons";

interface Runtime {
  readonly name: "node" | "deno";
  /** Its name and version, and those of what brings WebGPU. */
  readonly version: string;
  /** Whether it keeps a core busy while a promise of the GPU is pending. */
  readonly spins: boolean;
  /** How many sets of drivers one process can look at, one after the other. */
  readonly driversInOneProcess: number;
  /**
   * The WebGPU entry point.
   * @param drivers which Vulkan drivers it will see, in words: what has looked at some once sees no others
   * @throws NoAdapterError where it is missing
   */
  gpu(drivers: string): Promise<GPU>;
  /**
   * Loads a shared library and keeps it: whoever asks the dynamic linker for its name later gets this one, wherever it
   * lies, without a search path that can only be set before the process starts.
   * @throws Error when it cannot be loaded
   */
  keepLibrary(path: string): void;
  /** The arguments behind the executable that run a program, with arguments of its own behind the module of WebGPU. */
  evaluate(program: string, rest: readonly string[]): readonly string[];
}

/** What Deno has of its own. Not declared for all: users of the library may have Deno's own types. */
interface DenoGlobal {
  readonly Deno: { dlopen(path: string, symbols: object): unknown };
}

/** Dawn's instances, by the drivers that they see. They must outlive every device, and nothing else refers to them. */
const instances = new Map<string, GPU>();

/** Deno may unload a library that nothing refers to. */
const libraries: unknown[] = [];

const node: Runtime = {
  name: "node",
  version: `Node ${process.version}, webgpu ${dawnVersion()}`,
  spins: true,
  driversInOneProcess: Number.POSITIVE_INFINITY,
  async gpu(drivers) {
    const gpu = instances.get(drivers) ?? (await createDawn());
    instances.set(drivers, gpu);
    return gpu;
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
  evaluate: (program, rest) => [
    "--input-type=module",
    "--eval",
    program,
    "--",
    import.meta.resolve("webgpu"),
    ...rest,
  ],
};

const deno: Runtime = {
  name: "deno",
  version: `Deno ${process.versions.deno}`,
  spins: false,
  driversInOneProcess: 1,
  async gpu() {
    // Through Vulkan alone, which is looked at before: wgpu would take an adapter of OpenGL too.
    if (process.platform === "linux") process.env.DENO_WEBGPU_BACKEND ??= "vulkan";
    const { gpu } = globalThis.navigator;
    if (gpu) return gpu;
    throw new NoAdapterError("WebGPU in Deno needs its flag: run deno run -A --unstable-webgpu …");
  },
  keepLibrary(path) {
    const { Deno } = globalThis as typeof globalThis & DenoGlobal;
    libraries.push(Deno.dlopen(path, {}));
  },
  evaluate: (program, rest) => [
    "eval",
    "--no-config",
    "--no-lock",
    "--unstable-webgpu",
    program,
    "",
    ...rest,
  ],
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

/**
 * A feature of Dawn's to switch off. By this extension of Vulkan the driver zeroes workgroup memory, and SwiftShader
 * compiles a store for every word of it: 256 vectors take 0.4 s instead of 0.03. Without it Dawn writes a loop.
 */
export const slowZeroing = "use_vulkan_zero_initialize_workgroup_memory_extension";

async function createDawn(): Promise<GPU> {
  const dawn = await import("webgpu").catch((cause: unknown) => {
    const missing = cause instanceof Error && "code" in cause && cause.code === "ERR_MODULE_NOT_FOUND";
    throw new NoAdapterError(
      missing
        ? "WebGPU in Node needs a package: npm i webgpu"
        : `the package webgpu cannot be loaded on ${process.platform} ${process.arch}: ${reasonOf(cause)}`,
      { cause },
    );
  });
  Object.assign(globalThis, dawn.globals);
  // Browsers round the GPU's clock against spies; here it is our own.
  return dawn.create([`disable-dawn-features=timestamp_quantization,${slowZeroing}`]);
}
