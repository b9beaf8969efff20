import type { KernelCall } from "../gpu/kernel";
import type { Memory, Slice } from "../gpu/memory";
import { Plan } from "../gpu/plan";
import type { Network } from "../network/network";
import type { BestScore } from "./progress";

/** Words of struct Best (shaders/training/snapshot.wgsl): loss, iteration, known, improved. */
export const bestWords = 4;

/** Where learnables and their inference statistics lie. */
export interface WeightBuffers {
  /** An arena. */
  readonly learnables: Slice;
  /** By the name of the batch normalisation. */
  readonly statistics: ReadonlyMap<string, Slice>;
}

/** The weights of the lowest validation loss so far, kept on the GPU without the host's knowledge. */
export interface Snapshot {
  readonly weights: WeightBuffers;
  /** Struct Best. */
  readonly best: Slice;
  /** After a validation: copies the network's weights if its loss was the lowest. */
  readonly keep: Plan;
  /** Copies the weights back; without a finite validation the network's stay. */
  readonly restore: Plan;
}

/**
 * Allocates and compiles the snapshot of a network that trains.
 * @param score of the validation
 * @param cursor of the training
 */
export async function buildSnapshot(
  network: Network,
  memory: Memory,
  score: Slice,
  cursor: Slice,
): Promise<Snapshot> {
  const { device, layout } = network;
  const current = weightsOf(network);
  const weights: WeightBuffers = {
    learnables: layout.create(memory, "best learnables"),
    statistics: new Map(
      Array.from(current.statistics, ([name, { size }]) => [
        name,
        memory.storage(`best ${name} inference statistics`, size / 4),
      ]),
    ),
  };
  const best = memory.storage("best so far", bestWords);
  const judge: KernelCall = {
    label: "judge validation",
    file: "training/snapshot",
    entry: "judge",
    constants: {},
    bindings: { score, cursor, judged: best },
    workgroups: [1],
  };
  const copies = (entry: "keep" | "restore", from: WeightBuffers, to: WeightBuffers): KernelCall[] => {
    const destinations = slicesOf(to);
    return slicesOf(from).map((source, i) => ({
      label: `${entry} ${source.buffer.label}`,
      file: "training/snapshot",
      entry,
      constants: {},
      bindings: { best, source, destination: destinations[i] },
      workgroups: [Math.min(1024, Math.ceil(source.size / 256))],
    }));
  };
  return {
    weights,
    best,
    keep: await Plan.build(device, [judge, ...copies("keep", current, weights)]),
    restore: await Plan.build(device, copies("restore", weights, current)),
  };
}

/** Where the network itself holds its weights. */
export function weightsOf({ parameters, stages }: Network): WeightBuffers {
  const statistics = stages.flatMap(({ name, statistics }): [string, Slice][] =>
    statistics ? [[name, statistics.slice]] : [],
  );
  return { learnables: parameters, statistics: new Map(statistics) };
}

/** All buffers of weights, always in the same order. */
export const slicesOf = ({ learnables, statistics }: WeightBuffers): Slice[] => [
  learnables,
  ...statistics.values(),
];

/** What the words of struct Best tell. */
export function parseBest(words: Float32Array): BestScore | undefined {
  const [, iteration, known] = new Uint32Array(words.buffer, words.byteOffset, bestWords);
  return known === 0 ? undefined : { iteration, loss: words[0] };
}

/** The words that tell it. */
export function bestToWords(best: BestScore | undefined): Uint32Array {
  if (!best) return new Uint32Array(bestWords);
  const [bits] = new Uint32Array(Float32Array.of(best.loss).buffer);
  return Uint32Array.of(bits, best.iteration, 1, 0);
}
