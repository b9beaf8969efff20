/** Curves on which everyone in a study is asked: never functions taught and unseen in one set. */
import { randomStream } from "../../random";
import { type CurveOptions, type Curves, randomGrid } from "../curves";
import { sevenUnseen, unseenFamilies } from "../families/families";
import type { Family } from "../families/family";
import { calculusFunctions } from "../functions";

/** N curves of T points. */
export interface EvaluationSet {
  readonly name: string;
  readonly kind: "taught" | "unseen";
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

/** Random families are the same for all seeds: the spread over seeds is that of trainings, grids and noise. */
const familySeed = 0;

/** The test curves of a training. */
export const taughtSet = (test: Curves): EvaluationSet => ({
  name: "six taught",
  kind: "taught",
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

/** The seven unseen functions, then every family, on `grids` grids that no training curve has, in the same noise. */
export const unseenSets = (data: CurveOptions, grids: number): EvaluationSet[] =>
  [sevenUnseen, ...unseenFamilies].map((family, index) => sampleFamily(family, index, data, grids));

function sampleFamily(family: Family, index: number, data: CurveOptions, grids: number): EvaluationSet {
  const { samples, noise, seed } = data;
  const members = family.members(familySeed);
  const rows = members.length * grids;
  const x = new Float32Array(rows * 2 * samples);
  const target = new Float32Array(rows * samples);
  const clean = new Float32Array(rows * samples);
  // Those before it are the grids of the curves taught.
  const firstGrid = data.curves / calculusFunctions.length;
  for (let row = 0; row < rows; row++) {
    const { f, derivative } = members[Math.floor(row / grids)];
    const grid = randomGrid(samples, seed, firstGrid + (row % grids));
    const noises = randomStream(seed, "noise", row, index + 1);
    x.set(grid, 2 * row * samples);
    for (let t = 0; t < samples; t++) {
      const slope = derivative(grid[t]);
      x[(2 * row + 1) * samples + t] = f(grid[t]) + noise * noises.normal();
      target[row * samples + t] = slope + noise * noises.normal();
      clean[row * samples + t] = slope;
    }
  }
  return {
    name: family.name,
    kind: "unseen",
    members: members.map(({ name }) => name),
    memberIndex: Array.from({ length: rows }, (_, row) => Math.floor(row / grids)),
    samples,
    x,
    target,
    clean,
  };
}
