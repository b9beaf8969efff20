import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import puppeteer, { type Browser } from "puppeteer";
import { slowZeroing } from "../../src/node/runtime";
import { findChrome } from "./find";
import { makeOwnDirectory, removeAtExit } from "./own-directory";

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

/** Starts a headless Chrome that asks the network for nothing, and ends when this process does, however it does. */
export async function launchChrome(webGpu: WebGpu, flags: readonly string[] = []): Promise<Browser> {
  const { executable, environment } = await findChrome();
  const profile = await makeOwnDirectory(tmpdir(), "fluxion-chrome");
  const browser = await puppeteer.launch({
    executablePath: executable,
    env: { ...process.env, ...environment },
    userDataDir: profile,
    timeout: patience,
    // Further limits of time are the caller's.
    protocolTimeout: 0,
    args: [
      ...webGpuFlags[webGpu],
      ...flags,
      `--disable-dawn-features=${slowZeroing}`,
      // A browser ends with the pipe through which it is spoken to, even where we are killed. Others come by the port.
      "--remote-debugging-pipe",
      "--remote-debugging-port=0",
      `--host-resolver-rules=MAP ${insecureHost} 127.0.0.1`,
      "--disable-component-update",
      // Containers and hardened kernels refuse Chrome's sandbox; the only page opened is our own.
      ...(process.platform === "linux" ? ["--no-sandbox"] : []),
    ],
  });
  // Asked for after the browser has its own listener, which ends it: first the browser, then its profile.
  browser.process()?.once("exit", removeAtExit(profile));
  return browser;
}

/** The address by which other processes reach a browser that {@link launchChrome} has started. */
export async function endpointOf(browser: Browser): Promise<string> {
  const flag = browser.process()?.spawnargs.find((each) => each.startsWith(profileFlag));
  if (flag === undefined) throw new Error("the browser was not started here");
  const file = join(flag.slice(profileFlag.length), "DevToolsActivePort");
  const end = Date.now() + patience;
  for (;;) {
    const [port, path] = (await readFile(file, "utf8").catch(() => "")).split("\n");
    if (path) return `ws://127.0.0.1:${port}${path}`;
    if (Date.now() > end) throw new Error("the browser does not say at which port it listens");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const profileFlag = "--user-data-dir=";
