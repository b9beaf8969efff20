import { build, preview } from "vite";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    /** Address of the built page, below a path that is not the root. */
    site: string;
  }
}

const folder = "node_modules/.cache/fluxion/page";

/** Builds the page as a visitor gets it and serves it, once for all its tests. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { root } = project.config;
  await build({ root, logLevel: "error", build: { outDir: folder } });
  const server = await preview({
    root,
    base: "/some/where/",
    logLevel: "error",
    build: { outDir: folder },
    preview: { host: "127.0.0.1", port: 0, strictPort: false, open: false },
  });
  const address = server.resolvedUrls?.local[0];
  if (address === undefined) throw new Error("the built page is not served");
  project.provide("site", new URL("/some/where/", address).href);
  return () => server.close();
}
