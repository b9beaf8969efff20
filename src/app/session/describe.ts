/** Runs, networks and options in the page's words. */
import type { ExperimentOptions, NetworkName, PresetName } from "../../index";
import { writeOption } from "../../index";
import type { Run, Settings } from "./run";

export const networkTitles = { cnn: "CNN", bilstm: "BiLSTM" } as const satisfies Record<NetworkName, string>;
export const presetTitles = { moler: "Moler", quick: "quick" } as const satisfies Record<PresetName, string>;

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
