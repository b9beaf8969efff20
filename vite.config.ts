import { defineConfig } from "vitest/config";

/** Builds by mode: `cli` and `library` run on Node and in bundlers; the default is the page. */
export default defineConfig(({ mode }) => ({
  base: "./",
  build:
    mode === "cli"
      ? { ssr: "src/cli/fluxion.ts", outDir: "dist/cli", target: "node20" }
      : mode === "library"
        ? {
            lib: { entry: "src/index.ts", formats: ["es"], fileName: "index" },
            rolldownOptions: { external: ["papaparse", "wesl"] },
            outDir: "dist/library",
          }
        : { outDir: "dist/page" },
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: "test/browser/setup.ts",
    reporters: ["default", "test/browser/summary.ts"],
    // A software adapter computes on every core: files take turns, and each has time.
    pool: "forks",
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
}));
