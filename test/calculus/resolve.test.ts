import { describe, expect, it } from "vitest";
import { choicesOf, optionsOf, resolveExperiment, setUpExperiment } from "../../src/calculus/experiment";
import {
  type Choices,
  type ExperimentOptions,
  isRead,
  networkNames,
  OptionError,
  type OptionName,
  optionNames,
  optionRows,
  type PresetName,
  presetNames,
  readOption,
  writeOption,
} from "../../src/calculus/options";
import {
  defaultTrainingOptions,
  type LearnRateSchedule,
  type SolverSpec,
} from "../../src/engine/training/options";
import { forRows } from "../rows";

const solvers = ["sgdm", "adam", "adamw", "rmsprop"] as const satisfies readonly SolverSpec["kind"][];
const schedules = ["none", "piecewise", "cosine"] as const satisfies readonly LearnRateSchedule["kind"][];
const all = presetNames.flatMap((preset) => networkNames.map((network) => [preset, network] as const));

/** None of them of the presets moler and quick. */
const commonOthers: Required<ExperimentOptions> = {
  family: "twelve",
  curves: 1800,
  samples: 7,
  noise: 0.5,
  seed: 9,
  filters: 3,
  kernel: 4,
  hidden: 5,
  dropout: 0.25,
  init: "glorot",
  epochs: 2,
  batch: 6,
  solver: "rmsprop",
  learnRate: 0.125,
  learnRateSchedule: "cosine",
  learnRateDropFactor: 0.5,
  learnRateDropPeriod: 3,
  warmup: 4,
  momentum: 0.5,
  beta1: 0.8,
  beta2: 0.99,
  decay: 0.7,
  epsilon: 1e-4,
  weightDecay: 0.02,
  l2: 0.003,
  clip: Number.POSITIVE_INFINITY,
  clipMethod: "absolute-value",
  batchnormStatistics: "moving",
  shuffle: "never",
  validationEvery: 3,
  patience: 2,
  restore: "best",
};

/** None of them the preset's. */
const othersOf = (preset: PresetName): Required<ExperimentOptions> =>
  preset === "principled"
    ? { ...commonOthers, init: "narrow-normal", learnRateSchedule: "piecewise", clip: 0.25 }
    : commonOthers;

/** The option alone, with the choices that it needs to be read; the network must be one that reads it. */
function alone(option: OptionName, others: ExperimentOptions): ExperimentOptions {
  const { solvers, schedules } = optionRows[option].readers ?? {};
  return {
    ...(solvers && { solver: solvers[0] }),
    ...(schedules && { learnRateSchedule: schedules[0] }),
    [option]: others[option],
  };
}

describe.each(all)("the experiment of preset %s and network %s", (preset, network) => {
  const others = othersOf(preset);
  const own = optionNames.filter((option) => optionRows[option].readers?.networks?.includes(network) ?? true);

  it("takes each option, and optionsOf gives it back", () => {
    forRows(own, (option) => {
      const experiment = resolveExperiment(preset, network, alone(option, others));
      const options = optionsOf(experiment);
      expect(options[option]).toBe(others[option]);
      expect(resolveExperiment(preset, network, options)).toEqual(experiment);
      expect(experiment).not.toEqual(
        resolveExperiment(preset, network, { ...alone(option, others), [option]: undefined }),
      );
    });
  });

  it("takes all of them together", () => {
    const experiment = resolveExperiment(preset, network, others);
    const options = optionsOf(experiment);
    for (const [option, value] of Object.entries(options))
      expect(others, option).toHaveProperty(option, value);
    expect(resolveExperiment(preset, network, options)).toEqual(experiment);
  });

  it("has exactly the options that its choices read", () => {
    for (const solver of solvers)
      for (const schedule of schedules) {
        const given = { solver, learnRateSchedule: schedule };
        const choices: Choices = { network, solver, schedule };
        expect(choicesOf(preset, network, given)).toEqual(choices);
        expect(Object.keys(optionsOf(resolveExperiment(preset, network, given))).sort()).toEqual(
          optionNames.filter((option) => isRead(option, choices)).sort(),
        );
      }
  });

  it("has the preset's own choices where none is made", () => {
    const { solver, learnRateSchedule: schedule } = optionsOf(resolveExperiment(preset, network));
    expect(choicesOf(preset, network, {})).toEqual({ network, solver, schedule });
  });

  it("keeps every rule", () => {
    for (const [option, value] of Object.entries(optionsOf(resolveExperiment(preset, network))))
      expect(readOption(option as OptionName, writeOption(value)), option).toBe(value);
  });

  it("ignores what nothing reads", () => {
    const unread = optionNames.filter((option) => !isRead(option, choicesOf(preset, network, {})));
    expect(
      resolveExperiment(
        preset,
        network,
        Object.fromEntries(unread.map((option) => [option, others[option]])),
      ),
    ).toEqual(resolveExperiment(preset, network));
  });
});

describe("the learning rate", () => {
  const read = (options: ExperimentOptions, preset: PresetName = "moler") => {
    const { learnRate, l2 } = optionsOf(resolveExperiment(preset, "cnn", options));
    return [learnRate, l2];
  };

  it("follows the solver unless it is given, and so does L2", () => {
    expect(read({})).toEqual([0.01, 1e-4]);
    expect(read({ solver: "adam" })).toEqual([0.001, 1e-4]);
    expect(read({ solver: "adamw" })).toEqual([0.001, 0]);
    expect(read({ solver: "adamw", learnRate: 0.5, l2: 1 })).toEqual([0.5, 1]);
  });

  it("of a preset is for the preset's own solver, and so is L2", () => {
    expect(read({}, "principled")).toEqual([0.01, 0]);
    expect(read({ solver: "sgdm" }, "principled")).toEqual([0.01, 1e-4]);
    expect(read({ solver: "rmsprop" }, "principled")).toEqual([0.001, 1e-4]);
  });
});

describe("the schedule", () => {
  it("of a preset is the preset's, and another has its own settings", () => {
    const read = (options: ExperimentOptions) =>
      resolveExperiment("principled", "bilstm", options).training.schedule;
    expect(read({})).toEqual({ kind: "cosine", warmup: 400 });
    expect(read({ warmup: 7 })).toEqual({ kind: "cosine", warmup: 7 });
    expect(read({ learnRateSchedule: "piecewise" })).toEqual({ kind: "piecewise", factor: 0.1, period: 10 });
    expect(read({ learnRateSchedule: "none" })).toEqual({ kind: "none" });
  });
});

describe("setUpExperiment", () => {
  it("takes the training as it stands, and its seed for the data", () => {
    const training = { ...defaultTrainingOptions, batch: 10, seed: 7 };
    const experiment = setUpExperiment(
      "quick",
      "bilstm",
      { curves: 36, samples: 4, hidden: 3, seed: 1 },
      training,
    );
    expect(experiment.training).toBe(training);
    expect(experiment.data).toEqual({ family: "six", curves: 36, samples: 4, noise: 1e-3, seed: 7 });
    expect(optionsOf(experiment)).toMatchObject({ hidden: 3, dropout: 0.5, seed: 7 });
  });
});

describe("options that contradict each other", () => {
  it.each<[ExperimentOptions, OptionName, string]>([
    [{ curves: 100 }, "curves", "must be a multiple of 6, one curve of each function at a time"],
    [
      { curves: 999_996, samples: 101 },
      "samples",
      "must be at most 100 with 999996 curves: 100000000 points together",
    ],
    [{ curves: 12, batch: 11 }, "batch", "must be at most 10, the size of the training set (12 curves)"],
    [{ curves: 12 }, "batch", "must be at most 10, the size of the training set (12 curves)"],
    [{ batch: 1, epochs: 4001 }, "epochs", "must be at most 4000 with batch 1 and 2500 training curves"],
    [
      { shuffle: "every-epoch", epochs: 6991 },
      "epochs",
      "must be at most 6990 with shuffle every-epoch and 2500 training curves",
    ],
  ])("%o are refused by the name of %s", (options, option, message) => {
    // A batch that is not given is the preset's.
    const refused = new OptionError(option, options[option] ?? 200, message);
    for (const network of networkNames)
      expect(() => resolveExperiment("moler", network, options)).toThrow(refused);
  });

  it.each<[ExperimentOptions]>([
    [{ curves: 6, batch: 5 }],
    [{ curves: 999_996, samples: 100 }],
    [{ batch: 2500 }],
    [{ batch: 1, epochs: 4000 }],
    [{ shuffle: "every-epoch", epochs: 6990 }],
  ])("%o stand at the limit", (options) => {
    expect(optionsOf(resolveExperiment("moler", "cnn", options))).toMatchObject(options);
  });
});
