/** The laboratory's studies: each asks one question of what the networks learn, and says what would answer it. */
import { type ExperimentOptions, type NetworkName, networkNames, type PresetName } from "../options";

/** One way of training, and what is asked of it. */
export interface Condition {
  readonly name: string;
  /** What differs from the preset. */
  readonly options: ExperimentOptions;
  /** Whether unseen functions are asked about as well as those taught. */
  readonly unseen: boolean;
  /** Whether networks see zeros in place of the grid, in training and after. The classical opponents always see it. */
  readonly withoutGrid?: true;
}

export interface Study {
  readonly name: StudyName;
  readonly question: string;
  readonly hypothesis: string;
  /** What else stands beside the networks, to compare with. */
  readonly control: string;
  readonly conditions: readonly Condition[];
}

export const studyNames = ["unseen", "noise", "inputs"] as const;
export type StudyName = (typeof studyNames)[number];

/** Standard deviations in the study of noise. */
const noises = ["0", "0.001", "0.01", "0.1"] as const;

export const studies: readonly Study[] = [
  {
    name: "unseen",
    question: "Does what the networks learn from six functions carry to functions they were not taught?",
    hypothesis:
      "They match patterns: near local least squares on the six functions, near the matcher on all others.",
    control: "classical opponents on the same curves, which nobody trained",
    conditions: [{ name: "as taught", options: {}, unseen: true }],
  },
  {
    name: "noise",
    question: "How much noise on curves and targets do the networks bear?",
    hypothesis: "Their error stays as it is without noise until the noise is of the size of that error.",
    control: "classical opponents on the same curves; of them, the spline alone is told of the noise",
    conditions: noises.map((noise) => ({
      name: `noise ${noise}`,
      options: { noise: Number(noise) },
      unseen: false,
    })),
  },
  {
    name: "inputs",
    question: "Do the networks need to be told where a curve was sampled?",
    hypothesis: "A slope is a difference in f over a difference in x: without x their error grows.",
    control: "the same networks with x, and classical opponents, which always have it",
    conditions: [
      { name: "with x", options: {}, unseen: true },
      { name: "without x", options: {}, unseen: true, withoutGrid: true },
    ],
  },
];

/** What differs from the preset in all studies: many trainings have to fit where one does. */
export const studyOptions: Readonly<Record<PresetName, ExperimentOptions>> = {
  moler: {},
  quick: { epochs: 4, hidden: 16 },
};

/** Grids on which every unseen function is sampled. */
export const gridsPerFunction: Readonly<Record<PresetName, number>> = { moler: 40, quick: 10 };

/** Who is asked: a network to be trained, or the classical opponents all together. */
export const subjects = [...networkNames, "classical"] as const;
export type Subject = NetworkName | "classical";
