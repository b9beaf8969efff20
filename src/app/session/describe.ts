/** Runs, networks and options in the page's words. */

import { type ExperimentOptions, networkTitles, type PresetName, writeOption } from "../../calculus";
import type { AdapterReport, StopReason } from "../../engine";
import type { Run, RunOutcome, Settings } from "./run";

export { networkTitles };
export const presetTitles = {
  moler: "Moler",
  quick: "quick",
  principled: "principled",
} as const satisfies Record<PresetName, string>;

/** How a training ended, by its reason. */
export const endings = {
  completed: "completed",
  stopped: "stopped by you",
  patience: "out of patience",
  diverged: "diverged",
} as const satisfies Record<StopReason, string>;

type Ended = Pick<Run, "facts">;

export const worseThanZero = "worse than predicting zero";

/**
 * Whether predicting zero scores better: against the clean derivative, or, where training diverged and left no network to
 * evaluate, against the noisy one of its last validation. So it does where the run's score is no number.
 */
export const isWorseThanZero = ({ facts: { zero } }: Ended, { trained, result }: RunOutcome): boolean =>
  trained ? !(trained.evaluation.rmse <= zero.rmse) : !(result.validation.rmse <= zero.rmseNoisy);

/** "completed", "stopped by you, worse than predicting zero". */
export const describeEnding = (run: Ended, outcome: RunOutcome): string =>
  `${endings[outcome.result.stopReason]}${isWorseThanZero(run, outcome) ? `, ${worseThanZero}` : ""}`;

/** "nvidia hopper", "SwiftShader — software, computes on the CPU". */
export function describeAdapter({ vendor, architecture, description, software }: AdapterReport): string {
  const swiftShader = /swiftshader/i.test(`${architecture} ${description}`);
  const name = swiftShader
    ? "SwiftShader"
    : description || [vendor, architecture].filter((part) => part !== "").join(" ") || "unnamed adapter";
  return software ? `${name} — software, computes on the CPU` : name;
}

/** "run 3", "recorded". */
export const nameRun = ({ number, recorded }: Run): string =>
  recorded === undefined ? `run ${number}` : "recorded";

/** "run 3 · CNN · quick · epochs 40, seed 3". */
export const describeRun = (run: Run): string =>
  [nameRun(run), ...describeSettings(run.settings)].join(" · ");

function describeSettings({ network, preset, options }: Settings): string[] {
  const differing = describeOptions(options);
  return [networkTitles[network], presetTitles[preset], ...(differing === "" ? [] : [differing])];
}

/** "epochs 40, learn rate 0.01". */
export const describeOptions = (options: ExperimentOptions): string =>
  Object.entries(options)
    .map(([name, value]) => `${spaced(name)} ${writeOption(value)}`)
    .join(", ");

/** "learnRateSchedule" → "learn rate schedule". */
const spaced = (name: string): string => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

/** "0:07", "12:34", "1:02:03", "12 days": seconds as people read them. */
export function describeSeconds(seconds: number): string {
  if (!Number.isFinite(seconds)) return "–";
  const whole = Math.round(seconds);
  if (whole >= 2 * 86_400) return `${Math.round(whole / 86_400)} days`;
  const two = (value: number): string => String(value).padStart(2, "0");
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}
