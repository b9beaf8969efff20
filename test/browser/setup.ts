import type { Browser } from "puppeteer";
import { createServer } from "vite";
import type { TestProject } from "vitest/node";
import { endpointOf, launchChrome } from "../../bench/chrome/launch";
import { nameAdapter } from "./host";
import { openPage } from "./open";

declare module "vitest" {
  interface ProvidedContext {
    /** The running browsers' WebSocket addresses, one for each file at a time, and the address of the page to open in them. */
    chrome: { readonly endpoints: readonly string[]; readonly url: string };
  }
}

/**
 * Starts, once for all test files, a server for the page and the headless Chromes, and says which adapter the tests
 * run on. Without an adapter the run fails here.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await createServer({
    root: project.config.root,
    logLevel: "error",
    cacheDir: "node_modules/.cache/fluxion/vite",
    server: { host: "127.0.0.1", port: 0, hmr: false, watch: project.config.watch ? {} : null },
    optimizeDeps: { entries: ["test/browser/page.html"] },
  });
  const browsers: Browser[] = [];
  const close = async () => {
    await Promise.all(browsers.map((browser) => browser.close()));
    await server.close();
  };
  try {
    await server.listen();
    const url = new URL("test/browser/page.html", server.resolvedUrls?.local[0]).href;
    // Without Dawn's bounds checks a kernel that reads beyond its buffers is not led back into them, and kernels compile in less
    // time. The page and Deno run with such checks, as users do.
    const flags = ["--js-flags=--expose-gc", "--enable-dawn-features=disable_robustness"];
    for (let i = 0; i < project.config.maxWorkers; i += 1) browsers.push(await launchChrome("any", flags));
    console.log(`WebGPU in ${await browsers[0].version()}: ${await describeAdapter(browsers[0], url)}`);
    project.provide("chrome", { endpoints: await Promise.all(browsers.map(endpointOf)), url });
    return close;
  } catch (error) {
    await close();
    throw error;
  }
}

async function describeAdapter(browser: Browser, url: string): Promise<string> {
  const { page } = await openPage(browser, url);
  const adapter = await page
    .evaluate(() => window.harness.adapter())
    .catch((error: Error) => {
      throw new Error(`the tests need a WebGPU adapter and this browser has none: ${error.message}`);
    });
  await page.close();
  return nameAdapter(adapter);
}
