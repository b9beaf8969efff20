/** A study as a list of cells: each is one training, or one evaluation of the opponents, and needs no other. */
import { type Experiment, resolveExperiment } from "../experiment";
import type { PresetName } from "../options";
import { type Condition, type Study, type StudyName, type Subject, studyOptions } from "./study";

/** What a study's results depend on, besides the program. */
export interface StudySettings {
  readonly preset: PresetName;
  /** Trainings of each network under each condition: seeds 0 … seeds − 1. */
  readonly seeds: number;
  /** In the order of all studies. */
  readonly studies: readonly StudyName[];
}

export interface Cell {
  readonly study: StudyName;
  readonly condition: string;
  readonly subject: Subject;
  readonly seed: number;
}

/** Longest first, so that cells taken in turn share the work evenly. */
const order = ["bilstm", "cnn", "classical"] as const satisfies readonly Subject[];

/** "noise.noise-0.01.cnn.seed-3", also the name of its file. */
export const cellKey = ({ study, condition, subject, seed }: Cell): string =>
  `${study}.${condition.replaceAll(" ", "-")}.${subject}.seed-${seed}`;

/** All cells of these studies. */
export const listCells = (studies: readonly Study[], seeds: number): Cell[] =>
  order.flatMap((subject) =>
    studies.flatMap(({ name, conditions }) =>
      conditions.flatMap((condition) =>
        Array.from({ length: seeds }, (_, seed) => ({
          study: name,
          condition: condition.name,
          subject,
          seed,
        })),
      ),
    ),
  );

/** One of `of` parts of a list. */
export interface Shard {
  /** From 0. */
  readonly index: number;
  readonly of: number;
}

export const takeShard = (cells: readonly Cell[], { index, of }: Shard): Cell[] =>
  cells.filter((_, i) => i % of === index);

/** Throws RangeError where the studies have no such condition. */
export function conditionOf({ study, condition }: Cell, studies: readonly Study[]): Condition {
  const found = studies.find(({ name }) => name === study)?.conditions.find(({ name }) => name === condition);
  if (found === undefined) throw new RangeError(`unknown condition ${condition} of the study ${study}`);
  return found;
}

/** What a cell trains; for the classical opponents the experiment whose test curves they are asked about. */
export const experimentOf = (
  { subject, seed }: Cell,
  { options }: Condition,
  preset: PresetName,
): Experiment =>
  // Both networks learn from the same data.
  resolveExperiment(preset, subject === "classical" ? "cnn" : subject, {
    ...studyOptions[preset],
    ...options,
    seed,
  });
