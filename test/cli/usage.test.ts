import { spawnSync } from "node:child_process";
import { closeSync, openSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { molerCnn } from "../../src/calculus/networks";
import { writeSafetensors } from "../../src/engine/files/safetensors";
import { callProgram, restoreSignals } from "./call";
import { inDirectory, program, runProgram, startProgram, testDirectory } from "./program";

restoreSignals();

/** Calls a command line that must be refused: status 2, one line on standard error, nothing written. */
async function expectRefusal(
  flags: readonly string[],
  message: RegExp,
  files: Record<string, string | Uint8Array> = {},
): Promise<void> {
  const directory = testDirectory();
  for (const [name, content] of Object.entries(files)) writeFileSync(join(directory, name), content);
  const { status, stdout, stderr } = await callProgram(directory, ...flags);
  expect(stderr).toMatch(message);
  expect(stderr).toMatch(/^fluxion: [^\n]+\n$/);
  expect({ status, stdout }, stderr).toEqual({ status: 2, stdout: "" });
  expect(readdirSync(directory).sort()).toEqual(Object.keys(files).sort());
}

describe("bad usage is one line and status 2", () => {
  const refused: readonly (readonly [string, RegExp])[] = [
    ["", /a command is missing, see fluxion --help/],
    ["trian cnn", /unknown command 'trian' \(Did you mean train\?\)/],
    ["train cn", /'cn' is invalid for argument 'network'. Allowed choices are cnn, bilstm, both/],
    ["train cnn more", /too many arguments/],
    ["train cnn --epoch 3", /unknown option '--epoch' \(Did you mean --epochs\?\)/],
    ["train cnn --epochs", /'--epochs <n>' argument missing/],
    ["train cnn --epochs x", /'--epochs <n>' argument 'x' is invalid. Expected a whole number from 1/],
    ["train cnn --epochs 1.5", /'1.5' is invalid. Expected a whole number/],
    ["train cnn --epochs 1e3", /'1e3' is invalid. Expected a whole number/],
    ["train cnn --batch 0", /'--batch <n>' argument '0' is invalid. Expected a whole number from 1/],
    ["train cnn --batch -5", /'--batch <n>' argument '-5' is invalid/],
    ["train cnn --batch 5000", /--batch 5000: must be at most 2500, the size of the training set/],
    ["train cnn --preset quick --curves 600 --batch 501", /--batch 501: must be at most 500/],
    ["train cnn --curves 12 --batch 11", /--batch 11: must be at most 10/],
    ["train cnn --curves 100", /--curves 100: must be a multiple of 6/],
    ["train cnn --curves 999996 --samples 99999", /--samples 99999: must be at most 100 with 999996 curves/],
    ["train cnn --noise -0.1", /'--noise <sigma>' argument '-0.1' is invalid. Expected a number from 0/],
    ["train cnn --noise NaN", /'NaN' is invalid/],
    ["train cnn --learn-rate 0", /'--learn-rate <rate>' argument '0' is invalid. Expected a number above 0/],
    ["train cnn --learn-rate Infinity", /'Infinity' is invalid/],
    ["train cnn --l2 1e999", /'1e999' is invalid/],
    ["train cnn --learn-rate 1e-50", /'1e-50' is invalid. Expected a number above 0 in float32/],
    [
      "train cnn --momentum 1",
      /'--momentum <mu>' argument '1' is invalid. Expected a number from 0, below 1/,
    ],
    ["train cnn --momentum 0.999999999", /'0.999999999' is invalid. Expected .* below 1 in float32/],
    ["train cnn --clip no", /'no' is invalid. Expected a number above 0 in .*, at most 1000000000, or none/],
    ["train cnn --clip 1e-46", /'--clip <threshold>' argument '1e-46' is invalid/],
    ["train cnn --steps-per-submit 257", /'257' is invalid. Expected a whole number from 1 to 256/],
    [
      "train cnn --epochs 1000000 --batch 1",
      /--epochs 1000000: must be at most 4000 with batch 1 and 2500 training curves/,
    ],
    [
      "train cnn --epochs 500000 --shuffle every-epoch",
      /--epochs 500000: must be at most 6990 with shuffle every-epoch and 2500 training curves/,
    ],
    ["train cnn --patience 0", /'0' is invalid. Expected a whole number from 1 to 1000000000, or none/],
    ["train cnn --seed 4294967296", /'4294967296' is invalid. Expected a whole number from 0 to 4294967295/],
    ["train cnn --init he", /'he' is invalid. Allowed choices are narrow-normal, glorot/],
    ["train cnn --solver lbfgs", /'lbfgs' is invalid. Allowed choices are sgdm, adam, adamw, rmsprop/],
    ["train cnn --solver adam --momentum 0.5", /--momentum 0.5: needs --solver sgdm, which is adam/],
    ["train cnn --beta2 0.99", /--beta2 0.99: needs --solver adam or adamw, which is sgdm/],
    ["train bilstm --momentum 0.5", /--momentum 0.5: needs --solver sgdm, which is adam/],
    ["train --weight-decay 0.1", /--weight-decay 0.1: needs --solver adamw, which is sgdm and adam/],
    ["train both --decay 0.9", /--decay 0.9: needs --solver rmsprop, which is sgdm and adam/],
    ["train --solver adam --momentum 0.5", /--momentum 0.5: needs --solver sgdm, which is adam\n/],
    ["train cnn --hidden 8", /--hidden 8: needs the network bilstm, which is cnn/],
    ["train cnn --dropout 0.1", /--dropout 0.1: needs the network bilstm, which is cnn/],
    ["train bilstm --filters 8", /--filters 8: needs the network cnn, which is bilstm/],
    ["train bilstm --kernel 3", /--kernel 3: needs the network cnn, which is bilstm/],
    [
      "train bilstm --batchnorm-statistics moving",
      /--batchnorm-statistics moving: needs the network cnn, which is bilstm/,
    ],
    ["train bilstm --dropout 1", /'--dropout <probability>' argument '1' is invalid. Expected .* below 1/],
    ["train bilstm --hidden 0", /'--hidden <n>' argument '0' is invalid. Expected a whole number from 1/],
    ["train cnn --family seven", /'seven' is invalid. Allowed choices are six, twelve, sixty, continuous/],
    ["train cnn --restore first", /'first' is invalid. Allowed choices are best, last/],
    ["train cnn --seeds 0", /'--seeds <n>' argument '0' is invalid. Expected a whole number from 1 to 1000/],
    ["train cnn --seed 4294967294 --seeds 3", /--seeds 3: must end at seed 4294967295, begins at 4294967294/],
    ["train cnn --solver adam --beta1 1", /'--beta1 <beta>' argument '1' is invalid/],
    ["train cnn --clip-method l1", /'l1' is invalid. Allowed choices/],
    ["train cnn --preset huge", /'huge' is invalid. Allowed choices are moler, quick/],
    ["check a --adapter=", /'--adapter <which>' argument '' is invalid. Must not be empty/],
    [
      "check a --expect-adapter (",
      /'--expect-adapter <regex>' argument '\(' is invalid. Invalid regular exp/,
    ],
    ["check a --expect-adapter=", /'--expect-adapter <regex>' argument '' is invalid. Must not be empty/],
    ["train cnn --warmup 5", /--warmup 5: needs --learn-rate-schedule cosine, which is none/],
    [
      "train cnn --learn-rate-schedule cosine --learn-rate-drop-period 5",
      /--learn-rate-drop-period 5: needs .* piecewise/,
    ],
    [
      "train cnn --out /dev/null/results",
      /--out \/dev\/null\/results cannot be written: a part of the path is not a directory/,
    ],
    ["train cnn --out /dev/null", /--out \/dev\/null cannot be written: a file of that name is in the way/],
    ["predict --input a.csv", /predict: --model is missing, name a model.safetensors written by train/],
    ["predict --model a", /predict: --input is missing, name a CSV file of curves, or - for standard input/],
    ["predict --modle a --input b", /unknown option '--modle' \(Did you mean --model\?\)/],
    ["help trian", /help: unknown command 'trian', see fluxion --help/],
    ["help study mrege", /help: unknown command 'mrege'/],
    ["study mrege a b", /study: unknown command 'mrege', the only one is merge/],
    [
      "predict --model missing.safetensors --input a.csv",
      /--model missing.safetensors: no such file or directory/,
    ],
    ["check", /missing required argument 'file'/],
    ["check missing.safetensors", /check missing.safetensors: no such file or directory/],
    ["train --resume /dev/zero", /--resume \/dev\/zero: is a device, must be a file or a pipe/],
    ["check .", /check .: must hold .safetensors files, holds none/],
    ["bench --steps 2", /'2' is invalid. Expected a whole number from 3/],
    ["bench --host deno", /'deno' is invalid. Allowed choices are node, chrome/],
    ["bench --host node --peers", /--peers: needs --host chrome/],
    ["bench --network rnn", /'rnn' is invalid. Allowed choices are cnn, bilstm, both/],
  ];

  it("whatever is wrong with it", async () => {
    for (const [flags, message] of refused) await expectRefusal(flags.split(" ").filter(Boolean), message);
  });

  it("names the directory that is a file, and keeps the file", async () => {
    await expectRefusal(["train", "cnn", "--out", "taken/run"], /--out taken\/run cannot be written/, {
      taken: "",
    });
  });
});

describe("bad inputs are one line and status 2", () => {
  const predict = ["predict", "--model", "model.safetensors", "--input", "curves.csv", "--output", "out.csv"];
  /** A model that answers its input's second channel times `factor`. */
  const spec = { ...molerCnn({ samples: 1 }), layers: [{ kind: "dense", outputs: 1 }] };
  const model = (metadata = spec, factor = 1) =>
    writeSafetensors(
      new Map([
        ["fc.weight", { shape: [1, 2], data: new Float32Array([0, factor]) }],
        ["fc.bias", { shape: [1], data: new Float32Array(1) }],
      ]),
      new Map([
        ["format", "fluxion-model/1"],
        ["network", JSON.stringify(metadata)],
      ]),
    );
  const csv = "curve,x,f\n1,0,0\n1,1,1\n";

  const refused: readonly (readonly [string, Uint8Array, string, RegExp])[] = [
    ["a truncated model", model().subarray(0, 100), csv, /model.safetensors: header: is truncated/],
    [
      "a model cut in its data",
      model().subarray(0, -1),
      csv,
      /model.safetensors: tensor "fc.bias" data_offsets/,
    ],
    ["a model without a network", writeSafetensors(new Map()), csv, /model.safetensors: __metadata__ format/],
    [
      "an input of other channels",
      model({ ...spec, input: { channels: 3, steps: 1 } }),
      csv,
      /tensor "fc.weight" shape: must be \[1, 3\]/,
    ],
    [
      "text in the CSV",
      model(),
      "curve,x,f\n1,zero,0\n",
      /curves.csv: line 2, column x: must be a finite number/,
    ],
    ["a CSV without a column", model(), "curve,x\n1,0\n", /curves.csv: line 1: .*f is missing/],
    ["an empty CSV", model(), "", /curves.csv: line 1/],
    [
      "curves of unequal length",
      model(),
      "curve,x,f\n1,0,0\n1,1,0\n2,0,0\n",
      /curves.csv: curve "2": must have as many points/,
    ],
  ];

  it("of predict, whatever is wrong with them", async () => {
    for (const [, modelFile, input, message] of refused)
      await expectRefusal(predict, message, { "model.safetensors": modelFile, "curves.csv": input });
  });

  it("predict: an output that is a directory", async () => {
    const flags = [...predict.slice(0, -1), "."];
    await expectRefusal(flags, /--output \.: is a directory/, {
      "model.safetensors": model(),
      "curves.csv": csv,
    });
  });

  it("predict: a prediction beyond float32, known only once it is computed", () => {
    inDirectory((directory) => {
      const large = model(spec, 3e38);
      writeFileSync(join(directory, "model.safetensors"), large);
      writeFileSync(join(directory, "curves.csv"), "curve,x,f\n1,0,0\n1,1,1\n2,0,0\n2,1,10\n");
      const { status, stdout, stderr } = runProgram(directory, ...predict);
      expect(stderr).toMatch(
        /\nfluxion: --model model.safetensors: .* curve "2" of curves.csv is not finite\n$/,
      );
      expect(stdout).toBe("");
      expect(status).toBe(2);
      expect(readdirSync(directory).sort()).toEqual(["curves.csv", "model.safetensors"]);
    });
  });

  it("predict: from standard input, in batches; rows come back as they came", () => {
    inDirectory((directory) => {
      writeFileSync(join(directory, "model.safetensors"), model(spec, 2));
      // More curves than are computed at once, each from its end, one between the others.
      const rows = [1, 0].flatMap((x) => Array.from({ length: 450 }, (_, i) => `${i},${x},${i + x / 4}`));
      const { status, stdout, stderr } = spawnSync(
        process.execPath,
        [program, "predict", "--model", "model.safetensors", "--input", "-"],
        { cwd: directory, encoding: "utf8", input: `curve,x,f\n${rows.join("\n")}` },
      );
      expect(stderr).toMatch(
        /^standard input: x does not ascend in 450 of 450 curves, first in curve "0": sorted .*$/m,
      );
      expect(status).toBe(0);
      const expected = rows.map((row) => `${row},${2 * Number(row.split(",")[2])}`);
      expect(stdout.trimEnd().split("\n")).toEqual(["curve,x,f,prediction", ...expected]);
    });
  });

  it("check: a file that is no safetensors file", async () => {
    await expectRefusal(["check", "vector.safetensors"], /vector.safetensors: header/, {
      "vector.safetensors": "not tensors",
    });
  });
});

describe("help", () => {
  const texts: readonly (readonly [string, RegExp])[] = [
    ["--help", /Commands:[\s\S]*train[\s\S]*predict[\s\S]*check[\s\S]*bench[\s\S]*Exit status/],
    [
      "train --help",
      /Network:[\s\S]*bilstm: hidden units[\s\S]*Training:[\s\S]*--epochs <n> +passes over the training set[\s\S]*Examples:[\s\S]*--seeds 3/,
    ],
    ["train --help", /Data:\s+--family <name> +functions of the training curves/],
    ["train --help", /--resume goes on[\s\S]*Of several runs[\s\S]*the report and the summary of all stay/],
    ["predict --help", /columns curve, x and f[\s\S]*Examples:/],
    ["help study merge", /Put the cells of several directories/],
    ["help", /Commands:[\s\S]*help \[command/],
    ["check --help", /null in JSON[\s\S]*Exit status 1 when anything fails[\s\S]*Examples:/],
    ["bench --help", /--steps <n> [\s\S]*median after warm-up[\s\S]*Examples:/],
  ];

  it("teaches, and is the program's results", async () => {
    for (const [flags, text] of texts) {
      const { status, stdout, stderr } = await callProgram(testDirectory(), ...flags.split(" "));
      expect(stdout).toMatch(text);
      expect({ status, stderr }, flags).toEqual({ status: 0, stderr: "" });
    }
  });
});

describe("the program as a process", () => {
  it("says one line and ends with 2 when it is used wrongly", () => {
    const { status, stdout, stderr } = runProgram(testDirectory(), "trian", "cnn");
    expect(stderr).toBe("fluxion: unknown command 'trian' (Did you mean train?)\n");
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
  });

  it.runIf(process.platform === "linux")(
    "fails where its results cannot be written, and not where nobody reads",
    async () => {
      const full = openSync("/dev/full", "w");
      onTestFinished(() => closeSync(full));
      const directory = testDirectory();
      const undelivered = spawnSync(process.execPath, [program, "study", "--list"], {
        stdio: ["ignore", full, "pipe"],
        encoding: "utf8",
      });
      expect(undelivered.stderr).toBe(
        "fluxion: standard output cannot be written: no space left on the disk\n",
      );
      expect(undelivered.status).toBe(2);
      const { child, ended } = startProgram(directory, "study", "--list");
      child.stdout.destroy();
      expect(await ended).toMatchObject({ status: 0, stderr: "" });
    },
  );
});
