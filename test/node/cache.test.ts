import { spawnSync } from "node:child_process";
import {
  chmodSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { brotliCompressSync } from "node:zlib";
import { createTar } from "nanotar";
import { afterEach, expect, it, vi } from "vitest";
import { cacheFolders, makePrivate, readRegular, useCache } from "../../src/node/cache";
import { loadSwiftShader } from "../../src/node/swiftshader";
import { testDirectory } from "../cli/program";

afterEach(() => vi.unstubAllEnvs());

const home = userInfo().homedir;

it("a cache lies in XDG_CACHE_HOME where that is absolute, in the user's home, or among the temporary files", () => {
  vi.stubEnv("TMPDIR", "/t");
  for (const [environment, system, expected] of [
    [{ XDG_CACHE_HOME: "/x", HOME: "/h" }, "linux", "/x/fluxion"],
    [{ XDG_CACHE_HOME: "x", HOME: "/h" }, "linux", "/h/.cache/fluxion"],
    [{ XDG_CACHE_HOME: "", HOME: "/h" }, "linux", "/h/.cache/fluxion"],
    [{ HOME: "/" }, "linux", "/.cache/fluxion"],
    [{ HOME: "/h" }, "darwin", "/h/Library/Caches/fluxion"],
    [{ HOME: "h" }, "linux", undefined],
  ] as const)
    expect(cacheFolders(environment, system)).toEqual([
      ...(expected === undefined ? [] : [expected]),
      `/t/fluxion-${userInfo().uid}`,
    ]);
  // The system knows the home of a user whose environment does not tell it.
  vi.stubEnv("HOME", undefined);
  for (const HOME of [undefined, ""])
    expect(cacheFolders({ HOME }, "linux")[0]).toBe(join(home, ".cache/fluxion"));
});

it("a cache is private at every level, and the next folder is taken where one is not", () => {
  const root = testDirectory();
  const folder = join(root, "a/b/fluxion");
  makePrivate(folder);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  for (const [level, mode, passes] of [
    ["a", 0o777, false],
    ["a", 0o770, false],
    ["a", 0o1777, true],
    ["a/b/fluxion", 0o1777, false],
    ["a/b/fluxion", 0o755, true],
  ] as const) {
    const before = statSync(join(root, level)).mode;
    chmodSync(join(root, level), mode);
    const other = join(root, "other");
    expect(useCache((taken) => taken, [folder, other])).toBe(passes ? folder : other);
    if (!passes)
      expect(() => useCache(() => undefined, [folder])).toThrow(
        `${folder}: others may write to ${join(root, level)} (mode ${mode.toString(8)})`,
      );
    chmodSync(join(root, level), before);
  }
  // What a symbolic link leads to counts, too.
  symlinkSync(folder, join(root, "link"));
  makePrivate(join(root, "link"));
  chmodSync(join(root, "a"), 0o777);
  expect(() => makePrivate(join(root, "link"))).toThrow(`others may write to ${join(root, "a")}`);
  writeFileSync(join(root, "file"), "");
  expect(() => makePrivate(join(root, "file"))).toThrow("is no directory");
  expect(() => useCache(() => undefined, [join(root, "file/below")])).toThrow("file/below: ");
});

it.runIf(process.platform === "linux")("a pipe in the place of a file is not waited for", () => {
  const pipe = join(testDirectory(), "pipe");
  expect(spawnSync("mkfifo", [pipe]).status).toBe(0);
  expect(() => readRegular(pipe)).toThrow("is no file");
});

const files = ["vk_swiftshader_icd.json", "libvk_swiftshader.so", "libvulkan.so.1"];

/** A package of a driver, with contents that compress in no time. */
function packDriver(folder: string): { readonly archive: string; readonly version: string } {
  const archive = join(folder, "driver.tar.br");
  const tar = createTar(["other", ...files].map((name) => ({ name, data: `the content of ${name}` })));
  writeFileSync(archive, brotliCompressSync(tar));
  return { archive, version: "1" };
}

it("a driver that is not as it was unpacked is unpacked anew", () => {
  const root = testDirectory();
  const source = packDriver(root);
  const folder = join(root, "cache/swiftshader-1");
  const loaded: string[] = [];
  const load = () => loadSwiftShader((path) => loaded.push(path), [join(root, "cache")], source);
  expect(load().manifest).toBe(join(folder, "vk_swiftshader_icd.json"));
  expect(loaded).toEqual([join(folder, "libvulkan.so.1")]);
  const first = statSync(folder).ino;
  load();
  expect(statSync(folder).ino).toBe(first);
  const harms: ((path: string) => void)[] = [
    (path) => truncateSync(path, 5),
    (path) => writeFileSync(path, "THE"),
    (path) => rmSync(path),
    (path) => spawnSync("sh", ["-c", 'rm "$1" && mkfifo "$1"', "", path]),
    () => chmodSync(folder, 0o777),
    () => rmSync(folder, { recursive: true }),
    () => {
      rmSync(folder, { recursive: true });
      writeFileSync(folder, "in the way");
    },
  ];
  for (const harm of harms)
    for (const file of [...files, "digests.json"]) {
      harm(join(folder, file));
      load();
      for (const name of files)
        expect(readFileSync(join(folder, name), "utf8")).toBe(`the content of ${name}`);
    }
  expect(readdirSync(join(root, "cache"))).toEqual(["swiftshader-1"]);
});

it("a cache from which nothing may be loaded is told with the variable that names another", () => {
  const root = testDirectory();
  const folders = [join(root, "a"), join(root, "b")];
  const refuse = (): never => {
    throw new Error("failed to map segment from shared object");
  };
  expect(() => loadSwiftShader(refuse, folders, packDriver(root))).toThrow(
    /name one in XDG_CACHE_HOME \(\/.*a: failed to map segment from shared object; \/.*b: failed to map/,
  );
});
