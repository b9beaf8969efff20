/** Studies run, stopped, gone on with, shared and merged. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { version } from "../../package.json";
import { cellKey, takeShard } from "../../src/calculus";
import { UsageError } from "../../src/cli/errors";
import { goOnWith, merge, study, warnOfMixture } from "../../src/cli/study/command";
import { readCells, readSettings, StudyDirectory } from "../../src/cli/study/directory";
import type { KeptSettings } from "../../src/cli/study/kept";
import { type Measure, runCells } from "../../src/cli/study/session";
import { askedSettings, extendSettings } from "../../src/cli/study/settings";
import { testDirectory } from "./program";
import { cells, hear, listAll, measure, report, run, runOf, settings } from "./study-run";

const heard = hear();

describe("a study", () => {
  it("leaves settings, a file for every cell, study.json and study.html", async () => {
    const out = testDirectory();
    await run(out);
    expect(readdirSync(out).sort()).toEqual(["cells", "study-settings.json", "study.html", "study.json"]);
    expect(readdirSync(join(out, "cells"))).toHaveLength(cells.length);
    expect(readSettings(out)).toEqual(settings);
  });

  it("that is stopped keeps what is done, says how to go on, and goes on to the same report", async () => {
    const [whole, stopped] = [testDirectory(), testDirectory()];
    await run(whole);
    let measured = 0;
    await run(stopped, cells, async (cell) => {
      if (++measured === 3) process.emit("SIGINT", "SIGINT");
      return measure(cell);
    });
    expect(measured).toBe(3);
    expect(heard.said).toContain(`stopped after 3 of ${cells.length} cells, to go on: go on in ${stopped}`);
    // No scheduler takes it for done.
    expect(process.exitCode).toBe(130);
    process.exitCode = undefined;
    await run(stopped, cells, async (cell) => {
      measured++;
      return measure(cell);
    });
    expect(measured).toBe(cells.length);
    expect(report(stopped)).toBe(report(whole));
    expect(process.exitCode).toBeUndefined();
  });

  it("says what it is from its first cell on, so that one killed in it goes on as the same", async () => {
    const out = testDirectory();
    await run(out, cells.slice(0, 1), async (cell) => {
      expect(readSettings(out)).toEqual(settings);
      return measure(cell);
    });
    expect.assertions(1);
  });

  it("in shards that are merged gives the same files as in one piece", async () => {
    const whole = testDirectory();
    await run(whole);
    const shards = [0, 1, 2].map(() => testDirectory());
    for (const [index, shard] of shards.entries())
      await run(shard, takeShard(cells, { index, of: 3 }, settings));
    const out = testDirectory();
    merge(shards.toReversed(), { out });
    expect(report(out)).toBe(report(whole));
    expect(readFileSync(join(out, "study.html"), "utf8")).toBe(
      readFileSync(join(whole, "study.html"), "utf8"),
    );
    expect(readCells(out, settings)).toEqual(readCells(whole, settings));
    expect(heard.said).not.toContain("the report lacks");
    const part = testDirectory();
    merge(shards.slice(1), { out: part });
    const lacking = readdirSync(join(shards[0], "cells")).length;
    expect(heard.said).toContain(
      `the report lacks ${lacking} cells; to measure the rest: fluxion study --out ${part}\n`,
    );
  });

  it("that is asked for more keeps what is done, and ends as if it had been asked for at once", async () => {
    const [whole, grown] = [testDirectory(), testDirectory()];
    await run(whole);
    const small: KeptSettings = { ...settings, studies: ["unseen"], networks: ["cnn"] };
    await runOf(grown, small);
    const larger = extendSettings(grown, small, version, { only: ["noise"], network: "bilstm" });
    expect(larger).toEqual(settings);
    let measured = 0;
    const asked = askedSettings(larger, { only: ["noise"], network: "bilstm" });
    expect([asked.studies, asked.networks]).toEqual([["noise"], ["bilstm"]]);
    const count: Measure = async (cell) => {
      measured++;
      return measure(cell);
    };
    await runOf(grown, larger, listAll(asked), count);
    const known = new Set(listAll(small).map(cellKey));
    expect(measured).toBe(listAll(asked).filter((cell) => !known.has(cellKey(cell))).length);
    // Without flags it goes on with all that stands there: the CNN's noise.
    await runOf(grown, larger, listAll(askedSettings(larger, {})), count);
    expect(measured).toBe(cells.length - known.size);
    expect(readSettings(grown)).toEqual(settings);
    expect(report(grown)).toBe(report(whole));
  });

  it("in which a training diverges ends with status 1", async () => {
    const [bilstm] = cells.filter(({ subject }) => subject === "bilstm");
    const out = testDirectory();
    await run(out, [bilstm], async (cell) => ({
      ...(await measure(cell)),
      ended: "diverged",
      scores: [],
      defects: [],
      stencils: [],
    }));
    expect(process.exitCode).toBe(1);
    expect(heard.said).toContain("training diverged (as-taught.bilstm.seed-0)");
    // Who asks for others is not blamed.
    process.exitCode = undefined;
    await run(out, cells.slice(0, 1));
    expect(process.exitCode).toBeUndefined();
  });
});

describe("going on", () => {
  it("is told as the command that asks for the same", () => {
    expect(goOnWith("a", { adapter: "auto" })).toBe("fluxion study --out a");
    expect(
      goOnWith("it's here", {
        ...{ adapter: "software", only: ["unseen", "noise"], network: "cnn", shard: "0/4" },
        // These stand in the directory.
        ...{ seeds: 3, preset: "quick", epochs: 2 },
        json: true,
      }),
    ).toBe(
      "fluxion study --out 'it'\\''s here' --only unseen,noise --network cnn --shard 0/4 --adapter software --json",
    );
  });

  it("with a part of what stands there measures nothing else, and tells what the report lacks", async () => {
    const out = testDirectory();
    await runOf(out, { ...settings, networks: ["cnn"], studies: ["unseen"] });
    await runOf(out, { ...settings, networks: ["bilstm"], studies: ["noise"] });
    const lacking = cells.length - readdirSync(join(out, "cells")).length;
    expect(lacking).toBeGreaterThan(0);
    heard.said = "";
    // Without a device, as all of it is done.
    await study({ adapter: "auto", out, only: ["unseen"], network: "cnn" });
    expect(heard.said).toContain("4 of 4 cells are done already");
    expect(heard.said).toContain(
      `the report lacks ${lacking} cells that were not asked for now; to measure the rest: fluxion study --out ${out}`,
    );
  });

  it("on another adapter is remarked upon", async () => {
    const done = await Promise.all(cells.map(measure));
    warnOfMixture(done, "an adapter");
    expect(heard.said).toBe("");
    warnOfMixture(done, "another");
    expect(heard.said).toBe(
      "trained on several adapters, an adapter and another: the report names them, and takes means and compares across them\n",
    );
  });
});

describe("two processes in one directory", () => {
  const studiesOf = (studies: KeptSettings["studies"]): KeptSettings => ({ ...settings, studies });

  it("leave the settings and the report of both", async () => {
    const [out, whole] = [testDirectory(), testDirectory()];
    await run(whole);
    const [one, other] = [studiesOf(["unseen"]), studiesOf(["noise"])];
    // Both begin before either has left anything.
    const directories = [one, other].map((of) => new StudyDirectory(out, of));
    await runCells(directories[0], one, listAll(one), measure, "");
    const summary = await runCells(directories[1], other, listAll(other), measure, "");
    expect(readSettings(out)).toEqual(settings);
    expect(summary.results.map(({ name }) => name)).toEqual(["unseen", "noise"]);
    expect(report(out)).toBe(report(whole));
  });

  it("are refused where their cells are computed otherwise", async () => {
    const out = testDirectory();
    const [one, other] = [settings, { ...settings, epochs: 9 }].map((of) => new StudyDirectory(out, of));
    const result = await measure(cells[0]);
    one.keep(result);
    expect(() => other.keep(result)).toThrow(
      new UsageError(
        `--out ${out}: was begun with --preset quick --seeds 2 (version ${version}), ` +
          `not --preset quick --seeds 2 --epochs 9 (version ${version}); name another directory`,
      ),
    );
    expect(readSettings(out)).toEqual(settings);
  });
});

it("--list names every study with its hypothesis, criterion and cells, and what it trains", async () => {
  await study({ adapter: "auto", list: true, seeds: 2, network: "cnn", epochs: 30 });
  expect(heard.said).toContain("unseen: 4 cells with 2 seeds");
  expect(heard.said).toContain("noise: 16 cells with 2 seeds");
  expect(heard.said).toContain("hypothesis: On functions not taught");
  expect(heard.said).toContain("criterion: with every seed, each network's RMSE on the seven unseen");
  expect(heard.said).toContain("all together, sharing trainings: 42 cells");
  expect(heard.said).toContain("preset quick: trains as fluxion train --preset quick --epochs 30");
  heard.said = "";
  await study({ adapter: "auto", list: true, only: ["noise"] });
  expect(heard.said).toMatch(/^noise: 60 cells with 5 seeds/);
  expect(heard.said).not.toMatch(/unseen: |all together/);
});
