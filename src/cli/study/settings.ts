/** From flags to the settings of a study, anew or as its directory has them. */
import { type StudyName, type StudySettings, studyNames } from "../../expressions";
import type { PresetName } from "../../index";
import { UsageError } from "../errors";
import type { KeptSettings } from "./directory";

/** Flags that decide what is computed; absent ones come from the directory, where it has settings. */
export interface SettingFlags {
  readonly only?: readonly StudyName[];
  readonly seeds?: number;
  readonly preset?: PresetName;
}

export const defaultSeeds = 5;

/** In the order of all studies, each once. */
export const orderStudies = (names: readonly StudyName[]): StudyName[] =>
  studyNames.filter((name) => names.includes(name));

/** Throws UsageError where a flag, or this program, is another than the directory was begun with. */
export function requireSame(path: string, kept: KeptSettings, version: string, flags: SettingFlags): void {
  const refuse = (what: string, has: string): never => {
    throw new UsageError(`--out ${path}: was begun with ${has}, not ${what}; name another directory`);
  };
  if (kept.version !== version) refuse(`version ${version}`, `version ${kept.version}`);
  const { preset, seeds, only } = flags;
  if (preset !== undefined && preset !== kept.preset) refuse(`--preset ${preset}`, `--preset ${kept.preset}`);
  if (seeds !== undefined && seeds !== kept.seeds) refuse(`--seeds ${seeds}`, `--seeds ${kept.seeds}`);
  if (only !== undefined && orderStudies(only).join() !== kept.studies.join())
    refuse(`--only ${orderStudies(only).join()}`, `--only ${kept.studies.join()}`);
}

/** Of a new study. */
export const newSettings = (
  { only = studyNames, seeds = defaultSeeds }: SettingFlags,
  preset: PresetName,
): StudySettings => ({
  preset,
  seeds,
  studies: orderStudies(only),
});

/** Throws UsageError unless all directories were begun with the same settings. */
export function requireAlike(
  parts: readonly { readonly path: string; readonly settings: KeptSettings }[],
): void {
  const [first, ...others] = parts;
  for (const { path, settings } of others)
    if (JSON.stringify(settings) !== JSON.stringify(first.settings))
      throw new UsageError(
        `${path}: was begun with ${describe(settings)}, ${first.path} with ${describe(first.settings)}`,
      );
}

const describe = ({ version, preset, seeds, studies }: KeptSettings): string =>
  `--preset ${preset} --seeds ${seeds} --only ${studies.join()} (version ${version})`;
