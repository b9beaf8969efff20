import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, symlinkSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { patience, startProgram, testDirectory } from "./program";

const root = resolve(import.meta.dirname, "../..");

describe("bench", () => {
  it("in Chrome gives the same figures as in Node", async () => {
    const flags = ["--host", "chrome", "--network", "cnn", "--batch", "2", "--steps", "3", "--json"];
    const { status, stdout, stderr } = await startProgram(testDirectory(), "bench", ...flags).ended;
    expect(stderr).toMatch(/^running on .+ in .*Chrome\/\d/);
    expect(status).toBe(0);
    const figures = JSON.parse(stdout);
    expect(figures).toMatchObject({ host: "chrome", peers: [], unsupported: [], failures: [] });
    expect(Object.keys(figures.adapter)).toEqual(["vendor", "architecture", "description", "software"]);
    expect(figures.peak.gflops).toBeGreaterThan(0);
    expect(figures.peak.gbps).toBeGreaterThan(0);
    expect(figures.networks).toHaveLength(1);
    const [network] = figures.networks;
    expect(network).toMatchObject({ network: "cnn", batch: 2 });
    for (const key of ["msPerStep", "gflops", "shareOfPeak", "dispatchesPerStep", "submitsPerStep"])
      expect(network[key], key).toBeGreaterThan(0);
    expect(network.hostMsPerStep).toBeGreaterThanOrEqual(0);
  });
});

describe("bench in Chrome, installed as a package, says that it needs the repository", () => {
  const dependencies = ["cli-progress", "cli-table3", "commander", "nanotar", "papaparse", "wesl"];

  it.each([
    ["with the packages that a user has", dependencies],
    ["with those of a developer", [...dependencies, "puppeteer", "vite"]],
  ])("%s", (_, packages) => {
    const directory = testDirectory();
    cpSync(join(root, "dist/cli"), join(directory, "dist/cli"), { recursive: true });
    cpSync(join(root, "package.json"), join(directory, "package.json"));
    mkdirSync(join(directory, "node_modules"));
    for (const name of packages)
      symlinkSync(join(root, "node_modules", name), join(directory, "node_modules", name), "junction");
    const program = join(directory, "dist/cli/fluxion.js");
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, "bench", "--host", "chrome"], {
      encoding: "utf8",
      timeout: patience,
    });
    expect(stderr).toMatch(/^fluxion: --host chrome: works in a clone of the repository only, [^\n]+\n$/);
    expect(stdout).toBe("");
    expect(status).toBe(2);
  });
});
