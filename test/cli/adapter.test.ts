import { spawnSync } from "node:child_process";
import { chmodSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { hasSwiftShader } from "../../src/node/swiftshader";
import { patience, program, testDirectory } from "./program";

const check = ["check", resolve("test/conformance/dense.safetensors")];

/** Runs `fluxion` with this environment alone; `before` stands before the command line. */
function run(environment: NodeJS.ProcessEnv, words: readonly string[], before: readonly string[] = []) {
  const [command, ...rest] = [...before, process.execPath, program, ...words];
  return spawnSync(command, rest, { encoding: "utf8", env: environment, timeout: patience });
}

const path = { PATH: process.env.PATH, HOME: process.env.HOME };

test.runIf(process.platform === "linux")("a driver that the user names never becomes another one", () => {
  const broken = join(testDirectory(), "broken.json");
  writeFileSync(broken, JSON.stringify({ file_format_version: "1.0.0", ICD: { library_path: "/none.so" } }));
  for (const [variable, file, reason] of [
    ["VK_ICD_FILENAMES", "/nonexistent/driver.json", "no such file"],
    ["VK_DRIVER_FILES", broken, "offers no adapter"],
  ] as const) {
    const { status, stdout, stderr } = run({ ...path, [variable]: file }, check);
    expect([status, stdout, stderr]).toEqual([3, "", `fluxion: ${variable}=${file}: ${reason}\n`]);
  }
  const environment = { ...path, VK_DRIVER_FILES: "/none.json" };
  const { status, stderr } = run(environment, ["bench", "--host", "chrome"]);
  expect([status, stderr]).toEqual([3, "fluxion: --host chrome: VK_DRIVER_FILES=/none.json: no such file\n"]);
});

test.runIf(hasSwiftShader())("an adapter that is not expected ends with status 3, in one line", () => {
  const flags = ["--adapter", "swiftshader", "--expect-adapter", "^nvidia"];
  const { status, stdout, stderr } = run(path, [...check, ...flags]);
  expect([status, stdout]).toEqual([3, ""]);
  expect(stderr).toMatch(/^fluxion: --expect-adapter \^nvidia: the adapter is SwiftShader .*\n$/);
});

/** Needs the right to become another user. */
const asRoot = hasSwiftShader() && process.getuid?.() === 0;

test.runIf(asRoot)("a user whom the system does not know, without a home, has a device", () => {
  const temporary = testDirectory();
  chmodSync(temporary, 0o1777);
  const stranger = ["setpriv", "--reuid=12345", "--regid=0", "--clear-groups"];
  const environment = { PATH: process.env.PATH, HOME: "", TMPDIR: temporary };
  const { status, stdout, stderr } = run(environment, [...check, "--adapter", "swiftshader"], stranger);
  expect(stderr).toMatch(/^running on SwiftShader .*\n$/);
  expect([status, stdout.endsWith("1 of 1 cases passed\n")]).toEqual([0, true]);
});
