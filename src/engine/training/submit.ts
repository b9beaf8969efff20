import type { Slice } from "../gpu/memory";
import type { ReadbackRing } from "../gpu/readback";
import { readingBytes, Stopwatch } from "../gpu/stopwatch";
import { scoreWords } from "../layers/loss/halfmse";
import { cursorWords } from "../network/batch";
import type { Network } from "../network/network";
import type { Validation } from "./pass";
import type { Progress } from "./progress";
import type { Step } from "./step";
import { historyWords } from "./update";

/** Longest submit, in steps: bounds the staging buffers. */
export const maxStepsPerSubmit = 256;

/** Bytes of a staging buffer for the longest submit: histories, scores of as many validations, the cursor, a reading. */
export const submitBytes = (maxStepsPerSubmit * (historyWords + scoreWords) + cursorWords) * 4 + readingBytes;

/** A submit whose results have not been read. */
export interface Flight {
  readonly steps: number;
  readonly read: () => Promise<FlightResults>;
}

export interface FlightResults {
  readonly iterations: readonly Omit<Progress, "seconds">[];
  readonly halted: boolean;
  /** On the GPU's own clock; known of submits without a validation, where the device offers timestamps. */
  readonly gpuMillisecondsPerStep?: number;
}

/** What a submit is made of. */
export interface SubmitParts {
  readonly network: Network;
  readonly ring: ReadbackRing;
  readonly step: Step;
  readonly cursor: Slice;
  readonly validation: Validation;
  readonly validationEvery: number;
  readonly iterationsPerEpoch: number;
  readonly stopwatch: Stopwatch | undefined;
}

/** Steps after `done` iterations up to and with the next validation: MATLAB validates at 1, then every so many. */
export function stepsToValidation(done: number, validationEvery: number): number {
  return done === 0 ? 1 : stepsToMultiple(done, validationEvery);
}

/** Steps after `done` iterations up to and with the next multiple of `every`. */
export const stepsToMultiple = (done: number, every: number): number => every - (done % every);

/** Submits `steps` steps from iteration `first` on, with the validations that fall due between them. */
export function submitSteps(parts: SubmitParts, first: number, steps: number): Flight {
  const { network, ring, step, cursor, validation, validationEvery } = parts;
  const { gpu } = network.device;
  const encoder = gpu.createCommandEncoder();
  const due: number[] = [];
  for (
    let iteration = first + stepsToValidation(first, validationEvery);
    iteration <= first + steps;
    iteration += stepsToValidation(iteration, validationEvery)
  )
    due.push(iteration);
  const stopwatch = due.length === 0 ? parts.stopwatch : undefined;
  const words = steps * historyWords + due.length * scoreWords + cursorWords;
  const read = ring.take((staging) => {
    let next = first;
    due.forEach((iteration, slot) => {
      const pass = encoder.beginComputePass();
      for (; next < iteration; next++) step.plan.encode(pass);
      validation.encode(pass);
      pass.end();
      const at = (steps * historyWords + slot * scoreWords) * 4;
      encoder.copyBufferToBuffer(validation.score.buffer, 0, staging, at, scoreWords * 4);
    });
    if (next < first + steps) {
      const pass = encoder.beginComputePass(stopwatch && { timestampWrites: stopwatch.timestampWrites });
      for (; next < first + steps; next++) step.plan.encode(pass);
      pass.end();
    }
    const [from, length] = [first * historyWords * 4, steps * historyWords * 4];
    encoder.copyBufferToBuffer(step.history.buffer, from, staging, 0, length);
    const at = (steps * historyWords + due.length * scoreWords) * 4;
    encoder.copyBufferToBuffer(cursor.buffer, 0, staging, at, cursorWords * 4);
    stopwatch?.encodeReading(encoder, staging, words * 4);
  });
  gpu.queue.submit([encoder.finish()]);
  return {
    steps,
    read: async () => {
      const all = await read(words * 4 + (stopwatch ? readingBytes : 0));
      const milliseconds = stopwatch && Stopwatch.milliseconds(all.slice(words).buffer);
      return {
        ...parse(parts, all.subarray(0, words), first, steps, due),
        ...(milliseconds !== undefined && { gpuMillisecondsPerStep: milliseconds / steps }),
      };
    },
  };
}

function parse(
  { iterationsPerEpoch }: SubmitParts,
  words: Float32Array,
  first: number,
  steps: number,
  due: readonly number[],
): FlightResults {
  const counters = new Uint32Array(words.buffer, (words.length - cursorWords) * 4);
  const accepted = Math.max(0, Math.min(steps, counters[0] - first));
  const iterations = Array.from({ length: accepted }, (_, i) => {
    const iteration = first + i + 1;
    const [loss, rmse, gradientNorm, learnRate] = words.subarray(i * historyWords);
    const slot = due.indexOf(iteration);
    const [validationLoss, validationRmse] = words.subarray(steps * historyWords + slot * scoreWords);
    return {
      iteration,
      epoch: Math.ceil(iteration / iterationsPerEpoch),
      learnRate,
      loss,
      rmse,
      gradientNorm,
      ...(slot >= 0 && { validation: { loss: validationLoss, rmse: validationRmse } }),
    };
  });
  return { iterations, halted: counters[2] !== 0 };
}
