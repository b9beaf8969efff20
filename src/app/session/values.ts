/** What settings come to: the value of every option, from the settings or else from the preset. */
import {
  choicesOf,
  type ExperimentOptions,
  isRead,
  type LimitingOptions,
  type OptionName,
  optionNames,
  optionsOf,
  resolveExperiment,
} from "../../calculus";
import type { Settings } from "./run";

/** The options that an experiment of these settings reads, in the order of the rules. */
export function readOptions({ preset, network, options }: Settings): readonly OptionName[] {
  const choices = choicesOf(preset, network, options);
  return optionNames.filter((name) => isRead(name, choices));
}

/** What the preset gives every option that is read, with the solver and the schedule that the settings choose. */
export function presetValues({ preset, network, options }: Settings): ExperimentOptions & LimitingOptions {
  const { solver, schedule } = choicesOf(preset, network, options);
  const own = choicesOf(preset, network, {});
  const values = optionsOf(resolveExperiment(preset, network, { solver, learnRateSchedule: schedule }));
  return { ...values, solver: own.solver, learnRateSchedule: own.schedule };
}

/** The value of every option that is read, refused ones among them. */
export function chosenValues(settings: Settings): ExperimentOptions & LimitingOptions {
  return { ...presetValues(settings), ...tidy(settings).options };
}

/** The same settings without what nothing reads, and what the preset says anyway. */
export function tidy(settings: Settings): Settings {
  const preset = presetValues(settings);
  const differing = readOptions(settings).flatMap((name) => {
    const value = settings.options[name];
    return value === undefined || value === preset[name] ? [] : [[name, value] as const];
  });
  return { ...settings, options: Object.fromEntries(differing) };
}

/** Settings with another value of an option, or with the preset's. */
export function withOption(
  settings: Settings,
  option: OptionName,
  value: string | number | undefined,
): Settings {
  return tidy({ ...settings, options: { ...settings.options, [option]: value } });
}
