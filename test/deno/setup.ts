import { join, resolve } from "node:path";
import { build } from "vite";
import type { TestProject } from "vitest/node";
import { nameAdapter } from "../browser/host";
import { openDeno } from "./open";

declare module "vitest" {
  interface ProvidedContext {
    /** The harness that tests run in Deno; undefined where they run in Chrome. */
    deno: string | undefined;
  }
}

/** Bundles the harness and says which adapter the tests run on. Without an adapter the run fails here. */
export default async function setup(project: TestProject): Promise<void> {
  const outDir = resolve("node_modules/.cache/fluxion/deno");
  await build({
    root: project.config.root,
    configFile: false,
    publicDir: false,
    logLevel: "error",
    build: { ssr: "test/deno/main.ts", outDir, emptyOutDir: true, target: "es2023" },
  });
  const bundle = join(outDir, "main.js");
  const deno = await openDeno(bundle);
  const { version, adapter } = await deno.describe();
  await deno.close();
  console.log(`WebGPU in Deno ${version}: ${nameAdapter(adapter)}`);
  project.provide("deno", bundle);
}
