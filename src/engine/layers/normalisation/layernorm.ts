import { type KernelCall, spread } from "../../gpu/kernel";
import type { Slice } from "../../gpu/memory";
import { activationLength, createActivation, groupsOf, type InputGradient, noCalls } from "../layer";
import type { BuildLayer } from "../registry";
import type { LayerNormSpec } from "./definition";

/** Rows that one workgroup sums at least, and splits at most: a single invocation adds those of a group. */
const rowsPerSplit = 1024;
const mostSplits = 64;

/** Layer normalisation (shaders/normalisation/layernorm.wgsl). */
export const buildLayerNorm: BuildLayer<LayerNormSpec> = (context, { name, spec }, input) => {
  const { channels, steps } = input;
  const groups = groupsOf(channels);
  const rows = context.batch * steps;
  const splits = Math.min(mostSplits, Math.ceil(rows / rowsPerSplit));
  const output = createActivation(context, `${name} output`, input);
  const moments = context.memory.storage(`${name} moments`, rows * 3);
  const scale = context.parameter(`${name}.scale`);
  const offset = context.parameter(`${name}.offset`);
  const constants = {
    ROWS: rows,
    CHANNELS: channels,
    GROUPS: groups,
    LENGTH: activationLength(context, input),
    EPSILON: spec.epsilon,
    SPLITS: splits,
    SPAN: Math.ceil(rows / splits),
    PARTS_LENGTH: groups * splits * 2,
    WORKGROUP: context.software ? 32 : 256,
  };
  const call = (
    entry: string,
    bindings: Record<string, Slice>,
    workgroups: readonly [number, number?],
  ): KernelCall => ({
    label: `${name} ${entry.replace("_", " ")}`,
    file: "normalisation/layernorm",
    entry,
    constants,
    bindings,
    workgroups,
  });
  const x = input.slice;
  const infer = [call("forward", { x, measured: moments, scale, offset, y: output.slice }, spread(rows))];
  const inputGradient = (into: Pick<typeof context, "memory" | "batch">, dy: Slice): InputGradient => {
    const dInput = createActivation(into, `${name} input gradient`, input).slice;
    return { calls: [call("backward", { x, moments, scale, dy, dx: dInput }, spread(rows))], dInput };
  };
  return {
    name,
    output,
    infer,
    inputGradient,
    train(training) {
      const parts = training.memory.storage(`${name} gradient sums`, constants.PARTS_LENGTH * 4);
      const dscale = training.gradient(`${name}.scale`);
      const doffset = training.gradient(`${name}.offset`);
      return {
        forward: () => infer,
        backward(dy, wanted) {
          const learnables = [
            call("backward_sums", { x, moments, dy, summed: parts }, [splits, groups]),
            call("gather_sums", { parts, dscale, doffset }, [Math.ceil(groups / 64)]),
          ];
          if (!wanted) return { calls: learnables };
          const { calls, dInput } = inputGradient(training, dy);
          return { calls: [...learnables, ...calls], dInput };
        },
        commit: noCalls,
        pool: noCalls,
      };
    },
  };
};
