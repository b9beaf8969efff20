import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { buildProgram, interruptProgram } from "./program";

beforeAll(buildProgram);

describe("a signal before anything is trained ends all and leaves nothing", () => {
  it.each([
    ["as a named directory is made", "SIGINT", "results", ["--out", "results/a"], 130],
    ["while data is made and kernels are compiled", "SIGINT", "runs", [], 130],
    ["SIGTERM", "SIGTERM", "runs", [], 143],
  ] as const)("%s", async (_, signal, path, flags, expected) => {
    const directory = mkdtempSync(join(tmpdir(), "fluxion-test-"));
    onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
    const ending = await interruptProgram(directory, signal, path, "train", "cnn", ...flags);
    expect(ending.stderr).not.toContain("error");
    expect(ending.stdout).toBe("");
    expect(ending.status).toBe(expected);
    expect(readdirSync(directory)).toEqual([]);
  });
});
