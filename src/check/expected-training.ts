/** What the float64 trainer expects of a training, with the error that float32 may have gathered by its end. */
import { kindOf } from "../engine/layers/registry";
import { type NetworkSpec, resolveLayers } from "../engine/network/spec";
import type { TrainingOptions } from "../engine/training/options";
import { type Tensors, tensorOf } from "../reference/network";
import { type ReferenceOutcome, rmseOfLoss } from "../reference/outcome";
import { type Expectation, largest, withinRelative } from "./bounds";

/** Largest relative error of anything after a dozen steps, each of which starts from the errors of the one before it. */
export const trainingTolerance = 1e-5;

/**
 * What `trainOnce` should return of the steps: losses, gradient norms and learnables.
 * @param tolerance relative error of anything
 */
export function expectedTraining(
  network: NetworkSpec,
  options: Pick<TrainingOptions, "solver" | "learnRate">,
  { losses, gradientNorms, learnables }: Pick<ReferenceOutcome, "losses" | "gradientNorms" | "learnables">,
  tolerance = trainingTolerance,
): Expectation[] {
  const unmoved = biasesBeforeNormalisation(network);
  const learnable = (name: string, expected: Float64Array): Expectation => {
    const tensor = `final.${name}`;
    // It moves by the rounding errors of a gradient of zero.
    if (unmoved.has(name)) return { tensor, expected, allowed: () => tolerance };
    if (options.solver.kind === "sgdm") return withinRelative(tensor, expected, tolerance);
    // Other solvers move every learnable by about the rate a step, whatever its size: a small one is what movements left.
    const moved = losses.length * options.learnRate;
    return { tensor, expected, allowed: (i) => tolerance * (Math.abs(expected[i]) + moved) };
  };
  return [
    withinEach("loss", losses, tolerance),
    withinEach("gradientNorm", gradientNorms, tolerance),
    ...Array.from(learnables, ([name, expected]) => learnable(name, expected)),
  ];
}

/**
 * All that `trainOnce` should return.
 * @param tolerance relative error of anything
 */
export function expectedOutcome(
  network: NetworkSpec,
  options: Pick<TrainingOptions, "solver" | "learnRate">,
  outcome: ReferenceOutcome,
  tolerance: number,
): Expectation[] {
  const { losses, statistics, validations, best } = outcome;
  const each = (tensor: string, expected: ArrayLike<number>) => withinEach(tensor, expected, tolerance);
  return [
    ...expectedTraining(network, options, outcome, tolerance),
    ...Array.from(statistics.keys(), (name) => expectedStatistic(statistics, name, tolerance)),
    each(
      "rmse",
      losses.map((loss) => rmseOfLoss(network, loss)),
    ),
    each(
      "validationLoss",
      validations.map(({ loss }) => loss),
    ),
    each(
      "validationRmse",
      validations.map(({ rmse }) => rmse),
    ),
    each("bestLoss", [best.loss]),
    { tensor: "bestIteration", expected: [best.iteration], allowed: () => 0 },
  ];
}

const withinEach = (tensor: string, expected: ArrayLike<number>, tolerance: number): Expectation => ({
  tensor,
  expected,
  allowed: (i) => tolerance * Math.abs(expected[i]),
});

/** A mean may lie near zero: its error is relative to the deviation. */
function expectedStatistic(statistics: Tensors, name: string, tolerance: number): Expectation {
  const variance = largest(tensorOf(statistics, name.replace(/mean$/, "variance")));
  const scale = name.endsWith("mean") ? Math.sqrt(variance) : variance;
  return withinRelative(`final.${name}`, tensorOf(statistics, name), tolerance, scale);
}

/** Whose layer is followed by one that goes by the statistics of its batch: that takes the mean away, and with it the bias. */
function biasesBeforeNormalisation(network: NetworkSpec): ReadonlySet<string> {
  const layers = resolveLayers(network);
  return new Set(
    layers
      .filter((_, i) => i + 1 < layers.length && kindOf(layers[i + 1].spec).statistics !== undefined)
      .flatMap(({ learnables }) => learnables.map(({ name }) => name))
      .filter((name) => name.endsWith(".bias")),
  );
}
