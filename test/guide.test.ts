/**
 * Documents keep up with the code. docs/adding-a-layer.md shows what the repository holds, so that what it shows compiles and
 * is proved; docs/kernels.md leaves out no kernel.
 */
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "..");

/** Every block of code, with the file that was named last before it. */
function blocks(): { readonly file: string; readonly code: string }[] {
  const text = readFileSync(join(root, "docs/adding-a-layer.md"), "utf8");
  const found: { file: string; code: string }[] = [];
  for (const { 1: code = "", index } of text.matchAll(/^```\w+\n([\s\S]*?)^```$/gm)) {
    const file = [...text.slice(0, index).matchAll(/`((?:src|shaders|test)\/[\w/.-]+\.(?:ts|wgsl))`/g)].at(
      -1,
    )?.[1];
    found.push({ file: file ?? "", code });
  }
  return found;
}

function shadersWithEntries(): readonly string[] {
  const folder = join(root, "shaders");
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".wgsl"))
    .filter((path) => readFileSync(join(folder, path), "utf8").includes("@compute"));
}

test("docs/kernels.md names every shader that has an entry point", () => {
  const text = readFileSync(join(root, "docs/kernels.md"), "utf8");
  const shaders = shadersWithEntries();
  expect(shaders.filter((path) => !text.includes(`${basename(path)}\``))).toEqual([]);
  expect(shaders.length).toBeGreaterThan(15);
});

test("no two shaders with entry points have one name", () => {
  const names = shadersWithEntries().map((path) => basename(path));
  expect(new Set(names).size).toBe(names.length);
});

test("every block of the guide stands in the file that it names", () => {
  const all = blocks();
  const missing = all.filter(({ file, code }) => !readFileSync(join(root, file), "utf8").includes(code));
  expect(missing).toEqual([]);
  expect(all.length).toBeGreaterThan(9);
});
