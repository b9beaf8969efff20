import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";
import { declarationsPlugin, libraryBuild } from "./scripts/library.ts";
import { licencesPlugin } from "./scripts/licences.ts";
import { pagePlugin, shaderPlugin } from "./src/app/build/plugin.ts";

/** What a browser shows, and what stands beside code. */
const [pageLicences, codeLicences] = [licencesPlugin("licenses.txt"), licencesPlugin("licenses.md")];

/** Tests of what runs on a device, in headless Chrome. */
const engineTests = ["browser", "engine/gpu", "engine/kernels", "engine/training"].map(
  (room) => `test/${room}/**/*.test.ts`,
);

/**
 * Two files at a time, for two cores. Files share their process, and with it what they import and a device: no file
 * changes a module or a global for good.
 */
const pairs = { pool: "forks", isolate: false, maxWorkers: 2 } as const;

/** The files that take longest, and begin first: none of them runs on alone when all others are done. */
const longest =
  /(study-shards|resume|self-test|lstm|tuner|restore|failures|states|variants-(convolution|trained))\.test/;

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    // Sorting is stable: projects stay one behind the other.
    const ranks = new Map(
      [...new Set(sorted.map(({ project }) => project))].map((project, i) => [project, i]),
    );
    const rank = ({ project, moduleId }: TestSpecification) =>
      2 * (ranks.get(project) ?? 0) + (longest.test(moduleId) ? 0 : 1);
    return sorted.toSorted((a, b) => rank(a) - rank(b));
  }
}

/**
 * Builds by mode: `cli` and `library` run on Node and in bundlers; the default is the page. In the mode `screenshots`
 * vitest draws the page for docs/, in the mode `speed` it times the page.
 */
export default defineConfig(({ mode }) => ({
  // The page works from any path.
  base: "./",
  publicDir: mode === "cli" || mode === "library" ? false : "public",
  plugins:
    mode === "cli"
      ? [codeLicences.plugin]
      : mode === "library"
        ? [declarationsPlugin(), codeLicences.plugin]
        : [pagePlugin(), shaderPlugin(), pageLicences.plugin],
  worker: { format: "es", plugins: () => [shaderPlugin(), pageLicences.inWorkers] },
  // The packed program brings along the parser that only studies need.
  ssr:
    mode === "cli"
      ? { noExternal: ["mathjs", "typed-function", "@babel/runtime", "tiny-emitter", "escape-latex"] }
      : {},
  build:
    mode === "cli"
      ? {
          ssr: "src/cli/fluxion.ts",
          outDir: "dist/cli",
          target: "node20",
        }
      : mode === "library"
        ? libraryBuild
        : { outDir: "dist/page", target: "es2023" },
  test: {
    reporters: ["default", "test/summary.ts"],
    sequence: { sequencer: LongestFirst },
    // Each has time: a machine that does other things besides may be several times slower at another hour.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    // By directory, so that a new test lands where it belongs; what needs no device is pure.
    projects: [
      {
        extends: true,
        test: {
          name: "pure",
          include: ["test/**/*.test.ts"],
          exclude: [...engineTests, "test/cli/**", "test/package/**", "test/page/**", "test/deno/**"],
          ...pairs,
        },
      },
      {
        extends: true,
        test: {
          name: "engine",
          include: engineTests,
          // Profiles are proved in Deno.
          exclude: ["test/engine/gpu/profile.test.ts"],
          // Each in a browser of its own: compiling, on one core, is most of the time here.
          ...pairs,
          setupFiles: "test/browser/each.ts",
          globalSetup: "test/browser/setup.ts",
        },
      },
      {
        extends: true,
        test: {
          name: "cli",
          include: ["test/{cli,package}/**/*.test.ts"],
          // Its tests call the program in their own process, and some rob that of what others need.
          ...pairs,
          isolate: true,
          globalSetup: "test/cli/setup.ts",
        },
      },
      {
        extends: true,
        test: {
          name: "page",
          include: [
            mode === "screenshots" || mode === "speed" ? `test/page/${mode}.ts` : "test/page/**/*.test.ts",
          ],
          // Reports bring their styles along.
          css: true,
          // Each in a browser of its own.
          ...pairs,
          globalSetup: "test/page/setup.ts",
        },
      },
      {
        extends: true,
        test: {
          name: "deno",
          // Two implementations of WebGPU agree on every variant; what the rest proves does not depend on the host.
          include: [
            "test/deno/**/*.test.ts",
            "test/engine/kernels/variants-*.test.ts",
            "test/engine/gpu/**/*.test.ts",
            "test/browser/**/*.test.ts",
          ],
          ...pairs,
          setupFiles: "test/browser/each.ts",
          globalSetup: "test/deno/setup.ts",
        },
      },
    ],
  },
}));
