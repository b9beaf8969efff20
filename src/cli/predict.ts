/** `fluxion predict`: a trained model applied to curves of one's own. */
import type { Command } from "commander";
import {
  type AdapterChoice,
  type CsvCurve,
  type Device,
  type Model,
  Network,
  OutOfMemoryError,
  type ResolvedLayer,
  readCurvesCsv,
  readModel,
  resolveLayers,
  writeCurvePredictionsCsv,
} from "../index";
import { UsageError } from "./errors";
import { readInput, requireWritable, writeOutput } from "./files";
import { openHost } from "./host";
import { addAdapterFlag } from "./train-flags";

interface PredictFlags {
  readonly model: string;
  readonly input: string;
  readonly output?: string;
  readonly adapter: AdapterChoice;
}

const mostModelBytes = 2 ** 30;
const mostInputBytes = 2 ** 28;
/** Curves computed at once, at most. */
const mostRows = 200;
/** Elements of one layer's activations: 128 MiB, the binding that every adapter offers. */
const mostElements = 2 ** 25;

const examples = `
The input is a CSV file with the columns curve, x and f in any order: the number of the curve, a
position, the value there. All curves have as many points as the first; a network takes any number
of points. The output repeats them with a column prediction, the derivative.

Examples:
  fluxion predict --model runs/a/model.safetensors --input curves.csv --output derivatives.csv
  fluxion predict --model model.safetensors --input curves.csv | head`;

export function addPredict(program: Command): void {
  addAdapterFlag(
    program
      .command("predict")
      .summary("apply a trained model to curves")
      .description("Predict the derivatives of curves with a trained model.")
      .requiredOption("--model <file>", "a model.safetensors written by train")
      .requiredOption("--input <file>", "curves, CSV with the columns curve,x,f")
      .option("--output <file>", "CSV with the columns curve,x,f,prediction (default: standard output)"),
  )
    .addHelpText("after", examples)
    .action(predict);
}

async function predict(flags: PredictFlags): Promise<void> {
  const model = readModel(readInput("--model", flags.model, mostModelBytes), flags.model);
  const curves = readCurvesCsv(readText(flags.input), flags.input);
  const steps = curves[0].x.length;
  const batch = fitBatch(model, steps, curves.length);
  requireCurveModel(model, flags.model);
  if (flags.output !== undefined) requireWritable("--output", flags.output);

  const device = await openHost(flags.adapter);
  const prediction = await run(device, model, curves, steps, batch);
  requireFinite(prediction, curves, flags);
  const text = writeCurvePredictionsCsv(curves, prediction);
  if (flags.output === undefined) process.stdout.write(text);
  else writeOutput("--output", flags.output, text);
}

async function run(
  device: Device,
  { spec, tensors }: Model,
  curves: readonly CsvCurve[],
  steps: number,
  batch: number,
): Promise<Float32Array> {
  const x = new Float32Array(curves.length * 2 * steps);
  curves.forEach((curve, row) => {
    x.set(curve.x, 2 * row * steps);
    x.set(curve.f, (2 * row + 1) * steps);
  });
  try {
    const network = await Network.build(device, { ...spec, input: { ...spec.input, steps }, batch });
    network.writeTensors(tensors);
    return await network.predict(x);
  } catch (error) {
    if (error instanceof OutOfMemoryError) throw new UsageError(error.message, { cause: error });
    throw error;
  }
}

/** Weights or inputs may be finite and still too large for the arithmetic of float32. */
function requireFinite(
  prediction: Float32Array,
  curves: readonly CsvCurve[],
  { model, input }: PredictFlags,
): void {
  const bad = prediction.findIndex((value) => !Number.isFinite(value));
  if (bad < 0) return;
  const { id } = curves[Math.floor(bad / curves[0].x.length)];
  throw new UsageError(`--model ${model}: its prediction for curve ${id} of ${input} is not finite`);
}

function readText(path: string): string {
  const bytes = readInput("--input", path, mostInputBytes);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new UsageError(`--input ${path}: must be UTF-8 text`);
  }
}

/** The input has two channels, x and f, and the output one. */
function requireCurveModel({ spec }: Model, path: string): void {
  const outputs = resolveLayers(spec).at(-1)?.outputChannels;
  if (spec.input.channels !== 2 || outputs !== 1)
    throw new UsageError(
      `--model ${path}: must map 2 channels (x, f) to 1, maps ${spec.input.channels} to ${outputs}`,
    );
}

/** Channels of a layer's largest buffer: an LSTM holds four gates for each that it gives out. */
const widest = ({ spec, outputChannels }: ResolvedLayer): number =>
  spec.kind === "lstm" || spec.kind === "bilstm" ? 4 * outputChannels : outputChannels;

/** How many curves to compute at once, so that no layer's activations exceed what every adapter can bind. */
function fitBatch({ spec }: Model, steps: number, rows: number): number {
  const channels = Math.max(2, ...resolveLayers(spec).map(widest));
  const fitting = Math.floor(mostElements / (channels * steps));
  if (fitting < 1)
    throw new UsageError(
      `--input: curves of ${steps} points are too long for this model, which takes at most ${Math.floor(mostElements / channels)}`,
    );
  return Math.min(fitting, rows, mostRows);
}
