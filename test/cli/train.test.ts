import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { program, runProgram, testDirectory } from "./program";

const files = ["metrics.csv", "model.safetensors", "predictions.csv", "report.html", "summary.json"];
const data = "--preset quick --curves 36 --samples 10 --batch 10 --validation-every 2 --tune off".split(" ");
const small = [...data, "--filters", "4", "--hidden", "3"];
/** The last of the runs before any other, and one more. */
const others = [..."bilstm --seed 5 --seeds 2 --epochs 1 --hidden 3 --out others".split(" "), ...data];

function train(directory: string, ...flags: readonly string[]) {
  const ending = runProgram(directory, "train", ...flags);
  return { ...ending, last: JSON.parse(ending.stdout.trimEnd().split("\n").at(-1) ?? "") };
}
const read = (...path: readonly string[]): Buffer => readFileSync(join(...path));
const list = (...path: readonly string[]): string[] => readdirSync(join(...path)).sort();
/** Names of the pictures in a report, and its tables, row by row. */
const readReport = (...path: readonly string[]) => {
  const page = read(...path).toString();
  const texts = (html: string, element: string) =>
    Array.from(
      html.matchAll(new RegExp(`<${element}\\b[^>]*>([\\s\\S]*?)</${element}>`, "g")),
      ([, text]) => text,
    );
  return {
    pictures: Array.from(page.matchAll(/<svg class="chart"[^>]* aria-label="([^"]*)"/g), ([, name]) => name),
    verdict: texts(page, "p")[0],
    tables: texts(page, "table").map((table) => texts(table, "tr").map((row) => texts(row, "t[hd]"))),
  };
};

it("both networks with two seeds leave their files, a report of all and one verdict; each is the same whatever stands beside it", async () => {
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
  expect(last.networks[1]).toEqual(JSON.parse(read(directory, "out/bilstm/seed-4/summary.json").toString()));
  expect(last.networks.map((run: Record<string, unknown>) => run.buffersCreatedWhileTraining)).toEqual([
    0, 0, 0, 0,
  ]);
  const means = last.verdict.networks.map(({ rmse }: { rmse: { mean: number } }) => rmse.mean);
  expect(last.verdict.lower).toBe(means[0] < means[1] ? "cnn" : "bilstm");
  expect(last.verdict.factor).toBeCloseTo(Math.max(...means) / Math.min(...means), 12);
  expect(stdout).toContain(`${last.verdict.sentence}\n`);

  const { pictures, verdict, tables } = readReport(directory, "out/report.html");
  expect(verdict).toBe(last.verdict.sentence);
  expect(pictures).toHaveLength(2 * (2 + 6));
  expect(pictures.filter((name) => name.startsWith("RMSE"))).toEqual([
    "RMSE of cnn, seed 4 over iterations, training and validation",
    "RMSE of bilstm, seed 4 over iterations, training and validation",
  ]);
  expect(tables[0][0]).toEqual(["function", "cnn", "bilstm", "noise floor", "predict zero"]);
  expect(tables[1]).toHaveLength(5);

  // What nobody can read ends no training, and leaves no run unmade.
  const full = openSync(process.platform === "linux" ? "/dev/full" : "/dev/null", "w");
  const deaf = spawn(process.execPath, [program, "train", ...others], {
    cwd: directory,
    stdio: ["ignore", "pipe", full],
  });
  deaf.stdout?.destroy();
  expect(await once(deaf, "exit")).toEqual([0, null]);
  closeSync(full);
  expect(list(directory, "others")).toEqual(["report.html", "seed-5", "seed-6", "summary.json"]);
  const summary = JSON.parse(read(directory, "others/seed-5/summary.json").toString());
  expect(summary).toMatchObject({ network: "bilstm", seed: 5, options: { hidden: 3, dropout: 0.5 } });
  for (const name of ["model.safetensors", "predictions.csv"])
    expect(
      read(directory, "out/bilstm/seed-5", name).equals(read(directory, "others/seed-5", name)),
      name,
    ).toBe(true);
  const { pictures: ofOne } = readReport(directory, "others/seed-6/report.html");
  expect(ofOne.filter((name) => name.startsWith("RMSE"))).toHaveLength(1);
});
