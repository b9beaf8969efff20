import type { Memory, Slice } from "../gpu/memory";
import { Plan } from "../gpu/plan";
import type { Activation } from "../layers/layer";
import { halfMseCall, scoreWords } from "../layers/loss/halfmse";
import type { Backpropagation } from "../network/backpropagation";
import { type BatchOrder, gatherCall, gatherLengths } from "../network/batch";
import type { Network } from "../network/network";
import type { ResolvedTraining } from "./resolve";
import type { SampleSetBuffers } from "./samples";
import { historyWords, type Update, updateCalls } from "./update";

/** One training step as a frozen plan, and where its results lie. */
export interface Step {
  readonly plan: Plan;
  /** The part before the update, which repeats a refused step so that it can be looked at. */
  readonly gradientPlan: Plan;
  /** `historyWords` an iteration. */
  readonly history: Slice;
  readonly score: Slice;
  /** What the solver remembers, by name: arenas. */
  readonly moments: Update["moments"];
}

/**
 * gather batch → forward → loss → backward → clip, history, cursor → solver → moving statistics. Everything that
 * changes from step to step follows the cursor on the GPU.
 */
export async function buildStep(
  network: Network,
  memory: Memory,
  backpropagation: Backpropagation,
  parts: {
    readonly resolved: ResolvedTraining;
    readonly set: SampleSetBuffers;
    readonly order: BatchOrder;
    readonly cursor: Slice;
    readonly target: Activation;
  },
): Promise<Step> {
  const { set, order, cursor, target } = parts;
  const { options, learnRates } = parts.resolved;
  const { context, device, input, output, spec, layout, parameters } = network;
  const history = memory.storage("history", learnRates.length * historyWords);
  const score = memory.storage("score", scoreWords);
  const { dOutput: dprediction, gradients } = backpropagation;
  const gradient = [
    ...gatherLengths(context, set.x, input, cursor, order),
    gatherCall(context, set.x, input, cursor, order),
    gatherCall(context, set.target, target, cursor, order),
    ...backpropagation.forward(cursor),
    halfMseCall(context, spec.loss, output, { cursor, target: target.slice, score, dprediction }),
    ...backpropagation.backward,
  ];
  const update = updateCalls(memory, layout, options, {
    parameters,
    gradients,
    score,
    cursor,
    learnRates,
    history,
  });
  return {
    plan: await Plan.build(device, [...gradient, ...update.calls, ...backpropagation.commit(cursor)]),
    gradientPlan: await Plan.build(device, gradient),
    history,
    score,
    moments: update.moments,
  };
}
