/** What the float64 trainer expects of a training, with the error that float32 may have gathered by its end. */
import { type NetworkSpec, resolveLayers } from "../nn/spec";
import { tensorOf } from "../reference/network";
import type { ReferenceTraining } from "../reference/training";
import type { TrainingOptions } from "../train/options";
import { type Expectation, largest, withinRelative } from "./bounds";

/** Largest relative error of anything after a dozen steps, each of which starts from the errors of the one before it. */
export const trainingTolerance = 1e-5;

/**
 * What `trainOnce` should return: losses, gradient norms and learnables, and the inference statistics where they are
 * moving averages.
 * @param tolerance relative error of anything
 */
export function expectedTraining(
  network: NetworkSpec,
  options: Pick<TrainingOptions, "solver" | "learnRate" | "batchNormStatistics">,
  { losses, gradientNorms, learnables, movingStatistics }: ReferenceTraining,
  tolerance = trainingTolerance,
): Expectation[] {
  const relative = (tensor: string, expected: ArrayLike<number>): Expectation => ({
    tensor,
    expected,
    allowed: (i) => tolerance * Math.abs(expected[i]),
  });
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
  const statistic = (name: string, expected: Float64Array): Expectation => {
    // A mean may lie near zero: its error is relative to the deviation.
    const variance = largest(tensorOf(movingStatistics, name.replace(/mean$/, "variance")));
    const scale = name.endsWith("mean") ? Math.sqrt(variance) : variance;
    return withinRelative(`final.${name}`, expected, tolerance, scale);
  };
  return [
    relative("loss", losses),
    relative("gradientNorm", gradientNorms),
    ...Array.from(learnables, ([name, expected]) => learnable(name, expected)),
    ...(options.batchNormStatistics === "moving"
      ? Array.from(movingStatistics, ([name, expected]) => statistic(name, expected))
      : []),
  ];
}

function biasesBeforeNormalisation(network: NetworkSpec): ReadonlySet<string> {
  const layers = resolveLayers(network);
  return new Set(
    layers
      .filter((_, i) => layers[i + 1]?.spec.kind === "batchnorm")
      .flatMap(({ learnables }) => learnables.map(({ name }) => name))
      .filter((name) => name.endsWith(".bias")),
  );
}
