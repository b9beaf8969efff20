import { FormatError } from "../engine/files/error";
import type { Device } from "../engine/gpu/device";
import { Memory, write } from "../engine/gpu/memory";
import { Plan } from "../engine/gpu/plan";
import { readWords } from "../engine/gpu/readback";
import { scoreWords } from "../engine/layers/loss/halfmse";
import { ArenaLayout } from "../engine/network/arena";
import { createCursor } from "../engine/network/batch";
import {
  adam,
  adamw,
  requireOptions,
  rmsprop,
  type SolverSpec,
  sgdm,
  trainingRules,
} from "../engine/training/options";

import { historyWords, updateCalls } from "../engine/training/update";
import { type ConformanceCase, choice, input, number, shapedInput } from "./case";
import type { Outputs } from "./operations";

/** Clipping is fused with the solver: with rate 1, no momentum and zero weights, a step is minus the clipped gradient. */
export async function runClip(device: Device, source: ConformanceCase): Promise<Outputs> {
  const names = [...source.inputs.keys()];
  const gradients = new Map(names.map((name) => [name, input(source, name).data]));
  const weights = new Map(names.map((name) => [name, new Float32Array(input(source, name).data.length)]));
  const options = {
    solver: sgdm({ momentum: 0 }),
    learnRate: 1,
    l2: 0,
    clip: number(source, "threshold"),
    clipMethod: choice(source, "method", trainingRules.clipMethod.choices),
  };
  const [step] = await solverSteps(device, options, weights, [gradients]);
  return new Map([...step].map(([name, data]) => [name, data.map((value) => -value)]));
}

/** Weights after each of the solver's steps, at constant rates and without clipping. */
export async function runSolver(device: Device, source: ConformanceCase): Promise<Outputs> {
  const steps = [...source.inputs.keys()].filter((name) => name.startsWith("grad.")).length;
  const weight = input(source, "weight");
  const options = {
    solver: readSolver(source, source.config),
    learnRate: number(source, "learnRate"),
    l2: number(source, "l2"),
    clip: Number.POSITIVE_INFINITY,
    clipMethod: "l2norm" as const,
  };
  const gradients = Array.from(
    { length: steps },
    (_, i) => new Map([["weight", shapedInput(source, `grad.${i + 1}`, weight.shape)]]),
  );
  const weights = new Map([["weight", weight.data]]);
  const results = await solverSteps(device, options, weights, gradients);
  return new Map(results.map((result, i) => [`weight.${i + 1}`, result.get("weight") ?? new Float32Array()]));
}

/** The solver that an operation or a training names, from its rates. */
export function readSolver(source: ConformanceCase, rates: ReadonlyMap<string, unknown>): SolverSpec {
  const kind = source.op === "train" ? rates.get("solver") : source.op;
  const rate = (name: string) => number(source, name, rates);
  const adamRates = () => ({ beta1: rate("beta1"), beta2: rate("beta2"), epsilon: rate("epsilon") });
  switch (kind) {
    case "sgdm":
      return sgdm({ momentum: rate("momentum") });
    case "adam":
      return adam(adamRates());
    case "adamw":
      return adamw({ ...adamRates(), weightDecay: rate("weightDecay") });
    case "rmsprop":
      return rmsprop({ decay: rate("decay"), epsilon: rate("epsilon") });
    default:
      throw new FormatError(source.label, "config solver", "must be one of sgdm, adam, adamw, rmsprop");
  }
}

async function solverSteps(
  device: Device,
  options: Parameters<typeof updateCalls>[2] & { readonly learnRate: number },
  weights: ReadonlyMap<string, Float32Array>,
  gradients: readonly ReadonlyMap<string, Float32Array>[],
): Promise<Map<string, Float32Array>[]> {
  requireOptions(options);
  if (gradients.length === 0) throw new RangeError("there is no gradient to make a step with");
  const memory = new Memory(device);
  try {
    const layout = new ArenaLayout(
      [...weights].map(([name, { length }]) => ({ name, shape: [length], group: name, l2Factor: 1 })),
    );
    const parameters = layout.create(memory, "parameters");
    const gradientArena = layout.create(memory, "gradients");
    for (const [name, data] of weights) write(device, layout.slice(parameters, name), data);
    const { calls } = updateCalls(memory, layout, options, {
      parameters,
      gradients: gradientArena,
      score: memory.storage("score", scoreWords),
      cursor: createCursor(memory, "cursor", 1),
      learnRates: new Float32Array(gradients.length).fill(options.learnRate),
      history: memory.storage("history", gradients.length * historyWords),
    });
    const plan = await Plan.build(device, calls);
    const results: Map<string, Float32Array>[] = [];
    for (const gradient of gradients) {
      for (const [name, data] of gradient) write(device, layout.slice(gradientArena, name), data);
      plan.submit(device);
      const words = await readWords(device, parameters);
      results.push(
        new Map(layout.places.map(({ name, offset, count }) => [name, words.slice(offset, offset + count)])),
      );
    }
    return results;
  } finally {
    memory.dispose();
  }
}
