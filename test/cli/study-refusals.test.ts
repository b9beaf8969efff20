/** What studies refuse, and what they say to do about it. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { version } from "../../package.json";
import { cellKey, studyNames } from "../../src/calculus";
import { UsageError } from "../../src/cli/errors";
import { merge, readShard, study } from "../../src/cli/study/command";
import { readCells, readSettings, StudyDirectory } from "../../src/cli/study/directory";
import type { KeptSettings } from "../../src/cli/study/kept";
import { testDirectory } from "./program";
import { cells, hear, measure, run, settings } from "./study-run";

const heard = hear();

describe("a merge", () => {
  it("refuses cells with other figures, other settings and directories of no study", async () => {
    const [a, b, other, empty] = [testDirectory(), testDirectory(), testDirectory(), testDirectory()];
    const bilstm = cells.filter(({ subject }) => subject === "bilstm");
    await run(a, bilstm.slice(0, 2));
    await run(b, bilstm.slice(1, 2), async (cell) => ({ ...(await measure(cell)), adapter: "another" }));
    const apart = testDirectory();
    await run(apart, bilstm.slice(2, 3), async (cell) => ({ ...(await measure(cell)), adapter: "another" }));
    merge([a, apart], { out: testDirectory() });
    expect(heard.said).toContain(
      "trained on several adapters, an adapter and another: the report names them",
    );
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
