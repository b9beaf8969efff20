/** Ways of training: what the cells of all studies train. */
import { completeOptions, resolveExperiment } from "../experiment";
import type { FunctionFamily } from "../families/taught";
import {
  type ExperimentOptions,
  networkNames,
  type OptionName,
  optionNames,
  type PresetName,
} from "../options";

export interface Condition {
  /** Within its study, and of its cells. */
  readonly name: string;
  /** What differs from the preset. */
  readonly options: ExperimentOptions;
  /** Networks see zeros in place of the grid, in training and after. The classical opponents always see it. */
  readonly withoutGrid?: true;
  /** Grids are split into those for training and those for the test, not curves. */
  readonly splitByGrid?: true;
  /** From f′ to f(x) − f(−1), instead of from f to f′. */
  readonly inverse?: true;
  /** The loss of each network is normalised as that of the other. */
  readonly exchangedLoss?: true;
}

/** The experiment as it is: the control of most studies. */
export const asTaught: Condition = { name: "as taught", options: {} };

/** The family of its training curves. */
export const taughtFamily = ({ options }: Condition, preset: PresetName): FunctionFamily =>
  resolveExperiment(preset, networkNames[0], options).data.family;

/** What the curves of the test depend on, and so the classical opponents, whom nobody trains. */
const testOptions: readonly OptionName[] = ["curves", "samples", "noise"];

/** Equal for conditions that train alike. */
export function trainingKey(condition: Condition, preset: PresetName): string {
  const { withoutGrid, exchangedLoss } = condition;
  return JSON.stringify([
    ...testContent(condition, preset, optionNames),
    withoutGrid === true,
    exchangedLoss === true,
  ]);
}

/** Equal for conditions under which the classical opponents are asked the same. */
export const testKey = (condition: Condition, preset: PresetName): string =>
  JSON.stringify(testContent(condition, preset, testOptions));

/** Those that train otherwise than the ones before them: with some presets a change is none. */
export const distinctConditions = (conditions: readonly Condition[], preset: PresetName): Condition[] => {
  const keys = conditions.map((condition) => trainingKey(condition, preset));
  return conditions.filter((_, i) => keys.indexOf(keys[i]) === i);
};

/** The options that are not those of the preset anyway, and what else makes the curves. */
function testContent(
  { options, splitByGrid, inverse }: Condition,
  preset: PresetName,
  names: readonly OptionName[],
) {
  const own = networkNames.map((network) => completeOptions(preset, network, {}));
  const changed = names.filter(
    (name) =>
      options[name] !== undefined &&
      own.some(
        (values) =>
          values[name] !== options[name] &&
          // How gradients are clipped is no matter where they are not.
          !(name === "clipMethod" && values.clip === Number.POSITIVE_INFINITY),
      ),
  );
  return [changed.map((name) => [name, options[name]]), splitByGrid === true, inverse === true];
}
