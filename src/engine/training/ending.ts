import type { Memory } from "../gpu/memory";
import type { ReadbackRing } from "../gpu/readback";
import { scoreWords } from "../layers/loss/halfmse";
import type { Network } from "../network/network";
import type { TrainingOptions } from "./options";
import type { TrainingParts } from "./parts";
import type { DivergedResult, StopReason, TrainingResult } from "./progress";
import { bestWords, parseBest } from "./snapshot";

type Outcome = Pick<TrainingResult, "validation" | "best"> &
  ({ readonly stopReason: Exclude<StopReason, "diverged"> } | Pick<DivergedResult, "stopReason" | "detail">);

/** What the end of a training is made of. */
interface EndingParts {
  readonly network: Network;
  /** Of the Trainer. */
  readonly memory: Memory;
  readonly ring: ReadbackRing;
  readonly parts: TrainingParts;
  readonly options: TrainingOptions;
}

/**
 * Ends a training after `done` iterations with nothing in flight: names what diverged, or takes the inference statistics,
 * validates and looks whether all is finite.
 */
export async function endTraining(
  ending: EndingParts,
  stopReason: StopReason,
  done: number,
): Promise<Outcome> {
  const { diagnosis } = ending.parts;
  if (stopReason === "diverged") {
    const detail = `iteration ${done + 1}: ${await diagnosis.firstBadValue()} is not finite`;
    return { stopReason, detail, ...(await finish(ending, false)) };
  }
  const outcome = await finish(ending, true);
  const invalid = Number.isFinite(outcome.validation.loss) ? undefined : "the validation loss";
  const bad = (await diagnosis.firstBadLearnable()) ?? invalid;
  if (bad === undefined) return { stopReason, ...outcome };
  return { stopReason: "diverged", detail: `after iteration ${done}: ${bad} is not finite`, ...outcome };
}

/** Puts the best weights back where they are wanted, the last ones among the candidates, and validates. */
async function finish(
  { network: { device }, memory, ring, parts, options }: EndingParts,
  population: boolean,
): Promise<Pick<TrainingResult, "validation" | "best">> {
  const { validation, candidate, snapshot } = parts;
  memory.requireLive();
  const encoder = device.gpu.createCommandEncoder();
  const pass = encoder.beginComputePass();
  if (options.restore === "best") {
    candidate.encode(pass);
    snapshot.restore.encode(pass);
  }
  if (population) parts.population?.encode(pass);
  validation.encode(pass);
  pass.end();
  const read = ring.take((staging) => {
    encoder.copyBufferToBuffer(validation.score.buffer, 0, staging, 0, scoreWords * 4);
    encoder.copyBufferToBuffer(snapshot.best.buffer, 0, staging, scoreWords * 4, bestWords * 4);
  });
  device.gpu.queue.submit([encoder.finish()]);
  const words = await read((scoreWords + bestWords) * 4);
  const [loss, rmse] = words;
  const best = parseBest(words.subarray(scoreWords));
  return { validation: { loss, rmse }, ...(best && { best }) };
}
