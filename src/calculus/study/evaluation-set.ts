/** Curves on which everyone in a study is asked the same. */
import { randomStream } from "../../engine/random";
import { type CurveOptions, type Curves, randomGrid } from "../curves";
import { sevenUnseen, unseenFamilies } from "../families/families";
import type { Member } from "../families/family";
import { calculusFunctions, type DifferentiableFunction } from "../functions";
import { samplings } from "./samplings";

/** N curves of T points. */
export interface EvaluationSet {
  readonly name: string;
  /** By name. */
  readonly members: readonly string[];
  /** (N): place in `members`. */
  readonly memberIndex: ArrayLike<number>;
  readonly samples: number;
  /** (N, 2, T): the grid, and f(grid) + noise. */
  readonly x: Float32Array<ArrayBuffer>;
  /** (N, 1, T): f′(grid) + noise. */
  readonly target: Float32Array<ArrayBuffer>;
  /** (N, 1, T): f′(grid). */
  readonly clean: Float32Array<ArrayBuffer>;
}

/** The test curves of a training. */
export const testSetName = "Moler's six";
/** Sets of functions: never are members of two of them in one figure. */
export const functionSets: readonly string[] = [
  testSetName,
  sevenUnseen.name,
  ...unseenFamilies.map(({ name }) => name),
];
/** Sets of Moler's six, sampled otherwise than in training. */
export const samplingSets: readonly string[] = samplings.map(({ name }) => name);

/** Random families are the same for all seeds: the spread over seeds is that of trainings, grids and noise. */
const familySeed = 0;

/** Separate the noise of these sets from that of training curves and of each other. */
const noiseParts = { families: 1, samplings: 2 ** 17 } as const;

/** @param change what is asked of each function, instead of its derivative */
export type Change = (curve: DifferentiableFunction) => DifferentiableFunction;

/** All sets of curves that a cell is asked about, its own test curves first. */
export function evaluationSets(
  test: Curves,
  data: CurveOptions,
  grids: number,
  change: Change = (curve) => curve,
): EvaluationSet[] {
  // Those before it are the grids of the curves taught.
  const firstGrid = data.curves / calculusFunctions.length;
  const sample = (
    name: string,
    members: readonly Member[],
    part: number,
    gridOf: (i: number) => Float32Array,
  ) =>
    sampleMembers(
      name,
      members.map((member) => ({ ...change(member), name: member.name })),
      Array.from({ length: grids }, (_, i) => gridOf(firstGrid + i)),
      { ...data, part },
    );
  return [
    testSet(test),
    ...[sevenUnseen, ...unseenFamilies].map(({ name, members }, i) =>
      sample(name, members(familySeed), noiseParts.families + i, (repetition) =>
        randomGrid(data.samples, data.seed, repetition),
      ),
    ),
    ...samplings.map(({ name, grid }, i) =>
      sample(name, calculusFunctions, noiseParts.samplings + i, (repetition) =>
        grid(data.samples, data.seed, repetition),
      ),
    ),
  ];
}

const testSet = (test: Curves): EvaluationSet => ({
  name: testSetName,
  members: calculusFunctions.map(({ name }) => name),
  memberIndex: test.functionIndex,
  samples: test.samples,
  x: test.x,
  target: test.target,
  clean: test.clean,
});

/** Curves x (N, 2, T) with zeros in place of their grids. */
export function hideGrid(x: Float32Array, samples: number): Float32Array<ArrayBuffer> {
  const hidden = new Float32Array(x);
  for (let start = 0; start < hidden.length; start += 2 * samples) hidden.fill(0, start, start + samples);
  return hidden;
}

/** Every member on every grid, in the noise of training. */
function sampleMembers(
  name: string,
  members: readonly Member[],
  grids: readonly Float32Array[],
  { noise, seed, part }: Pick<CurveOptions, "noise" | "seed"> & { readonly part: number },
): EvaluationSet {
  const samples = grids[0].length;
  const rows = members.length * grids.length;
  const x = new Float32Array(rows * 2 * samples);
  const target = new Float32Array(rows * samples);
  const clean = new Float32Array(rows * samples);
  for (let row = 0; row < rows; row++) {
    const { f, derivative } = members[Math.floor(row / grids.length)];
    const grid = grids[row % grids.length];
    const noises = randomStream(seed, "noise", row, part);
    x.set(grid, 2 * row * samples);
    for (let t = 0; t < samples; t++) {
      const slope = derivative(grid[t]);
      x[(2 * row + 1) * samples + t] = f(grid[t]) + noise * noises.normal();
      target[row * samples + t] = slope + noise * noises.normal();
      clean[row * samples + t] = slope;
    }
  }
  return {
    name,
    members: members.map(({ name }) => name),
    memberIndex: Array.from({ length: rows }, (_, row) => Math.floor(row / grids.length)),
    samples,
    x,
    target,
    clean,
  };
}
