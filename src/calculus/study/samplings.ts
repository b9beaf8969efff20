/** Ways to sample a curve that training does not show, beside the one that it does. */
import { randomStream } from "../../engine/random";
import { randomGrid } from "../curves";

export interface Sampling {
  readonly name: string;
  /** Sorted points for curves taught with `samples` points; their number may be another. */
  readonly grid: (samples: number, seed: number, repetition: number) => Float32Array<ArrayBuffer>;
}

/** As in training, on other grids. */
export const taughtSampling: Sampling = { name: "as taught, other grids", grid: randomGrid };

/** Separate the points of each sampling from those of training. */
const parts = { clustered: 1, gap: 2 } as const;

/** Of the interval of length 2. */
const clusterWidth = 0.2;
const gapWidth = 0.5;

const sorted = (samples: number, point: (t: number) => number): Float32Array<ArrayBuffer> =>
  Float32Array.from({ length: samples }, (_, t) => point(t)).sort();

export const otherSamplings: readonly Sampling[] = [
  {
    name: "equally spaced",
    grid: (samples) => sorted(samples, (t) => (2 * t + 1) / samples - 1),
  },
  {
    // Half of the points in a tenth of the interval, wherever it is, the others anywhere.
    name: "clustered",
    grid: (samples, seed, repetition) => {
      const random = randomStream(seed, "grid", repetition, parts.clustered);
      const start = -1 + (2 - clusterWidth) * random.uniform();
      return sorted(samples, (t) =>
        t % 2 === 0 ? start + clusterWidth * random.uniform() : 2 * random.uniform() - 1,
      );
    },
  },
  {
    // None in a quarter of the interval, wherever it is.
    name: "gap",
    grid: (samples, seed, repetition) => {
      const random = randomStream(seed, "grid", repetition, parts.gap);
      const start = -1 + (2 - gapWidth) * random.uniform();
      return sorted(samples, () => {
        const point = -1 + (2 - gapWidth) * random.uniform();
        return point < start ? point : point + gapWidth;
      });
    },
  },
  {
    name: "half the points",
    grid: (samples, seed, repetition) => randomGrid(Math.max(1, Math.floor(samples / 2)), seed, repetition),
  },
  {
    name: "twice the points",
    grid: (samples, seed, repetition) => randomGrid(2 * samples, seed, repetition),
  },
  {
    name: "interval from -0.5 to 1.5",
    grid: (samples, seed, repetition) => randomGrid(samples, seed, repetition).map((point) => point + 0.5),
  },
];

export const samplings: readonly Sampling[] = [taughtSampling, ...otherSamplings];
