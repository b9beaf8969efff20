/** `fluxion predict`: a trained model applied to curves of one's own. */
import type { Command } from "commander";
import { taughtData } from "../calculus";
import {
  type Device,
  type Model,
  Network,
  type NetworkSpec,
  OutOfMemoryError,
  readModel,
  resolveLayers,
} from "../engine";
import { oneLine, quote } from "../engine/files/error";
import { kindOf } from "../engine/layers/registry";
import { networkLimits, outputOf } from "../engine/network/spec";
import { type AdapterFlags, addAdapterFlags } from "./adapter-flags";
import { UsageError } from "./errors";
import { readInput, readPieces, requireWritable, writeOutput } from "./files";
import { openHost } from "./host";
import { type CurveTable, readCurves } from "./predict/curves";
import { unlikeTaught } from "./predict/warnings";

interface PredictFlags extends AdapterFlags {
  readonly model?: string;
  readonly input?: string;
  readonly output?: string;
}

const mostModelBytes = 2 ** 30;
const mostInputBytes = 2 ** 28;
/** Curves computed at once, at most. */
const mostRows = 200;
/** Elements of one layer's activations: 128 MiB, the binding that every adapter offers. */
const mostElements = 2 ** 25;

const examples = `
The input is a CSV file of at most 256 MiB with the columns curve, x and f in any order, and any
others: the name or number of the curve, a position, the value there. All curves have as many
points as the first; a network takes any number of points. Cells are separated by commas,
semicolons or TABs, as the first line shows; numbers may have decimal commas where no comma
separates; the text is UTF-8 or UTF-16. What was understood besides commas, points and UTF-8 is said
on standard error. x need not ascend, but two points of a curve must differ in float32.
The output, always with commas and points, has a row for each row of the input in the same order,
with a column prediction, the derivative. Curves unlike those that the model was taught (x from -1
to 1, the size of f, the distance between points) are predicted with a warning.

Examples:
  fluxion predict --model runs/a/model.safetensors --input curves.csv --output derivatives.csv
  fluxion predict --model model.safetensors --input curves.csv | head
  zcat curves.csv.gz | fluxion predict --model model.safetensors --input - --output derivatives.csv`;

export function addPredict(program: Command): void {
  addAdapterFlags(
    program
      .command("predict")
      .summary("apply a trained model to curves")
      .description("Predict the derivatives of curves with a trained model.")
      .option("--model <file>", "a model.safetensors written by train (required)")
      .option("--input <file>", "curves, CSV with the columns curve,x,f; - is standard input (required)")
      .option("--output <file>", "CSV with the columns curve,x,f,prediction (default: standard output)"),
  )
    .addHelpText("after", examples)
    .action(predict);
}

async function predict(flags: PredictFlags): Promise<void> {
  // Asked here and not of commander, which would miss them before it sees that they were misspelt.
  if (flags.model === undefined)
    throw new UsageError("predict: --model is missing, name a model.safetensors written by train");
  if (flags.input === undefined)
    throw new UsageError("predict: --input is missing, name a CSV file of curves, or - for standard input");
  const model = readModel(await readInput("--model", flags.model, mostModelBytes), flags.model);
  requireCurveModel(model, flags.model);
  if (flags.output !== undefined) requireWritable("--output", flags.output);
  const label = flags.input === "-" ? "standard input" : flags.input;
  const curves = await readCurves(readPieces("--input", flags.input, mostInputBytes), label);
  const batch = fitBatch(model, curves.samples, curves.names.length);
  requireCurveModel(model, flags.model, curves.samples);

  const device = await openHost(flags);
  const say = (text: string): unknown => process.stderr.write(`${oneLine(`${label}: ${text}`)}\n`);
  if (curves.dialect.length > 0) say(`read with ${curves.dialect.join(", ")}`);
  if (curves.sorted !== undefined) say(curves.sorted);
  const taught = taughtData(model.metadata);
  if (taught) for (const sentence of unlikeTaught(curves, taught)) say(`warning: ${sentence}`);
  const prediction = await run(device, model, curves, batch);
  requireFinite(prediction, curves, flags.model, label);
  const text = writePredictions(curves, prediction);
  if (flags.output !== undefined) writeOutput("--output", flags.output, text);
  // Each piece is handed over before the next is made.
  else for (const piece of text) await new Promise((done) => process.stdout.write(piece, done));
}

/** The prediction for each row, batch by batch. */
async function run(
  device: Device,
  { spec, tensors }: Model,
  { names, samples, x, f, order }: CurveTable,
  batch: number,
): Promise<Float32Array> {
  const prediction = new Float32Array(order.length);
  try {
    const network = await Network.build(device, { ...spec, input: { ...spec.input, steps: samples }, batch });
    network.writeTensors(tensors);
    for (let first = 0; first < names.length; first += batch) {
      const count = Math.min(batch, names.length - first);
      const input = new Float32Array(2 * count * samples);
      const rows = order.subarray(first * samples, (first + count) * samples);
      for (const [i, row] of rows.entries()) {
        const at = i + Math.floor(i / samples) * samples;
        input[at] = x.at(row);
        input[at + samples] = f.at(row);
      }
      const answer = await network.predict(input);
      for (const [i, row] of rows.entries()) prediction[row] = answer[i];
    }
    return prediction;
  } catch (error) {
    if (error instanceof OutOfMemoryError) throw new UsageError(error.message, { cause: error });
    throw error;
  }
}

/** Weights or inputs may be finite and still too large for the arithmetic of float32. */
function requireFinite(
  prediction: Float32Array,
  { names, curve }: CurveTable,
  model: string,
  input: string,
): void {
  const bad = prediction.findIndex((value) => !Number.isFinite(value));
  if (bad < 0) return;
  throw new UsageError(
    `--model ${model}: its prediction for curve ${quote(names[curve.at(bad)])} of ${input} is not finite`,
  );
}

/**
 * The input has two channels, x and f, and the output one, with as many steps: a value for each point.
 * @param steps of the curves, where they are known
 */
export function requireCurveModel(
  { spec }: Pick<Model, "spec">,
  path: string,
  steps = spec.input.steps,
): void {
  const { channels } = spec.input;
  const output = outputOf(layersFor(spec, steps));
  if (channels !== 2 || output.channels !== 1)
    throw new UsageError(
      `--model ${path}: must map 2 channels (x, f) to 1, maps ${channels} to ${output.channels}`,
    );
  if (output.steps !== steps)
    throw new UsageError(
      `--model ${path}: must answer at every point of a curve, answers ${output.steps} values to ${steps} points`,
    );
}

const layersFor = (spec: NetworkSpec, steps: number) =>
  resolveLayers({ ...spec, input: { ...spec.input, steps } });

/** How many curves to compute at once, so that no layer's activations exceed what every adapter can bind. */
export function fitBatch({ spec }: Pick<Model, "spec">, steps: number, rows: number): number {
  const seen = Math.min(steps, networkLimits.steps);
  const largest = layersFor(spec, seen).map(
    ({ spec, output }) => (kindOf(spec).widest?.(output) ?? output.channels) * output.steps,
  );
  const elements = Math.max(spec.input.channels * seen, ...largest);
  const most = Math.min(networkLimits.steps, Math.floor((mostElements * seen) / elements));
  if (steps > most)
    throw new UsageError(
      `--input: curves of ${steps} points are too long for this model, which takes at most ${most}`,
    );
  return Math.min(Math.floor(mostElements / elements), rows, mostRows);
}

/** Rows of a piece. */
const pieceRows = 2 ** 14;

/** CSV of the rows in their own order with the prediction for each (rows), piece by piece. */
export function* writePredictions(
  { names, rows, x, f, curve }: CurveTable,
  prediction: Float32Array,
): Generator<string> {
  const cells = names.map((name) => (/[",\n]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name));
  yield "curve,x,f,prediction\n";
  for (let from = 0; from < rows; from += pieceRows) {
    let piece = "";
    for (let row = from; row < Math.min(rows, from + pieceRows); row++)
      // Nine digits bring every float32 back exactly.
      piece += `${cells[curve.at(row)]},${x.at(row)},${f.at(row)},${Number(prediction[row].toPrecision(9))}\n`;
    yield piece;
  }
}
