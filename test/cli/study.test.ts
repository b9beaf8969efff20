/** Studies run, stopped, gone on with, shared and merged. Cells here are measured by a measure that trains nothing. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it, vi } from "vitest";
import { version } from "../../package.json";
import { UsageError } from "../../src/cli/errors";
import { goOnWith, merge, readShard, study, warnOfMixture } from "../../src/cli/study/command";
import { readCells, readSettings, StudyDirectory } from "../../src/cli/study/directory";
import type { KeptSettings } from "../../src/cli/study/kept";
import { writeStudyReport } from "../../src/cli/study/report";
import { type Measure, runCells } from "../../src/cli/study/session";
import { askedSettings, extendSettings } from "../../src/cli/study/settings";
import {
  type Cell,
  cellKey,
  chosenStudies,
  listCells,
  type StudyName,
  studyNames,
  takeShard,
} from "../../src/expressions";
import { testDirectory } from "./program";

const settings: KeptSettings = {
  version,
  preset: "quick",
  epochs: null,
  seeds: 2,
  networks: ["cnn", "bilstm"],
  studies: ["unseen", "noise"],
};
const listAll = (of: KeptSettings): Cell[] => listCells(chosenStudies(of), of);
const cells = listAll(settings);

/** Figures that depend on the cell alone. */
const measure: Measure = async (cell) => {
  const predictors =
    cell.subject === "classical" ? ["noise floor", "zero", "local least squares", "matcher"] : [cell.subject];
  return {
    cell,
    ended: "done",
    adapter: cell.subject === "classical" ? null : "an adapter",
    scores: ["Moler's six", "seven unseen"].flatMap((set) =>
      predictors.map((predictor, i) => {
        const rmse = 1 / (3 + i + cell.seed + cell.condition.length);
        return { predictor, set, rmse, members: { "a<b": rmse } };
      }),
    ),
    defects: predictors.map((predictor) => ({
      predictor,
      rule: "sign",
      kind: "taught",
      defect: 0,
      scale: predictor === "zero" ? 0 : 1,
      ratio: predictor === "zero" ? null : 0,
    })),
    stencils: predictors
      .filter((predictor) => predictor !== "noise floor" && predictor !== "matcher")
      .map((predictor) => ({
        predictor,
        ...{ sum: 0, firstMoment: 1, secondMoment: 0, oddShare: 1, support: 2, variation: null },
        offsets: [-1, 0, 1],
        weights: [-0.5, 0, 0.5],
      })),
  };
};

/** @param of whatever stands in the directory besides */
const runOf = (path: string, of: KeptSettings, part: readonly Cell[] = listAll(of), by: Measure = measure) =>
  runCells(new StudyDirectory(path, of), of, part, by, `go on in ${path}`);
const run = (path: string, part = cells, by: Measure = measure) => runOf(path, settings, part, by);
const report = (path: string): string => readFileSync(join(path, "study.json"), "utf8");

const listeners = process.rawListeners("SIGINT");
afterAll(() => {
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    for (const listener of process.rawListeners(signal))
      if (!listeners.includes(listener)) process.off(signal, listener as NodeJS.SignalsListener);
});

let said: string;
beforeEach(() => {
  said = "";
  for (const stream of [process.stdout, process.stderr])
    vi.spyOn(stream, "write").mockImplementation((text) => {
      said += text;
      return true;
    });
  return () => {
    vi.restoreAllMocks();
    process.exitCode = undefined;
  };
});

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
    expect(said).toContain(`stopped after 3 of ${cells.length} cells, to go on: go on in ${stopped}`);
    await run(stopped, cells, async (cell) => {
      measured++;
      return measure(cell);
    });
    expect(measured).toBe(cells.length);
    expect(report(stopped)).toBe(report(whole));
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
    expect(said).toContain("training diverged (as-taught.bilstm.seed-0)");
    // Who asks for others is not blamed.
    process.exitCode = undefined;
    await run(out, cells.slice(0, 1));
    expect(process.exitCode).toBeUndefined();
  });

  it("has a report that needs nothing from elsewhere", async () => {
    const summary = await run(testDirectory());
    const page = writeStudyReport(summary);
    expect(page).not.toMatch(/<script|https?:|<link|<img/);
    expect(page).toContain("a&lt;b");
    for (const { answer, verdict } of summary.results) {
      expect(page).toContain(answer.replaceAll("<", "&lt;"));
      expect(page).toContain(`</a> ${verdict}</li>`);
    }
  });
});

describe("tables of a report", () => {
  const heads = (page: string): string[] => page.match(/<table class="figures"[\s\S]*?<\/thead>/g) ?? [];

  it.each<[string, readonly StudyName[], (all: readonly Cell[]) => readonly Cell[]]>([
    ["of a whole study", ["unseen", "rules", "inverse"], (all) => all],
    ["of stencils", ["stencil"], (all) => all],
    ["of a study that was stopped", ["unseen"], (all) => all.slice(0, 3)],
    ["of a shard without opponents", ["noise"], (all) => all.filter(({ subject }) => subject === "cnn")],
  ])("%s have the noise floor and predicting zero beside the networks", async (_, names, part) => {
    const of: KeptSettings = { ...settings, studies: names };
    const page = writeStudyReport(await runOf(testDirectory(), of, part(listAll(of))));
    expect(heads(page).length).toBeGreaterThan(0);
    for (const head of heads(page)) {
      expect(head).toContain('<th scope="col">noise floor</th>');
      expect(head).toContain('<th scope="col">zero</th>');
    }
  });

  it("say what a set asks, and who the opponents are", async () => {
    const page = writeStudyReport(await run(testDirectory()));
    expect(page).toContain("How far does what was learnt carry to seven functions that were not taught?");
    expect(page).toContain("<li>naive differences: the slope between the neighbours of each sample</li>");
    expect(page).not.toContain("trapezoid rule");
    const inverse: KeptSettings = { ...settings, studies: ["inverse"] };
    const integrals = writeStudyReport(await runOf(testDirectory(), inverse));
    expect(integrals).toContain("<li>trapezoid rule: adds up trapezoids from −1 on</li>");
    expect(integrals).not.toContain("How far does what was learnt carry");
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
    said = "";
    // Without a device, as all of it is done.
    await study({ adapter: "auto", out, only: ["unseen"], network: "cnn" });
    expect(said).toContain("4 of 4 cells are done already");
    expect(said).toContain(
      `the report lacks ${lacking} cells, of studies and networks that were not asked for together; to measure them: fluxion study --out ${out}`,
    );
  });

  it("on another adapter is remarked upon", async () => {
    const done = await Promise.all(cells.map(measure));
    warnOfMixture(done, "an adapter");
    expect(said).toBe("");
    warnOfMixture(done, "another");
    expect(said).toBe(
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

it("the report on stencils draws them, each condition for itself", async () => {
  const chosen: KeptSettings = { ...settings, studies: ["stencil"] };
  const page = writeStudyReport(await runOf(testDirectory(), chosen));
  expect(page.match(/Weights over distance: [a-z ]+/g)).toEqual([
    "Weights over distance: as taught",
    "Weights over distance: continuous family",
  ]);
});

describe("a merge", () => {
  it("refuses cells with other figures, other settings and directories of no study", async () => {
    const [a, b, other, empty] = [testDirectory(), testDirectory(), testDirectory(), testDirectory()];
    const bilstm = cells.filter(({ subject }) => subject === "bilstm");
    await run(a, bilstm.slice(0, 2));
    await run(b, bilstm.slice(1, 2), async (cell) => ({ ...(await measure(cell)), adapter: "another" }));
    const apart = testDirectory();
    await run(apart, bilstm.slice(2, 3), async (cell) => ({ ...(await measure(cell)), adapter: "another" }));
    merge([a, apart], { out: testDirectory() });
    expect(said).toContain("trained on several adapters, an adapter and another: the report names them");
    new StudyDirectory(other, { ...settings, seeds: 3 }).keep(await measure(cells[0]));
    const out = join(testDirectory(), "merged");
    expect(() => merge([a, b], { out })).toThrow(
      new UsageError(
        `as-taught.bilstm.seed-1: has other figures in ${b} (another) than in ${a} (an adapter); ` +
          "remove cells/as-taught.bilstm.seed-1.json from one of them",
      ),
    );
    expect(() => merge([a, other], { out })).toThrow(
      /was begun with --preset quick --seeds 3 .* merge directories that were begun alike$/,
    );
    expect(() => merge([a, empty], { out })).toThrow(
      new UsageError(`${empty}: holds no study, has no study-settings.json`),
    );
  });

  it("refuses directories of another version, whose cells are others", () => {
    const old = [testDirectory(), testDirectory()];
    const other: KeptSettings = { ...settings, version: "0.0.1" };
    for (const path of old) {
      new StudyDirectory(path, other).begin();
      // It may have kept its cells otherwise.
      writeFileSync(join(path, "cells", `${cellKey(cells[0])}.json`), '{ "version": "0.0.1" }');
    }
    expect(() => merge(old, { out: testDirectory() })).toThrow(
      new UsageError(
        `${old[0]}: was begun with version 0.0.1, and this is ${version}; merge it with fluxion 0.0.1`,
      ),
    );
  });
});

describe("flags of merge", () => {
  it("are --out, which it needs, and --json", () => {
    expect(() => merge(["a"], {})).toThrow(
      new UsageError("study merge: --out is missing, say where the results go"),
    );
    expect(() => merge(["a"], { out: "b", seeds: 2 })).toThrow(/^--seeds: cannot stand beside merge/);
  });
});

describe("bad usage", () => {
  it("is refused in one line", async () => {
    const out = testDirectory();
    await run(out, cells.slice(0, 1));
    const adapter = "auto";
    await expect(study({ adapter, only: ["noize"] })).rejects.toThrow(
      new UsageError(`--only noize: must be one of ${studyNames.join(", ")}`),
    );
    await expect(study({ adapter, out, seeds: 3 })).rejects.toThrow(
      new UsageError(`--out ${out}: was begun with --seeds 2, not --seeds 3; name another directory`),
    );
    await expect(study({ adapter, out, epochs: 30 })).rejects.toThrow(
      `--out ${out}: was begun with the epochs of its preset, not --epochs 30; name another directory`,
    );
    await expect(study({ adapter, preset: "moler", epochs: 1e6 })).rejects.toThrow(
      /^--epochs 1000000: must be at most 833333 with batch 200/,
    );
    for (const text of ["1", "2/2", "-1/2", "0/0", "a/b"])
      expect(() => readShard(text)).toThrow(/must be i\/n with i from 0 to n - 1/);
    expect(readShard("1/2")).toEqual({ index: 1, of: 2 });
  });

  it("includes a shard that is none", async () => {
    await expect(study({ adapter: "auto", shard: "2/2" })).rejects.toThrow(
      new UsageError("--shard 2/2: must be i/n with i from 0 to n - 1, for instance 0/4"),
    );
  });

  it("includes cells that were computed otherwise", async () => {
    for (const [change, was] of [
      [{ version: "0.0.1" }, "--preset quick (version 0.0.1)"],
      [{ preset: "moler" }, `--preset moler (version ${version})`],
      [{ epochs: 30 }, `--preset quick --epochs 30 (version ${version})`],
    ] as const) {
      const out = testDirectory();
      await run(out, cells.slice(0, 1));
      const file = join(out, "cells", `${cellKey(cells[0])}.json`);
      const kept = JSON.parse(readFileSync(file, "utf8"));
      expect(kept).toMatchObject({ version, preset: "quick", epochs: null });
      writeFileSync(file, JSON.stringify({ ...kept, ...change }));
      expect(() => readCells(out, settings)).toThrow(
        new UsageError(
          `${file}: was computed with ${was}, not --preset quick (version ${version}); remove it to compute it again`,
        ),
      );
    }
  });

  it("includes cells and settings that are something else", async () => {
    const out = testDirectory();
    await run(out, cells.slice(0, 1));
    const file = join(out, "cells", `${cellKey(cells[0])}.json`);
    for (const [text, complaint] of [
      ["{}", "is not the result of that cell"],
      [readFileSync(file, "utf8").slice(0, 100), "is not JSON"],
    ] as const) {
      writeFileSync(file, text);
      expect(() => readCells(out, settings)).toThrow(
        new UsageError(`${file}: ${complaint}; remove it to compute it again`),
      );
    }
    const old = testDirectory();
    writeFileSync(join(old, "study-settings.json"), '{ "version": "0.0.1", "studies": ["teacher"] }');
    expect(() => readSettings(old)).toThrow(
      new UsageError(
        `${old}: was begun with version 0.0.1, and this is ${version}; use that one, or name another directory`,
      ),
    );
    const wrong = testDirectory();
    mkdirSync(join(wrong, "cells"));
    for (const [text, complaint] of [
      ["[]", "is not the settings of a study"],
      ["{", "is not JSON"],
    ] as const) {
      writeFileSync(join(wrong, "study-settings.json"), text);
      expect(() => readSettings(wrong)).toThrow(
        `${complaint}; remove it and begin the study with its flags again, its cells are kept`,
      );
    }
  });
});

it("--list names every study with its hypothesis, criterion and cells, and what it trains", async () => {
  await study({ adapter: "auto", list: true, seeds: 2, network: "cnn", epochs: 30 });
  expect(said).toContain("unseen: 4 cells with 2 seeds");
  expect(said).toContain("noise: 16 cells with 2 seeds");
  expect(said).toContain("hypothesis: On functions not taught");
  expect(said).toContain("criterion: with every seed, each network's RMSE on the seven unseen");
  expect(said).toContain("all together, sharing trainings: 42 cells");
  expect(said).toContain("preset quick: trains as fluxion train --preset quick --epochs 30");
  said = "";
  await study({ adapter: "auto", list: true, only: ["noise"] });
  expect(said).toMatch(/^noise: 60 cells with 5 seeds/);
  expect(said).not.toMatch(/unseen: |all together/);
});
