import type { KernelCall } from "../../gpu/kernel";
import type { Slice } from "../../gpu/memory";
import {
  type Activation,
  activationLength,
  type BuildContext,
  createActivation,
  groupsOf,
  type Layer,
} from "../layer";
import type { LayerPlace } from "../registry";
import type { BatchNormSpec } from "./definition";

/** Words of the inference statistics of one group: mean, correction, variance, inverse deviation. */
const statisticsWords = 16;

/** Time steps that one workgroup normalises (64 · EACH in the shader). */
const valuesPerWorkgroup = 1024;

/** MATLAB's decay of the moving mean and variance. */
const movingDecay = 0.1;

/**
 * Batch normalisation (shaders/normalisation/batchnorm.wgsl), with the leaky ReLU behind it fused in where there is one.
 */
export function buildBatchNorm(
  context: BuildContext,
  { name, spec, following }: LayerPlace<BatchNormSpec>,
  input: Activation,
): Layer {
  const { epsilon } = spec;
  const slope = following?.kind === "leakyrelu" ? following.slope : undefined;
  const { channels, lengths } = input;
  const groups = groupsOf(channels);
  const { batch } = context;
  const { steps } = input;
  const output = createActivation(context, `${name} output`, input);
  const untrained = packStatistics(new Float32Array(channels), new Float32Array(channels).fill(1), epsilon);
  const inference = context.memory.upload(`${name} inference statistics`, untrained);
  const scale = context.parameter(`${name}.scale`);
  const offset = context.parameter(`${name}.offset`);
  const constants = {
    BATCH: batch,
    STEPS: steps,
    CHANNELS: channels,
    LENGTH: activationLength(context, input),
    STATISTICS_LENGTH: groups,
    SUMS_LENGTH: groups * 2,
    EPSILON: epsilon,
    SLOPE: slope ?? 1,
    DECAY: movingDecay,
    WORKGROUP: context.software ? 32 : 256,
  };
  const call = (
    entry: string,
    bindings: Record<string, Slice>,
    workgroups: readonly [number, number?],
  ): KernelCall => ({
    label: `${name} ${entry.replace("_", " ")}`,
    file: "normalisation/batchnorm",
    entry,
    constants,
    conditions: { leaky: slope !== undefined, lengths: lengths !== undefined },
    bindings,
    workgroups,
  });
  const everywhere = [Math.ceil((batch * steps) / valuesPerWorkgroup), groups] as const;
  const eachGroup = [Math.ceil(groups / 64)] as const;
  const x = input.slice;
  const normalise = (statistics: Slice) =>
    call("normalise", { x, statistics, scale, offset, y: output.slice }, everywhere);
  return {
    name,
    output,
    fused: slope !== undefined,
    statistics: {
      slice: inference,
      untrained,
      pack: ([mean, variance]) => packStatistics(mean, variance, epsilon),
      unpack: (words) => unpackStatistics(words, channels),
    },
    infer: [normalise(inference)],
    inputGradient(into, dy) {
      // Nothing flows through statistics that are given: the sums over the batch are zeros, as new buffers are.
      const sums = into.memory.storage(`${name} zero sums`, groups * 8);
      const dInput = createActivation(into, `${name} input gradient`, input).slice;
      // Divided by what is not zero, they stay so.
      const counted = into.memory.upload(`${name} counts`, new Uint32Array(2 * groups).fill(1));
      const given = { sums, ...(lengths && { counted }) };
      const bindings = { x, statistics: inference, scale, offset, dy, ...given, dx: dInput };
      return { calls: [call("backward", bindings, everywhere)], dInput };
    },
    train(training) {
      const statistics = training.memory.storage(`${name} batch statistics`, groups * statisticsWords);
      const sums = training.memory.storage(`${name} gradient sums`, groups * 8);
      const summed = {
        summed: sums,
        dscale: training.gradient(`${name}.scale`),
        doffset: training.gradient(`${name}.offset`),
      };
      const pointwise = { x, statistics, scale, offset };
      const counts = lengths && training.memory.storage(`${name} counts`, 2 * groups);
      const counting = { ...(lengths && { lengths, counting: counts }) };
      return {
        forward: (cursor) => [
          call("measure", { x, cursor, measured: statistics, ...counting }, [groups]),
          normalise(statistics),
        ],
        sums: {
          constants: { CHANNELS: channels, STATISTICS_LENGTH: groups, SLOPE: constants.SLOPE },
          conditions: { leaky: slope !== undefined },
          bindings: { normalising: x, statistics, scale, offset },
          gather(tileSums, tiles) {
            const gathering = call("gather_sums", { tileSums, ...summed }, [groups]);
            const lengths = { TILES: tiles, TILE_SUMS_LENGTH: tileSums.size / 16 };
            return { ...gathering, constants: { ...constants, ...lengths } };
          },
        },
        backward(dy, wanted, _before, areSummed) {
          const calls = areSummed ? [] : [call("backward_sums", { ...pointwise, dy, ...summed }, [groups])];
          if (!wanted) return { calls };
          const dInput = createActivation(training, `${name} input gradient`, input).slice;
          const counted = { ...(counts && { counted: counts }) };
          calls.push(call("backward", { ...pointwise, dy, sums, ...counted, dx: dInput }, everywhere));
          return { calls, dInput };
        },
        commit: (cursor) => [call("moving", { statistics, cursor, inference }, eachGroup)],
        pool: (cursor) => [
          call("pool", { statistics, cursor, inference, ...(counts && { counting: counts }) }, eachGroup),
        ],
      };
    },
  };
}

/** Mean and variance (C) from the words of the inference statistics. */
function unpackStatistics(
  words: Float32Array,
  channels: number,
): [mean: Float32Array, variance: Float32Array] {
  const mean = new Float32Array(channels);
  const variance = new Float32Array(channels);
  for (let channel = 0; channel < channels; channel++) {
    const at = (channel >> 2) * statisticsWords + (channel & 3);
    mean[channel] = words[at] + words[at + 4];
    variance[channel] = words[at + 8];
  }
  return [mean, variance];
}

/** The words of the inference statistics from mean and variance (C). */
function packStatistics(mean: Float32Array, variance: Float32Array, epsilon: number): Float32Array {
  const words = new Float32Array(groupsOf(mean.length) * statisticsWords);
  for (let channel = 0; channel < mean.length; channel++) {
    const at = (channel >> 2) * statisticsWords + (channel & 3);
    words[at] = mean[channel];
    words[at + 8] = variance[channel];
    words[at + 12] = 1 / Math.sqrt(variance[channel] + epsilon);
  }
  return words;
}
