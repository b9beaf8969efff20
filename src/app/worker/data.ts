import { type Curves, type Evaluation, type Experiment, evaluate, experimentCurves } from "../../calculus";
import { OutOfMemoryError } from "../../engine";

/** The curves of an experiment, and what predicting zero scores on its test set. */
export interface Data {
  readonly train: Curves;
  readonly test: Curves;
  readonly zero: Evaluation;
}

/** @throws OutOfMemoryError where there is no room for the curves */
export function drawData({ data }: Experiment): Data {
  try {
    const { train, test } = experimentCurves(data);
    return { train, test, zero: evaluate(new Float32Array(test.clean.length), test) };
  } catch (error) {
    // The options were checked: what is refused is an array of this size.
    if (!(error instanceof RangeError)) throw error;
    throw new OutOfMemoryError(
      `the curves do not fit into memory (${error.message}): use fewer or shorter ones`,
    );
  }
}
