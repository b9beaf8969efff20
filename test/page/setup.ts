import { mkdir } from "node:fs/promises";
import { resolve } from "node:path";
import { build, preview } from "vite";
import type { TestProject } from "vitest/node";
import { endpointOf, insecureHost, launchChrome } from "../../bench/chrome/launch";
import { makeOwnDirectory, removeAtExit } from "../../bench/chrome/own-directory";

declare module "vitest" {
  interface ProvidedContext {
    /** Address of the built page, below a path that is not the root. */
    site: string;
    /** WebSocket addresses of the running browsers: as many as files run beside each other. */
    browsers: readonly string[];
  }
}

const cache = "node_modules/.cache/fluxion";

/** Builds the page as a visitor gets it and serves it, and starts the browsers, once for all its tests. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { root, maxWorkers } = project.config;
  await mkdir(resolve(root, cache), { recursive: true });
  const folder = await makeOwnDirectory(resolve(root, cache), "page");
  const remove = removeAtExit(folder);
  const [browsers] = await Promise.all([
    Promise.all(Array.from({ length: maxWorkers }, () => launchChrome("any"))),
    buildForVisitors(root, folder),
  ]);
  const server = await preview({
    root,
    base: "/some/where/",
    logLevel: "error",
    build: { outDir: folder },
    preview: { host: "127.0.0.1", port: 0, strictPort: false, open: false, allowedHosts: [insecureHost] },
  });
  const address = server.resolvedUrls?.local[0];
  if (address === undefined) throw new Error("the built page is not served");
  project.provide("site", new URL("/some/where/", address).href);
  project.provide("browsers", await Promise.all(browsers.map(endpointOf)));
  return async () => {
    await Promise.all(browsers.map((browser) => browser.close()));
    await server.close();
    remove();
  };
}

/** A build knows by the environment that it is for visitors; here that says "test". */
async function buildForVisitors(root: string, folder: string): Promise<void> {
  const { NODE_ENV } = process.env;
  process.env.NODE_ENV = "production";
  try {
    await build({ root, logLevel: "error", build: { outDir: folder, emptyOutDir: true } });
  } finally {
    process.env.NODE_ENV = NODE_ENV;
  }
}
