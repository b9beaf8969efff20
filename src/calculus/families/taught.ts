/** The functions of the training curves: those of the post, or more of them, none of which any unseen family has. */
import { type RandomStream, randomStream } from "../../engine/random";
import { calculusFunctions, type DifferentiableFunction } from "../functions";
import { randomChebyshev, randomFourier, randomGaussianProcess } from "./random";

/**
 * `six`: the functions of the post. `twelve` and `sixty`: these and 6 or 54 random ones, always the same. `continuous`: a
 * random function for every curve, plus a constant.
 */
export const functionFamilies = ["six", "twelve", "sixty", "continuous"] as const;
export type FunctionFamily = (typeof functionFamilies)[number];

/** Parts of the random stream; the unseen families have 0, 1 and 2. */
const parts = { fixed: 3, continuous: 4 } as const;

/** Chebyshev, Fourier and Gaussian process in turn. */
const kinds = [randomChebyshev, randomFourier, randomGaussianProcess] as const;

const drawFixed = (i: number): DifferentiableFunction =>
  kinds[i % kinds.length](randomStream(0, "family", i, parts.fixed));

/** As rich as the others at most, simple ones as often. */
const kindsOfAnyRichness = [
  (random: RandomStream) => randomChebyshev(random, 2 + random.below(7)),
  (random: RandomStream) => randomFourier(random, 2 + random.below(3)),
  (random: RandomStream) => randomGaussianProcess(random, 0.4 + 0.8 * random.uniform()),
] as const;

/** Largest constant added. Without any, curves that leave [−1, 1] are of no kind that was taught. */
const largestConstant = 2;

/** Of any richness and plus any constant, which the derivative does not tell. */
function drawContinuous(seed: number, row: number): DifferentiableFunction {
  const random = randomStream(seed, "family", row, parts.continuous);
  const constant = largestConstant * (2 * random.uniform() - 1);
  const { f, derivative } = kindsOfAnyRichness[row % kindsOfAnyRichness.length](random);
  return { f: (x) => f(x) + constant, derivative };
}

/** The six and random ones, as many as the family has; the first are the same in all. */
function fixedMembers(size: number): readonly DifferentiableFunction[] {
  const drawn = Array.from({ length: size - calculusFunctions.length }, (_, i) => drawFixed(i));
  return [...calculusFunctions, ...drawn];
}

const inTurn =
  (members: readonly DifferentiableFunction[]) =>
  (row: number): DifferentiableFunction =>
    members[row % members.length];

/** The largest |f| on [−1, 1] of a family's functions, about. */
export const largestTaught = (family: FunctionFamily): number =>
  family === "continuous" ? 1 + largestConstant : 1;

/** The function of each row of the training set: the members in turn, or a new one for every row and seed. */
export function taughtFunctions(
  family: FunctionFamily,
  seed: number,
): (row: number) => DifferentiableFunction {
  switch (family) {
    case "six":
      return inTurn(calculusFunctions);
    case "twelve":
      return inTurn(fixedMembers(12));
    case "sixty":
      return inTurn(fixedMembers(60));
    case "continuous":
      return (row) => drawContinuous(seed, row);
    default:
      throw new RangeError(`unknown family ${family satisfies never}`);
  }
}
