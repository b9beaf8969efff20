/** What the page says of a training: short sentences for notices and for screen readers. */
import type { Progress } from "../../index";
import type { Failure } from "../worker/protocol";
import type { RunOutcome } from "./run";
import type { Notice } from "./state";

/** Missing for an iteration that was not validated. */
export const sayValidation = ({ iteration, validation }: Progress): string | undefined =>
  validation && `Iteration ${iteration}: validation RMSE ${validation.rmse.toPrecision(3)}.`;

export function sayEnd({ result, trained }: RunOutcome): string {
  const rmse = trained ? `, RMSE ${trained.evaluation.rmse.toPrecision(3)}` : "";
  return `Training ${result.stopReason} after ${result.iterations} iterations${rmse}.`;
}

/** What to do about a training that diverged. */
export const noteDivergence = (detail: string | undefined): Notice => ({
  tone: "danger",
  title: "Training diverged",
  message: `${detail ?? "The loss is not finite"}. Try a smaller learning rate or a gradient threshold.`,
});

export const noteRecovery = (message: string, from: number): Notice => ({
  tone: "warning",
  title: "The GPU device was lost",
  message: `${message}. Training goes on from iteration ${from} on a new device.`,
});

/** What to do about a training that ended without a result. */
export function noteFailure({ reason, message }: Failure): Notice {
  const { title, advice } = failures[reason];
  return { tone: "danger", title, message: `${message}. ${advice}` };
}

const failures = {
  "out-of-memory": {
    title: "Out of memory",
    advice: "Choose a smaller batch, a narrower network or fewer curves.",
  },
  "device-lost": {
    title: "The GPU device was lost again",
    advice: "Reload the page, close other programs that use the GPU, and choose a smaller network or batch.",
  },
  options: { title: "These options cannot be trained", advice: "Change the option that is named." },
  error: { title: "Training failed", advice: "Restart training; if it happens again, run the self-test." },
} as const satisfies Record<Failure["reason"], { readonly title: string; readonly advice: string }>;
