import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { buildProgram, runProgram, testDirectory } from "./program";

beforeAll(buildProgram);

const files = ["metrics.csv", "model.safetensors", "predictions.csv", "report.html", "summary.json"];
const data = "--preset quick --curves 36 --samples 10 --batch 10 --validation-every 2".split(" ");
const small = [...data, "--filters", "4", "--hidden", "3"];

function train(directory: string, ...flags: readonly string[]) {
  const ending = runProgram(directory, "train", ...flags);
  return { ...ending, last: JSON.parse(ending.stdout.trimEnd().split("\n").at(-1) ?? "") };
}
const read = (...path: readonly string[]): Buffer => readFileSync(join(...path));
const list = (...path: readonly string[]): string[] => readdirSync(join(...path)).sort();
/** The data of a report. */
const reportData = (...path: readonly string[]) => {
  const data = /<script type="application\/json" id="data">(.*)<\/script>/.exec(
    read(...path).toString(),
  )?.[1];
  return JSON.parse(data ?? "");
};

describe("both networks with two seeds", () => {
  it("leave their files, a report of all and one verdict", () => {
    const directory = testDirectory();
    const flags = ["both", "--seed", "4", "--seeds", "2", "--epochs", "1", ...small];
    const { status, stdout, stderr, last } = train(directory, ...flags, "--out", "out", "--json");
    expect(stderr).toContain("bilstm, seed 5, run 4 of 4\n");
    expect(status).toBe(0);
    expect(list(directory, "out")).toEqual(["bilstm", "cnn", "report.html", "summary.json"]);
    for (const network of ["cnn", "bilstm"]) {
      expect(list(directory, "out", network)).toEqual(["seed-4", "seed-5"]);
      for (const seed of ["seed-4", "seed-5"]) expect(list(directory, "out", network, seed)).toEqual(files);
    }

    expect(JSON.parse(read(directory, "out/summary.json").toString())).toEqual(last);
    expect([last.preset, last.seed]).toEqual(["quick", 4]);
    expect(last.networks.map((run: Record<string, unknown>) => [run.network, run.seed])).toEqual([
      ["cnn", 4],
      ["bilstm", 4],
      ["cnn", 5],
      ["bilstm", 5],
    ]);
    expect(last.networks[1]).toEqual(
      JSON.parse(read(directory, "out/bilstm/seed-4/summary.json").toString()),
    );
    expect(last.networks.map((run: Record<string, unknown>) => run.buffersCreatedWhileTraining)).toEqual([
      0, 0, 0, 0,
    ]);
    const means = last.verdict.networks.map(({ rmse }: { rmse: { mean: number } }) => rmse.mean);
    expect(last.verdict.lower).toBe(means[0] < means[1] ? "cnn" : "bilstm");
    expect(last.verdict.factor).toBeCloseTo(Math.max(...means) / Math.min(...means), 12);
    expect(stdout).toContain(`${last.verdict.sentence}\n`);

    const data = reportData(directory, "out/report.html");
    expect(data.verdict).toBe(last.verdict.sentence);
    expect(data.networks.map(({ title }: { title: string }) => title)).toEqual([
      "cnn, seed 4",
      "bilstm, seed 4",
    ]);
    expect(data.networks[1].iterations).toEqual([1, 2, 3]);
    expect(data.numbers[0]).toEqual(["function", "cnn", "bilstm", "noise floor", "predict zero"]);
    expect(data.seeds).toHaveLength(5);
  });

  it("give each run what it has alone", () => {
    const directory = testDirectory();
    const flags = ["bilstm", "--epochs", "1", "--hidden", "3", ...data];
    train(directory, ...flags, "--seed", "4", "--seeds", "2", "--out", "several", "--json");
    const { last } = train(directory, ...flags, "--seed", "5", "--out", "alone", "--json");
    expect(list(directory, "several")).toEqual(["report.html", "seed-4", "seed-5", "summary.json"]);
    expect(list(directory, "alone")).toEqual(files);
    expect(last).toMatchObject({ network: "bilstm", seed: 5, options: { hidden: 3, dropout: 0.5 } });
    for (const name of ["model.safetensors", "predictions.csv"])
      expect(read(directory, "several/seed-5", name).equals(read(directory, "alone", name)), name).toBe(true);
    expect(reportData(directory, "alone/report.html").networks).toHaveLength(1);
  });
});

describe("a network that diverges", () => {
  it("leaves nothing, the other is kept and reported, and the status is 1", () => {
    const directory = testDirectory();
    const flags = [
      "both",
      "--epochs",
      "1",
      ...small,
      "--solver",
      "sgdm",
      "--learn-rate",
      "1e6",
      "--clip",
      "none",
    ];
    const { status, stdout, stderr, last } = train(directory, ...flags, "--out", "out", "--json");
    expect(stderr).toContain("fluxion: training diverged (cnn, seed 0): iteration 2: ");
    expect(status).toBe(1);
    expect(list(directory, "out")).toEqual(["bilstm", "report.html", "summary.json"]);
    expect(stdout).toContain("Diverged: cnn, seed 0.");
    expect(stdout).toContain("--learn-rate 1000000 --clip none --validation-every 2, seed 0");
    expect(last.networks.map((run: Record<string, unknown>) => run.stopReason)).toEqual([
      "diverged",
      "completed",
    ]);
    expect(last.networks[0].options).toMatchObject({
      solver: "sgdm",
      momentum: 0.9,
      learnRate: 1e6,
      clip: "none",
    });
    expect(last.verdict).toMatchObject({
      answer: "undecided",
      doubt: "incomplete",
      lower: null,
      factor: null,
    });
    expect(last.verdict.exceptions).toEqual([{ network: "cnn", seed: 0, ended: "diverged", iterations: 1 }]);
  });
});
