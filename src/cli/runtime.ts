/** What runs this program, and where it finds WebGPU: in Node the npm package webgpu (Dawn), in Deno it is built in (wgpu). */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
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
  /** The arguments behind the executable that start this very process again, its flags among them. */
  commandLine(): readonly string[];
}

declare global {
  /** Dawn's instance. It must outlive every device, and nothing else refers to it. */
  var fluxionGpu: GPU | undefined;
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
  commandLine: () => [...process.execArgv, ...process.argv.slice(1)],
};

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
  // Deno tells no program of its own flags; it is started again on Linux alone.
  commandLine: () => readFileSync("/proc/self/cmdline", "utf8").split("\0").slice(1, -1),
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
