import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { afterAll, beforeAll, expect, test } from "vitest";
import { installPackage, type Project, root, run } from "./packed";

const directory = mkdtempSync(join(tmpdir(), "fluxion-package-"));
let project: Project;
beforeAll(async () => {
  project = await installPackage(directory);
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

test("no tool finds fault with the package", async () => {
  const { messages, pkg } = await publint({ pkgDir: project.installed, pack: false, strict: true });
  expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);

  const analysis = await checkPackage(createPackageFromTarballData(readFileSync(project.tarball)));
  // It is for ES modules, and for resolutions that read `exports`: what does neither is not asked.
  const asked = (problem: object): boolean =>
    !("resolutionKind" in problem) || !["node10", "node16-cjs"].includes(String(problem.resolutionKind));
  expect(analysis.types && analysis.problems.filter(asked)).toEqual([]);
});

test("a user's program compiles by TypeScript 5.9 and 7, by the rules of Node and of bundlers", async () => {
  // attw reads types by the older one.
  const older = createRequire(createRequire(join(root, "package.json")).resolve("@arethetypeswrong/core"));
  const compilers = [older.resolve("typescript/bin/tsc"), join(root, "node_modules/typescript/bin/tsc")];
  const versions = compilers.map((tsc) =>
    JSON.parse(readFileSync(join(dirname(tsc), "../package.json"), "utf8"))
      .version.split(".")
      .slice(0, 2)
      .join("."),
  );
  expect(versions).toEqual(["5.9", "7.0"]);
  const compile = (tsc: string, rules: string): Promise<string> =>
    run(process.execPath, [tsc, "-p", join(project.folder, `tsconfig.${rules}.json`)]).then(
      () => "",
      ({ stdout }) => String(stdout),
    );
  for (const rules of ["nodenext", "bundler"])
    expect(await Promise.all(compilers.map((tsc) => compile(tsc, rules)))).toEqual(["", ""]);
});
