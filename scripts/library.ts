/** How the library is built: a module stays a file, with its types beside it. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, posix, resolve } from "node:path";
import type { BuildOptions, Plugin } from "vite";
import manifest from "../package.json" with { type: "json" };

const root = resolve(import.meta.dirname, "..");

/** The faces by the names of their entries, as package.json exports them: `engine/index` for src/engine/index.ts. */
const faces = Object.values(manifest.exports)
  .filter((face) => typeof face !== "string")
  .map((face) => face.default.replace(/^\.\/dist\/library\/|\.js$/g, ""));

/** `engine/gpu/kernel` for src/engine/gpu/kernel.ts, `shaders/loss/halfmse` for a kernel; a face is named by its entry. */
function moduleName(id: string): string | null {
  const name = posix.relative(root, id).replace(/^src\/|\.(ts|wgsl\?raw)$/g, "");
  return name.startsWith("..") || faces.includes(name) ? null : name;
}

/** What is not used by a program is then left out by its bundler, with all that it would have brought along. */
export const libraryBuild: BuildOptions = {
  lib: { entry: Object.fromEntries(faces.map((face) => [face, `src/${face}.ts`])), formats: ["es"] },
  rolldownOptions: {
    external: [/^node:/, ...Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })],
    preserveEntrySignatures: "allow-extension",
    output: {
      chunkFileNames: "[name].js",
      minifyInternalExports: false,
      codeSplitting: {
        includeDependenciesRecursively: false,
        groups: [
          { name: "mathjs", test: /node_modules/, priority: 1 },
          { debugName: "modules", name: moduleName },
        ],
      },
    },
  },
  minify: false,
  target: "es2022",
  outDir: "dist/library",
};

/** Writes a declaration for every face, and for every module that it reaches. */
export function declarationsPlugin(): Plugin {
  return {
    name: "fluxion-declarations",
    generateBundle() {
      const folder = mkdtempSync(join(tmpdir(), "fluxion-types-"));
      try {
        const { status, stdout } = spawnSync(
          process.execPath,
          [join(root, "node_modules/typescript/bin/tsc"), "-p", "tsconfig.build.json", "--outDir", folder],
          { cwd: root, encoding: "utf8" },
        );
        if (status !== 0) throw new Error(`the library's types cannot be built: ${stdout}`);
        for (const [fileName, source] of reachable(folder))
          this.emitFile({ type: "asset", fileName, source });
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
  };
}

/**
 * The declarations in `folder` that the faces lead to, by name. Sources import each other without extensions, as bundlers
 * do; Node's rules, which a reader of the types may go by, want them.
 */
function reachable(folder: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const visit = (module: string): void => {
    const file = `${module}.d.ts`;
    if (found.has(file)) return;
    const text = readFileSync(join(folder, file), "utf8");
    found.set(file, text.replace(relative, '$1"$2.js"'));
    for (const [, , path = ""] of text.matchAll(relative)) visit(posix.join(posix.dirname(module), path));
  };
  faces.forEach(visit);
  return found;
}

/** `from "./x"`, `import "./x"` and `import("./x")`, as the compiler writes them. */
const relative = /\b(from |import |import\()"(\.\.?\/[^"]+?)(?:\.ts)?"/g;
