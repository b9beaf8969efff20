import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { buildProgram, interruptProgram, testDirectory } from "./program";

beforeAll(buildProgram);

describe("a signal before anything is trained ends all and leaves nothing", () => {
  it.each([
    ["as a named directory is made", "SIGINT", "results", ["cnn", "--out", "results/a"], 130],
    ["while data is made and kernels are compiled", "SIGINT", "runs", ["cnn"], 130],
    ["SIGTERM", "SIGTERM", "runs", ["cnn"], 143],
    ["as the first of several runs begins", "SIGINT", "results/a/cnn", ["both", "--out", "results/a"], 130],
  ] as const)("%s", async (_, signal, path, flags, expected) => {
    const directory = testDirectory();
    const ending = await interruptProgram(directory, [signal], path, "train", ...flags);
    // Graphics drivers write errors of their own.
    expect(ending.stderr).not.toMatch(/^fluxion: |Error/m);
    expect(ending.stdout).toBe("");
    expect(ending.status).toBe(expected);
    expect(readdirSync(directory)).toEqual([]);
  });
});

describe("a signal while two networks are trained", () => {
  const small = "--curves 36 --samples 40 --batch 10 --filters 4 --hidden 24 --preset quick --out out".split(
    " ",
  );
  const files = ["metrics.csv", "model.safetensors", "predictions.csv", "report.html", "summary.json"];

  it("stops the first early, keeps it and begins no second", async () => {
    const directory = testDirectory();
    const ending = await interruptProgram(
      directory,
      ["SIGINT"],
      "out/cnn/checkpoint.safetensors",
      ...["train", "both", "--epochs", "2000", "--checkpoint-every", "10", ...small],
    );
    expect(ending.stdout).toMatch(/Stopped after \d+ iterations: cnn, seed 0\. Not made: 1 of 2 runs\.\n/);
    expect(ending.status).toBe(0);
    expect(readdirSync(join(directory, "out")).sort()).toEqual(["cnn", "report.html", "summary.json"]);
    expect(readdirSync(join(directory, "out/cnn")).sort()).toEqual(["checkpoint.safetensors", ...files]);
  });

  it("keeps the first and ends all before the second is trained", async () => {
    const directory = testDirectory();
    const ending = await interruptProgram(
      directory,
      ["SIGINT"],
      "out/bilstm",
      ...["train", "both", "--epochs", "2", ...small],
    );
    expect(ending.stderr).toContain("stopped before training began: 1 of 2 runs are done, in out\n");
    expect(ending.status).toBe(130);
    expect(readdirSync(join(directory, "out")).sort()).toEqual(["cnn", "report.html", "summary.json"]);
    expect(readdirSync(join(directory, "out/cnn")).sort()).toEqual(files);
    expect(readFileSync(join(directory, "out/summary.json"), "utf8")).toContain("Not made: 1 of 2 runs");
  });

  it("stops the second early, evaluates it and keeps both", async () => {
    const directory = testDirectory();
    const ending = await interruptProgram(
      directory,
      ["SIGINT"],
      "out/bilstm/checkpoint.safetensors",
      ...["train", "both", "--epochs", "100", "--checkpoint-every", "10", ...small],
    );
    expect(ending.stderr).toContain(
      "to go on with this run alone, without a new report of all runs in out: " +
        "fluxion train --resume out/bilstm/checkpoint.safetensors\n",
    );
    expect(ending.stdout).toMatch(/Undecided, because 1 of 2 runs was not trained to its end: /);
    expect(ending.stdout).toMatch(/Stopped after \d+ iterations: bilstm, seed 0\./);
    expect(ending.status).toBe(0);
    expect(readdirSync(join(directory, "out/bilstm")).sort()).toEqual(["checkpoint.safetensors", ...files]);
  });

  it("twice abandons the second and keeps its last checkpoint", async () => {
    const directory = testDirectory();
    const ending = await interruptProgram(
      directory,
      ["SIGINT", "SIGINT"],
      "out/bilstm/checkpoint.safetensors",
      ...["train", "both", "--epochs", "40", "--checkpoint-every", "40", "--steps-per-submit", "40"],
      ...small,
    );
    expect(ending.stderr).toContain(
      "abandoned: the last checkpoint is kept, to go on with this run alone, without a new report",
    );
    expect(ending.status).toBe(130);
    expect(readdirSync(join(directory, "out")).sort()).toEqual([
      "bilstm",
      "cnn",
      "report.html",
      "summary.json",
    ]);
    expect(readdirSync(join(directory, "out/bilstm"))).toEqual(["checkpoint.safetensors"]);
  });
});
