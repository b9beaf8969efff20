import puppeteer, { type Browser } from "puppeteer";
import { findChrome } from "./find";

/** What turns WebGPU on in headless Chrome: on Linux at all, and Vulkan to reach the hardware. */
const webGpuFlags = ["--enable-unsafe-webgpu", "--enable-features=Vulkan"];

/** A name of this computer in the browser. Unlike 127.0.0.1, pages from there are not held secure. */
export const insecureHost = "fluxion.test";

/** Starts a headless Chrome that asks the network for nothing. Without WebGPU, pages find no adapter. */
export async function launchChrome(options: { readonly webGpu: boolean }): Promise<Browser> {
  const { executable, environment } = await findChrome();
  return puppeteer.launch({
    executablePath: executable,
    env: { ...process.env, ...environment },
    args: [
      ...(options.webGpu ? webGpuFlags : ["--disable-features=WebGPU"]),
      `--host-resolver-rules=MAP ${insecureHost} 127.0.0.1`,
      "--disable-component-update",
      // Containers and hardened kernels refuse Chrome's sandbox; the only page opened is our own.
      ...(process.platform === "linux" ? ["--no-sandbox"] : []),
    ],
  });
}
