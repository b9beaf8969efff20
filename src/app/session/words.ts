/** What the page says of a training: short sentences for notices and for screen readers. */
import { figure } from "../../calculus";
import type { Progress } from "../../engine";
import type { Failure } from "../worker/protocol";
import { endings, isWorseThanZero, nameRun, worseThanZero } from "./describe";
import type { Run, RunOutcome } from "./run";
import type { Notice } from "./state";

/** Missing for an iteration that was not validated. */
export const sayValidation = ({ iteration, validation }: Progress): string | undefined =>
  validation && `Iteration ${iteration}: validation RMSE ${validation.rmse.toPrecision(3)}.`;

export function sayEnd(run: Pick<Run, "facts">, outcome: RunOutcome): string {
  const { result, trained } = outcome;
  const rmse = trained ? `, RMSE ${figure(trained.evaluation.rmse)} against the clean derivative` : "";
  const worse = isWorseThanZero(run, outcome) ? `: ${worseThanZero}` : "";
  return `Training ${endings[result.stopReason]} after ${result.iterations} iterations${rmse}${worse}.`;
}

/** What to do about a run that came to an end by itself and learnt nothing. */
export function noteEnd(run: Run, outcome: RunOutcome): Notice | undefined {
  const { stopReason, detail } = outcome.result;
  if (stopReason === "diverged")
    return {
      tone: "danger",
      title: "Training diverged",
      message: `${detail ?? "The loss is not finite"}. Try a smaller learning rate or a gradient threshold.`,
    };
  if (stopReason === "stopped" || !outcome.trained || !isWorseThanZero(run, outcome)) return undefined;
  const { rmse } = outcome.trained.evaluation;
  const [own, zero] = [rmse, run.facts.zero.rmse].map(figure);
  // What is far off has been driven there; what is near may be on its way.
  const advice = rmse > 10 * run.facts.zero.rmse ? "or a gradient threshold" : "or more epochs";
  return {
    tone: "warning",
    title: `It ended ${worseThanZero}`,
    message: `The RMSE of ${nameRun(run)} is ${own}, that of predicting zero ${zero}. Try a smaller learning rate ${advice}.`,
  };
}

export const noteRecovery = (message: string, from: number): Notice => ({
  tone: "warning",
  title: "The GPU device was lost",
  message: `${message}. Training goes on from iteration ${from} on a new device.`,
});

export const noteNothingKept = (error: unknown): Notice => ({
  tone: "neutral",
  title: "Runs are not kept",
  message: `This browser lets the page store nothing (${messageOf(error)}): finished runs are lost when you leave.`,
});

/** @param count of runs of earlier visits that were damaged, or that another version of the page had made */
export const noteBroken = (count: number): Notice => ({
  tone: "warning",
  title: count === 1 ? "A run could not be read" : `${count} runs could not be read`,
  message:
    "What the browser had of earlier visits is damaged, or of another version of the page. It has been deleted.",
});

export const noteRunNotKept = (error: unknown): Notice => ({
  tone: "warning",
  title: "The run could not be stored",
  message: `${messageOf(error)}. It is lost when you leave; export what you need.`,
});

export const noteStateNotKept = (error: unknown): Notice => ({
  tone: "warning",
  title: "The training cannot be kept",
  message: `${messageOf(error)}. It is lost if you leave before it ends.`,
});

/** A run that was kept by an earlier visit does not fit what this page makes of its options. */
export const noteNotRestored = (error: unknown): Notice => ({
  tone: "warning",
  title: "The interrupted run cannot go on",
  message: `${messageOf(error)}. Train it anew: its options can be trained.`,
});

/** What to do about a training that ended without a result. */
export function noteFailure({ reason, message }: Failure): Notice {
  const { title, advice } = failures[reason];
  return { tone: "danger", title, message: `${message}. ${advice}` };
}

const failures = {
  "out-of-memory": {
    title: "Out of memory",
    advice: "Change these options and train again.",
  },
  "device-lost": {
    title: "The GPU device was lost again",
    advice:
      "Close other programs that use the GPU and reload the page: the run goes on from where it was last kept. " +
      "If that does not help, choose a smaller network or batch.",
  },
  "no-adapter": {
    title: "The GPU is gone",
    advice: "Reload the page; if it does not come back, restart the browser.",
  },
  options: { title: "These options cannot be trained", advice: "Change the option that is named." },
  error: { title: "Training failed", advice: "Restart training; if it happens again, run the self-test." },
} as const satisfies Record<Failure["reason"], { readonly title: string; readonly advice: string }>;

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
