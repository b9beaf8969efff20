import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { build, type Rolldown, transformWithOxc } from "vite";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bytesIn, dependenciesOf, filesIn, installPackage, link, type Project, root, run } from "./packed";

const directory = mkdtempSync(join(tmpdir(), "fluxion-package-"));
let project: Project;
beforeAll(async () => {
  project = await installPackage(directory);
  writeFileSync(join(project.folder, "readme.ts"), snippet());
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

test("publint and attw find no fault", async () => {
  const { messages, pkg } = await publint({ pkgDir: project.installed, pack: false, strict: true });
  expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);

  const analysis = await checkPackage(createPackageFromTarballData(readFileSync(project.tarball)));
  // The package is for those who import modules and read `exports`.
  const asked = (problem: object): boolean =>
    !("resolutionKind" in problem && ["node10", "node16-cjs"].includes(String(problem.resolutionKind)));
  expect(analysis.types && analysis.problems.filter(asked)).toEqual([]);
});

test("a user's program compiles by TypeScript 5.9 and 7, by the rules of Node and of bundlers", async () => {
  // attw brings the older one along. It knows no WebGPU, and here no DOM either.
  const older = createRequire(createRequire(join(root, "package.json")).resolve("@arethetypeswrong/core"));
  const compilers = [
    { version: /^5\.9\./, tsc: older.resolve("typescript/bin/tsc"), flags: ["--lib", "es2022"] },
    { version: /^7\./, tsc: join(root, "node_modules/typescript/bin/tsc"), flags: [] },
  ];
  for (const rules of ["nodenext", "bundler"])
    await Promise.all(
      compilers.map(async ({ version, tsc, flags }) => {
        const manifest = JSON.parse(readFileSync(join(dirname(tsc), "../package.json"), "utf8"));
        expect(manifest.version).toMatch(version);
        const config = join(project.folder, `tsconfig.${rules}.json`);
        const said = run(process.execPath, [tsc, "-p", config, ...flags]).catch((error) => error);
        expect((await said).stdout).toBe("");
      }),
    );
});

/** The README's program. */
function snippet(): string {
  const [, code] =
    /## As a library.*?```ts\n(.*?)```/s.exec(readFileSync(join(root, "README.md"), "utf8")) ?? [];
  if (code === undefined) throw new Error("the README shows no program");
  return code;
}

test("the README's program runs in Node, and names what it needs", async () => {
  const { code } = await transformWithOxc(snippet(), "readme.ts");
  const program = join(project.folder, "readme.js");
  writeFileSync(program, code);
  const env = { ...process.env, XDG_CACHE_HOME: join(directory, "caches") };
  const start = () => run(process.execPath, [program], { env });
  await expect(start()).rejects.toThrow(/^NoAdapterError: .*: npm i webgpu$/m);
  for (const name of ["webgpu", "@sparticuz/chromium"]) link(project.folder, name);
  const lines = (await start()).stdout
    .trimEnd()
    .split("\n")
    .map((line) => line.split(" ").map(Number));
  const [slope = 0, expected = 0] = lines.pop() ?? [];
  expect(lines.map(([iteration]) => iteration)).toEqual(lines.map((_, i) => i + 1));
  expect(lines.length).toBeGreaterThan(50);
  expect(Math.abs(slope - expected)).toBeLessThan(0.2);
});

/** A file of the user's, bundled as for a page. */
async function bundle(file: string): Promise<Rolldown.OutputChunk> {
  const result = await build({
    root: project.folder,
    configFile: false,
    logLevel: "error",
    build: { write: false, target: "es2022", lib: { entry: file, formats: ["es"] }, minify: true },
  });
  const [chunk] = [result].flat().flatMap((built) => ("output" in built ? built.output : []));
  if (chunk?.type !== "chunk") throw new Error(`${file} was not bundled`);
  return chunk;
}

test("a page takes along what it uses", async () => {
  const layer = await bundle("layer.ts");
  expect(layer.code).toContain("conv1d");
  expect(gzipSync(layer.code).length).toBeLessThan(4000);

  const { modules } = await bundle("page.ts");
  // Below the last node_modules, for the clone may stand in a folder of any name.
  const taken = Object.keys(modules)
    .filter((id) => (modules[id]?.renderedLength ?? 0) > 0)
    .map((id) => id.split("/node_modules/").at(-1) ?? id);
  expect(taken.some((id) => id.startsWith("fluxion/") && id.endsWith("/training/trainer.js"))).toBe(true);
  expect(taken.filter((id) => /papaparse|mathjs|\/(calculus|check|files|reference)\//.test(id))).toEqual([]);
});

test("expressions are read in Node", async () => {
  const program = 'console.log((await import("fluxion/calculus")).readExpression("x^2").writtenDerivative)';
  const { stdout } = await run(process.execPath, ["--input-type=module", "-e", program], {
    cwd: project.folder,
  });
  expect(stdout).toBe("2 * x\n");
});

test("an install is below 10 MB", () => {
  const folders = [project.installed, ...dependenciesOf(project.installed)];
  const bytes = folders.map((folder) => bytesIn(folder)).reduce((sum, size) => sum + size, 0);
  expect(bytes).toBeLessThan(10e6);
});

test("it holds its faces, its program and its documents, whose links lead to each other", () => {
  const files = filesIn(project.installed);
  const rooms = /^(dist\/(cli|library)\/|docs\/|(CHANGELOG\.md|LICENSE|README\.md|package\.json)$)/;
  expect(files.filter((file) => !rooms.test(file) || file.includes("/app/"))).toEqual([]);

  const documents = files.filter((file) => file.endsWith(".md") && !file.startsWith("dist/"));
  expect(documents.length).toBeGreaterThan(3);
  const links = documents.flatMap((document) =>
    [
      ...readFileSync(join(project.installed, document), "utf8").matchAll(
        /\]\(([^)\s]+)\)|(?:src|href)="([^"]+)"/g,
      ),
    ]
      .map(([, link, source]) => link ?? source ?? "")
      .filter((link) => !/^(https?:|#)/.test(link))
      .map((link) => join(dirname(document), link.replace(/#.*/, ""))),
  );
  expect(links.length).toBeGreaterThan(10);
  expect(links.filter((link) => !existsSync(join(project.installed, link)))).toEqual([]);
});

test("code of others travels with its licence", () => {
  for (const place of ["library", "cli"]) {
    const folder = join(project.installed, "dist", place);
    const code = filesIn(folder).filter((file) => file.endsWith(".js"));
    // The bundler says in comments where code comes from.
    const packages = code.flatMap((file) =>
      Array.from(
        readFileSync(join(folder, file), "utf8").matchAll(
          /^\/\/.* ?node_modules\/((@[\w.-]+\/)?[\w.-]+)\//gm,
        ),
        ([, name]) => name,
      ),
    );
    expect(packages).toContain("mathjs");
    const licences = readFileSync(join(folder, "licenses.md"), "utf8");
    for (const name of new Set(packages)) expect(licences).toContain(`## ${name} - `);
    expect(licences).toContain("Apache License");
  }
});
