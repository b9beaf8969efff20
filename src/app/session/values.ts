/** What settings come to: the value of every option, from the settings or else from the preset. */
import {
  choicesOf,
  completeOptions,
  isRead,
  type OptionName,
  type OptionValues,
  optionNames,
} from "../../calculus";
import type { Settings } from "./run";

/** The options that an experiment of these settings reads, in the order of the rules. */
export function readOptions({ preset, network, options }: Settings): readonly OptionName[] {
  const choices = choicesOf(preset, network, options);
  return optionNames.filter((name) => isRead(name, choices));
}

/** What the preset gives every option that is read, with the solver and the schedule that the settings choose. */
export function presetValues({ preset, network, options }: Settings): OptionValues {
  const { solver, schedule } = choicesOf(preset, network, options);
  const own = choicesOf(preset, network, {});
  const values = completeOptions(preset, network, { solver, learnRateSchedule: schedule });
  return { ...values, solver: own.solver, learnRateSchedule: own.schedule };
}

/** The value of every option that is read, refused ones among them. */
export const chosenValues = ({ preset, network, options }: Settings): OptionValues =>
  completeOptions(preset, network, options);

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
