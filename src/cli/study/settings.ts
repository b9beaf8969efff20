/** From flags to the settings of a study, anew or as its directory has them. */
import {
  type NetworkName,
  networkNames,
  OptionError,
  type PresetName,
  resolveExperiment,
  type StudyName,
  type StudySettings,
  studies,
  studyNames,
  studyOptions,
} from "../../calculus";
import type { AdapterFlags } from "../adapter-flags";
import { UsageError } from "../errors";
import type { CellBasis, KeptSettings } from "./kept";

/** As they are typed. */
export interface StudyFlags extends AdapterFlags {
  readonly list?: true;
  /** Names as they were typed. */
  readonly only?: readonly string[];
  readonly network?: NetworkName;
  readonly seeds?: number;
  readonly preset?: PresetName;
  readonly epochs?: number;
  readonly out?: string;
  readonly shard?: string;
  readonly json?: true;
}

/** Flags that decide what is computed; absent ones come from the directory, where it has settings. */
export interface SettingFlags {
  readonly only?: readonly StudyName[];
  readonly network?: NetworkName;
  readonly seeds?: number;
  readonly preset?: PresetName;
  readonly epochs?: number;
}

const defaultSeeds = 5;

/** Of `all` in their order, each once. */
const ordered = <T>(all: readonly T[], some: readonly T[]): T[] => all.filter((one) => some.includes(one));

/**
 * What a directory holds, and what is asked for besides: studies and networks may be added, because cells do not depend on
 * which they are.
 * @throws UsageError where a flag, or this program, is another than the cells there were computed with
 */
export function extendSettings(
  path: string,
  kept: KeptSettings,
  version: string,
  { only = [], network, seeds, preset, epochs }: SettingFlags,
): KeptSettings {
  const refuse = (what: string, has: string): never => {
    throw new UsageError(`--out ${path}: was begun with ${has}, not ${what}; name another directory`);
  };
  if (kept.version !== version) refuse(`version ${version}`, `version ${kept.version}`);
  if (preset !== undefined && preset !== kept.preset) refuse(`--preset ${preset}`, `--preset ${kept.preset}`);
  if (epochs !== undefined && epochs !== kept.epochs)
    refuse(
      `--epochs ${epochs}`,
      kept.epochs === null ? "the epochs of its preset" : `--epochs ${kept.epochs}`,
    );
  if (seeds !== undefined && seeds !== kept.seeds) refuse(`--seeds ${seeds}`, `--seeds ${kept.seeds}`);
  return unite(kept, { studies: only, networks: network === undefined ? [] : [network] });
}

/**
 * Of a new study.
 * @throws UsageError on epochs that are too many
 */
export function newSettings(
  { only = studyNames, network, seeds = defaultSeeds, epochs }: SettingFlags,
  preset: PresetName,
): StudySettings {
  const networks = network === undefined ? networkNames : [network];
  try {
    for (const each of networks)
      for (const { options } of studies.flatMap(({ conditions }) => conditions))
        resolveExperiment(preset, each, { ...studyOptions(preset, epochs ?? null), ...options });
  } catch (error) {
    if (!(error instanceof OptionError)) throw error;
    throw new UsageError(`--${error.option} ${error.value}: ${error.message}`, { cause: error });
  }
  return { preset, epochs: epochs ?? null, seeds, networks, studies: ordered(studyNames, only) };
}

/**
 * The settings of several directories as those of one, with all their studies and networks.
 * @param version of this program, whose lists of cells and sets are those of its own cells
 * @throws UsageError where their cells were not computed alike, or by another version
 */
export function uniteSettings(
  parts: readonly { readonly path: string; readonly settings: KeptSettings }[],
  version: string,
): KeptSettings {
  const [first, ...others] = parts;
  if (first.settings.version !== version)
    throw new UsageError(
      `${first.path}: was begun with version ${first.settings.version}, and this is ${version}; ` +
        `merge it with fluxion ${first.settings.version}`,
    );
  return others.reduce((united, { path, settings }) => {
    if (basis(settings) !== basis(first.settings))
      throw new UsageError(
        `${path}: was begun with ${basis(settings)}, ${first.path} with ${basis(first.settings)}; ` +
          "merge directories that were begun alike",
      );
    return unite(united, settings);
  }, first.settings);
}

/**
 * What stands in a directory together with what this process adds: another process may be at work in it as well.
 * @throws UsageError where that one computes other cells
 */
export function joinSettings(path: string, kept: KeptSettings, own: KeptSettings): KeptSettings {
  if (basis(kept) !== basis(own))
    throw new UsageError(
      `--out ${path}: was begun with ${basis(kept)}, not ${basis(own)}; name another directory`,
    );
  return unite(kept, own);
}

/** Of all that stands in a directory, or is to, what this call asks for. */
export const askedSettings = <T extends StudySettings>(
  settings: T,
  { only = settings.studies, network }: SettingFlags,
): T => ({
  ...settings,
  networks: network === undefined ? settings.networks : [network],
  studies: ordered(studyNames, only),
});

const unite = (
  settings: KeptSettings,
  { studies, networks }: Pick<StudySettings, "studies" | "networks">,
): KeptSettings => ({
  ...settings,
  networks: ordered(networkNames, [...settings.networks, ...networks]),
  studies: ordered(studyNames, [...settings.studies, ...studies]),
});

/** What figures depend on, in words. */
const basis = ({ version, preset, epochs, seeds }: KeptSettings): string =>
  `--preset ${preset} --seeds ${seeds}${writeEpochs(epochs)} (version ${version})`;

/** What the figures of one cell depend on, in words. */
export const cellBasis = ({ version, preset, epochs }: CellBasis): string =>
  `--preset ${preset}${writeEpochs(epochs)} (version ${version})`;

const writeEpochs = (epochs: number | null): string => (epochs === null ? "" : ` --epochs ${epochs}`);
