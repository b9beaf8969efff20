import puppeteer, { type Browser } from "puppeteer";
import { findChrome } from "./find";

/** Which adapters pages find: what the machine has, SwiftShader alone, or none. */
export type WebGpu = "any" | "software" | "none";

/** What turns WebGPU on in headless Chrome: on Linux at all, and Vulkan to reach the hardware. */
const webGpuFlags: Readonly<Record<WebGpu, readonly string[]>> = {
  any: ["--enable-unsafe-webgpu", "--enable-features=Vulkan"],
  software: ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"],
  none: ["--disable-features=WebGPU"],
};

/** A name of this computer in the browser. Unlike 127.0.0.1, pages from there are not held secure. */
export const insecureHost = "fluxion.test";

/** Milliseconds that a browser may take to start, or to load a page, on a machine that does other things besides. */
export const patience = 120_000;

/** Starts a headless Chrome that asks the network for nothing. */
export async function launchChrome(webGpu: WebGpu, flags: readonly string[] = []): Promise<Browser> {
  const { executable, environment } = await findChrome();
  return puppeteer.launch({
    executablePath: executable,
    env: { ...process.env, ...environment },
    timeout: patience,
    // Further limits of time are the caller's.
    protocolTimeout: 0,
    args: [
      ...webGpuFlags[webGpu],
      ...flags,
      `--host-resolver-rules=MAP ${insecureHost} 127.0.0.1`,
      "--disable-component-update",
      // Containers and hardened kernels refuse Chrome's sandbox; the only page opened is our own.
      ...(process.platform === "linux" ? ["--no-sandbox"] : []),
    ],
  });
}
