/** Studies as a list of cells: each is one training, or one evaluation of the opponents, and needs no other. */
import { halfMeanSquaredError } from "../../engine/layers/loss/halfmse";
import { type Experiment, resolveExperiment } from "../experiment";
import { type ExperimentOptions, type NetworkName, networkNames, type PresetName } from "../options";
import { asTaught, type Condition, testKey, trainingKey } from "./condition";
import { studies } from "./studies";
import type { Study, StudyName, Subject } from "./study";

/** What the results of studies depend on, besides the program. */
export interface StudySettings {
  readonly preset: PresetName;
  /** Of every training; null: those of the preset. */
  readonly epochs: number | null;
  /** Trainings of each network under each condition: seeds 0 … seeds − 1. */
  readonly seeds: number;
  /** Who is trained, in the order of all networks. The classical opponents always stand beside them. */
  readonly networks: readonly NetworkName[];
  /** In the order of all studies. */
  readonly studies: readonly StudyName[];
}

/** What it measures depends on these three alone, not on the studies that were chosen: all of them share it. */
export interface Cell {
  readonly condition: string;
  readonly subject: Subject;
  readonly seed: number;
}

/** What differs from a preset in all studies: many trainings have to fit where one does. */
const scaledDown: { readonly [Name in PresetName]?: ExperimentOptions } = { quick: { epochs: 4 } };

/** What differs from the preset in all trainings of a study. */
export const studyOptions = (preset: PresetName, epochs: number | null): ExperimentOptions => ({
  ...scaledDown[preset],
  ...(epochs !== null && { epochs }),
});

/** Grids on which functions that are not of the test set are sampled. */
export const gridsPerFunction = (preset: PresetName): number => (preset === "quick" ? 10 : 40);

/** The opponents first, which take little: so their columns are filled in whatever a run leaves when it is stopped. */
const order = ["classical", "bilstm", "cnn"] as const satisfies readonly Subject[];

const allConditions = [asTaught, ...studies.flatMap(({ conditions }) => conditions)];

/** "noise-0.01.cnn.seed-3", also the name of its file. */
export const cellKey = ({ condition, subject, seed }: Cell): string =>
  `${condition.replaceAll(/[ ,]+/g, "-")}.${subject}.seed-${seed}`;

/** The name of the condition whose cells serve this one: conditions that differ in nothing share them. */
export function cellCondition(condition: Condition, subject: Subject, preset: PresetName): string {
  const keyOf = subject === "classical" ? testKey : trainingKey;
  const place = `${subject === "classical"} ${preset}`;
  // Of equal keys the first: later ones are written over by it.
  const names =
    conditionNames.get(place) ??
    new Map(allConditions.map((each) => [keyOf(each, preset), each.name] as const).reverse());
  conditionNames.set(place, names);
  return names.get(keyOf(condition, preset)) ?? condition.name;
}

/** Names of conditions by their keys: working out all of these takes a while. */
const conditionNames = new Map<string, ReadonlyMap<string, string>>();

/** The cells that these studies need, each once. */
export const listCells = (chosen: readonly Study[], { preset, networks, seeds }: StudySettings): Cell[] =>
  order.flatMap((subject) => {
    if (subject !== "classical" && !networks.includes(subject)) return [];
    const conditions = new Set(
      chosen.flatMap((study) => study.conditions.map((one) => cellCondition(one, subject, preset))),
    );
    return Array.from(conditions).flatMap((condition) =>
      Array.from({ length: seeds }, (_, seed) => ({ condition, subject, seed })),
    );
  });

/** The studies that were asked for. */
export const chosenStudies = ({ studies: names }: StudySettings): Study[] =>
  studies.filter(({ name }) => names.includes(name));

/** One of `of` parts of the cells of all studies. */
export interface Shard {
  /** From 0. */
  readonly index: number;
  readonly of: number;
}

/**
 * Those of the cells whose place in the list of all studies and networks is `index` modulo `of`: whatever else is asked
 * for, a cell belongs to the same shard.
 */
export function takeShard(cells: readonly Cell[], { index, of }: Shard, settings: StudySettings): Cell[] {
  const all = listCells(studies, { ...settings, networks: networkNames });
  const own = new Set(all.filter((_, i) => i % of === index).map(cellKey));
  return cells.filter((cell) => own.has(cellKey(cell)));
}

/** Throws RangeError where no study has such a condition. */
export function conditionOf({ condition }: Cell): Condition {
  const found = allConditions.find(({ name }) => name === condition);
  if (found === undefined) throw new RangeError(`no study has the condition ${condition}`);
  return found;
}

/** What a cell trains; for the classical opponents the experiment whose test curves they are asked about. */
export function experimentOf(
  { subject, seed }: Cell,
  { options, exchangedLoss }: Condition,
  { preset, epochs }: Pick<StudySettings, "preset" | "epochs">,
): Experiment {
  // Both networks learn from the same data.
  const network = subject === "classical" ? networkNames[0] : subject;
  const experiment = resolveExperiment(preset, network, {
    ...studyOptions(preset, epochs),
    ...options,
    seed,
  });
  if (!exchangedLoss) return experiment;
  const { spec } = experiment;
  const loss = halfMeanSquaredError(spec.loss === "observations" ? "observations-and-steps" : "observations");
  return { ...experiment, spec: { ...spec, loss } };
}
