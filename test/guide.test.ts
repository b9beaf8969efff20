/** docs/adding-a-layer.md shows what the repository holds, so that what it shows compiles and is proved. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
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

test("every block of the guide stands in the file that it names", () => {
  const all = blocks();
  const missing = all.filter(({ file, code }) => !readFileSync(join(root, file), "utf8").includes(code));
  expect(missing).toEqual([]);
  expect(all.length).toBeGreaterThan(9);
});
