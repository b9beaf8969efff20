/** One layer in float64, also of sequences that have lengths: each is computed as if it were alone and not padded. */
import { kindOf } from "../engine/layers/registry";
import type { ResolvedLayer } from "../engine/network/spec";
import type { DropoutDraw } from "./dropout";
import { type Gradients, type LayerShape, type OwnTensors, referenceOf } from "./registry";

/** Real steps of each sample; undefined where all have T. */
export type Lengths = ArrayLike<number> | undefined;

/** x (B, C, T) → y (B, Cout, Tout), zero behind the real steps. @throws RangeError naming a missing tensor */
export function layerForward(layer: ResolvedLayer, own: OwnTensors, x: Float64Array, lengths: Lengths) {
  const { spec, input, output } = layer;
  const { forward } = referenceOf(spec);
  const whole = shapeOf(layer, x);
  if (!lengths) return forward(spec, own, x, whole);
  const y = new Float64Array(whole.batch * output.channels * output.steps);
  for (const { pieces, shape, steps } of sequences(layer, whole, lengths)) {
    const mask = own.mask && cut(own.mask, input, pieces);
    paste(y, output, piecesOf(pieces, steps), forward(spec, { ...own, mask }, cut(x, input, pieces), shape));
  }
  return y;
}

/** dy (B, Cout, Tout) → dx (B, C, T) and the gradients of the learnables. @param inference as the layer predicts */
export function layerBackward(
  layer: ResolvedLayer,
  own: OwnTensors,
  { x, dy }: { readonly x: Float64Array; readonly dy: Float64Array },
  lengths: Lengths,
  inference = false,
): Gradients {
  const { spec, input, output } = layer;
  const { backward: training, inferenceBackward } = referenceOf(spec);
  const backward = (inference && inferenceBackward) || training;
  const whole = shapeOf(layer, x);
  if (!lengths) return backward(spec, own, x, dy, whole);
  const dx = new Float64Array(x.length);
  const gradients: Record<string, Float64Array> = {};
  for (const { pieces, shape, steps } of sequences(layer, whole, lengths)) {
    const mask = own.mask && cut(own.mask, input, pieces);
    const dOutput = cut(dy, output, piecesOf(pieces, steps));
    const found = backward(spec, { ...own, mask }, cut(x, input, pieces), dOutput, shape);
    paste(dx, input, pieces, found.dx);
    for (const [name, values] of Object.entries(found.gradients))
      gradients[name] = values.map((value, i) => value + (gradients[name]?.[i] ?? 0));
  }
  return { dx, gradients };
}

/** The statistics of a batch by their own names, where the layer has such. */
export function layerStatistics(layer: ResolvedLayer, x: Float64Array, lengths: Lengths) {
  const { measure } = referenceOf(layer.spec);
  const whole = shapeOf(layer, x);
  if (!measure) return {};
  if (!lengths) return measure(x, whole);
  const [{ pieces, shape }] = sequences(layer, whole, lengths);
  return measure(cut(x, layer.input, pieces), shape);
}

/** What dropout multiplies by in this draw; undefined where nothing is dropped. */
export const layerMask = (layer: ResolvedLayer, x: Float64Array, draw: DropoutDraw | undefined) =>
  draw && referenceOf(layer.spec).draw?.(layer.spec, shapeOf(layer, x), draw, layer.ordinal);

/** Real steps of a sample. */
interface Piece {
  readonly row: number;
  readonly length: number;
}

/** What is computed by itself: pieces one behind the other, and the steps that come of each. */
interface Sequence {
  readonly pieces: readonly Piece[];
  readonly shape: LayerShape;
  readonly steps: "as many" | 1;
}

/** Each sample alone; or, where a layer takes statistics over time and batch, all real steps as one sequence. */
function sequences(layer: ResolvedLayer, whole: LayerShape, lengths: ArrayLike<number>): Sequence[] {
  const steps = kindOf(layer.spec).endsSequence ? 1 : "as many";
  const all = Array.from({ length: whole.batch }, (_, row) => ({ row, length: lengths[row] }));
  const together = referenceOf(layer.spec).measure !== undefined;
  return (together ? [all] : all.map((piece) => [piece])).map((pieces) => ({
    pieces,
    steps,
    shape: shapeFor(
      whole,
      pieces.reduce((sum, { length }) => sum + length, 0),
      steps,
    ),
  }));
}

const shapeFor = (whole: LayerShape, steps: number, given: Sequence["steps"]): LayerShape => ({
  ...whole,
  batch: 1,
  steps,
  outputSteps: given === 1 ? 1 : steps,
});

const piecesOf = (pieces: readonly Piece[], steps: Sequence["steps"]): readonly Piece[] =>
  steps === 1 ? pieces.map(({ row }) => ({ row, length: 1 })) : pieces;

interface Sizes {
  readonly channels: number;
  readonly steps: number;
}

/** (B, C, T) → (1, C, Σ length), the real steps one behind the other. */
function cut(values: Float64Array, { channels, steps }: Sizes, pieces: readonly Piece[]): Float64Array {
  return Float64Array.from(
    Array.from({ length: channels }, (_, c) =>
      pieces.flatMap(({ row, length }) => {
        const start = (row * channels + c) * steps;
        return [...values.subarray(start, start + length)];
      }),
    ).flat(),
  );
}

/** Puts (1, C, Σ length) back to where it was cut from (B, C, T). */
function paste(
  values: Float64Array,
  { channels, steps }: Sizes,
  pieces: readonly Piece[],
  from: Float64Array,
): void {
  let at = 0;
  for (let c = 0; c < channels; c++)
    for (const { row, length } of pieces) {
      values.set(from.subarray(at, at + length), (row * channels + c) * steps);
      at += length;
    }
}

function shapeOf({ name, input, output }: ResolvedLayer, x: Float64Array): LayerShape {
  const batch = x.length / (input.channels * input.steps);
  if (!Number.isInteger(batch))
    throw new RangeError(
      `${name}: ${x.length} values are no whole number of (${input.channels}, ${input.steps})`,
    );
  return {
    batch,
    channels: input.channels,
    inputChannels: input.channels,
    outputChannels: output.channels,
    steps: input.steps,
    outputSteps: output.steps,
  };
}
