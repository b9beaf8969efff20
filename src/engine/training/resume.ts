import { sha256 } from "../digest";
import { type Slice, write } from "../gpu/memory";
import type { Network } from "../network/network";
import type { TrainerConfig } from "./config";
import { initialise } from "./initialise";
import type { TrainingParts } from "./parts";
import type { ResolvedTraining } from "./resolve";
import { bestToWords, type Snapshot, type WeightBuffers, weightsOf } from "./snapshot";
import { statisticsShapes, type Tensors, type TrainingState, type Weights } from "./state";

/**
 * Refuses a state that another training left behind: RangeError in one line unless network, options, data and their
 * order are those of this training and its iterations are among those planned.
 */
export function requireFit(
  state: TrainingState,
  network: Network,
  resolved: ResolvedTraining,
  { rows, data }: Pick<TrainingState, "rows" | "data">,
): void {
  const compare = (what: string, was: unknown, is: unknown) => {
    const [then, now] = [was, is].map((value) => JSON.stringify(sorted(value)));
    if (then !== now) throw new RangeError(`resume: ${what} was ${then}, is ${now}`);
  };
  const { input, layers, loss } = network.spec;
  compare("the network's input", state.network.input, input);
  compare("the number of layers", state.network.layers.length, layers.length);
  layers.forEach((layer, i) => {
    compare(`layer ${i + 1}`, state.network.layers[i], layer);
  });
  compare("the network's loss", state.network.loss, loss);
  const before = new Map<string, unknown>(Object.entries(state.options));
  for (const [name, value] of Object.entries(resolved.options)) compare(name, before.get(name), value);
  compare("the number of training rows", state.rows.training, rows.training);
  compare("the number of validation rows", state.rows.validation, rows.validation);
  if (state.data !== data)
    throw new RangeError(
      "resume: the data are others than those that the training began with, though they are as many",
    );
  const { order } = resolved;
  if (state.order.length !== order.length || state.order.some((row, i) => row !== order[i]))
    throw new RangeError("resume: the batches hold the rows in another order");
  const { iteration, history } = state;
  if (!Number.isSafeInteger(iteration) || iteration < 0 || iteration > resolved.iterations)
    throw new RangeError(`resume: iteration ${iteration} is none of the ${resolved.iterations} planned`);
  if (history.length !== iteration || history.some((progress, i) => progress.iteration !== i + 1))
    throw new RangeError(`resume: the history must hold iterations 1 to ${iteration}`);
}

/**
 * Puts a state that fits back onto the GPU.
 * @throws RangeError when a tensor is missing, unknown or of another shape
 */
export function writeState(
  network: Network,
  state: TrainingState,
  buffers: {
    readonly moments: ReadonlyMap<string, Slice>;
    readonly snapshot: Snapshot;
    readonly cursor: Slice;
  },
): void {
  const { device, batch } = network;
  const { moments, snapshot, cursor } = buffers;
  writeWeights(network, "", state, weightsOf(network));
  requireNames("moment", [...moments.keys()], state.moments);
  for (const [name, arena] of moments)
    writeArena(network, `${name} of `, state.moments.get(name) ?? new Map(), arena);
  if (state.best) writeWeights(network, "best ", state.best, snapshot.weights);
  write(device, snapshot.best, bestToWords(state.best));
  write(device, cursor, Uint32Array.of(state.iteration, batch, 0, 0));
}

function writeWeights(network: Network, what: string, weights: Weights, buffers: WeightBuffers): void {
  writeArena(network, what, weights.learnables, buffers.learnables);
  const shapes = statisticsShapes(network.layers);
  requireShapes(`${what}statistics of `, shapes, weights.statistics);
  for (const [name, { data }] of weights.statistics) {
    const slice = buffers.statistics.get(name);
    if (slice) write(network.device, slice, data);
  }
}

function writeArena({ device, layout }: Network, what: string, tensors: Tensors, arena: Slice): void {
  requireShapes(what, new Map(layout.places.map(({ name, shape }) => [name, shape])), tensors);
  const words = new Float32Array(layout.length);
  for (const [name, { data }] of tensors) words.set(data, layout.place(name).offset);
  write(device, arena, words);
}

function requireShapes(what: string, shapes: ReadonlyMap<string, readonly number[]>, tensors: Tensors): void {
  requireNames(`${what}tensor`, [...shapes.keys()], tensors);
  for (const [name, { shape, data }] of tensors) {
    const expected = shapes.get(name) ?? [];
    const count = expected.reduce((product, length) => product * length, 1);
    if (shape.join() !== expected.join() || data.length !== count)
      throw new RangeError(
        `resume: ${what}${name} has shape [${shape}] and ${data.length} values, expected [${expected}]`,
      );
  }
}

function requireNames(what: string, names: readonly string[], found: ReadonlyMap<string, unknown>): void {
  for (const name of names) if (!found.has(name)) throw new RangeError(`resume: ${what} ${name} is missing`);
  for (const name of found.keys())
    if (!names.includes(name)) throw new RangeError(`resume: ${what} ${name} does not belong here`);
}

/** The same value with the keys of objects in one order, and with infinities, which JSON has not, as strings. */
function sorted(value: unknown): unknown {
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, inner]): [string, unknown] => [key, sorted(inner)])
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

/**
 * Puts onto the GPU what training begins with: learnables given or drawn from the seed, or the state to go on from.
 * @throws RangeError when a tensor is missing, unknown or of another shape
 */
export function beginTraining(
  network: Network,
  { options: { initialisation, seed } }: ResolvedTraining,
  { learnables, resume }: TrainerConfig,
  parts: TrainingParts,
): void {
  if (resume) {
    writeState(network, resume, { ...parts, moments: parts.step.moments });
    network.markLoaded();
    return;
  }
  for (const name of learnables?.keys() ?? []) network.layout.place(name);
  const drawn = () =>
    new Map([...initialise(network.spec, initialisation, seed)].map(([name, data]) => [name, { data }]));
  network.writeLearnables(learnables ?? drawn());
  network.resetStatistics();
}

export async function describeData({
  train,
  validation,
}: Pick<TrainerConfig, "train" | "validation">): Promise<Pick<TrainingState, "rows" | "data">> {
  const lengths = [train.lengths, validation.lengths].filter((each) => each !== undefined);
  const parts = [train.x, train.target, validation.x, validation.target, ...lengths];
  const digests = await Promise.all(
    parts.map(({ buffer, byteOffset, byteLength }) => {
      const bytes = new Uint8Array(buffer, byteOffset, byteLength);
      // What is shared between threads is not digested in place.
      return sha256(
        buffer instanceof ArrayBuffer ? new Uint8Array(buffer, byteOffset, byteLength) : bytes.slice(),
      );
    }),
  );
  return {
    rows: { training: train.rows, validation: validation.rows },
    data: await sha256(new TextEncoder().encode(digests.join())),
  };
}
