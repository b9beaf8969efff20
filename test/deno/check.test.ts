import { spawnSync } from "node:child_process";
import { beforeAll, expect, test } from "vitest";
import { patience, program } from "../cli/program";
import buildProgram from "../cli/setup";
import { denoCommand, denoEnvironment } from "./command";

beforeAll(buildProgram);

const fluxion = (...flags: readonly string[]) =>
  spawnSync(process.execPath, [...denoCommand(program), ...flags], {
    encoding: "utf8",
    env: denoEnvironment,
    timeout: patience,
  });

test("fluxion check: all conformance cases pass in Deno, and the program ends by itself", () => {
  const { status, stdout, stderr } = fluxion("check", "--json", "test/conformance");
  expect(stderr).toMatch(/^(no GPU found: )?running on .+$/m);
  const { passed, failed } = JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
  expect([passed >= 24, failed, status]).toEqual([true, 0, 0]);
});

test("a wrong argument is told in one line, status 2", () => {
  const { status, stdout, stderr } = fluxion("check", "nowhere.safetensors");
  expect([status, stdout, stderr]).toEqual([
    2,
    "",
    "fluxion: check nowhere.safetensors: no such file or directory\n",
  ]);
});
