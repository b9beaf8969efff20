/** What `fluxion study --list` tells. */
import {
  chosenStudies,
  describeCriterion,
  listCells,
  optionNames,
  type PresetName,
  presetNames,
  type Study,
  studyOptions,
  writeOption,
} from "../../calculus";
import { flagOf } from "../train-flags";
import { newSettings, type SettingFlags } from "./settings";

/** Every study that is asked for with its cells, and how each preset trains. */
export function listStudies(flags: SettingFlags): string {
  const settings = newSettings(flags, flags.preset ?? presetNames[0]);
  const { seeds, epochs } = settings;
  const studies = chosenStudies(settings);
  const cellsOf = (chosen: readonly Study[]): string => `${listCells(chosen, settings).length} cells`;
  return [
    ...studies.map(
      (study) =>
        `${study.name}: ${cellsOf([study])} with ${seeds} ${seeds === 1 ? "seed" : "seeds"}\n` +
        `  ${study.question}\n  hypothesis: ${study.hypothesis}\n  criterion: ${describeCriterion(study)}\n`,
    ),
    ...(studies.length > 1 ? [`all together, sharing trainings: ${cellsOf(studies)}\n`] : []),
    ...presetNames.map((preset) => describePreset(preset, epochs)),
  ].join("");
}

function describePreset(preset: PresetName, epochs: number | null): string {
  const options = studyOptions(preset, epochs);
  const changes = optionNames.flatMap((name) => {
    const value = options[name];
    return value === undefined ? [] : [`${flagOf(name)} ${writeOption(value)}`];
  });
  return `preset ${preset}: trains as fluxion train --preset ${[preset, ...changes].join(" ")}\n`;
}
