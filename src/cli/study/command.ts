/** What `fluxion study` and `fluxion study merge` do. */
import { join } from "node:path";
import { version } from "../../../package.json";
import {
  type Cell,
  type CellResult,
  cellKey,
  chosenStudies,
  describeCriterion,
  listCells,
  optionNames,
  type PresetName,
  presetNames,
  type Shard,
  type Study,
  type StudyName,
  type StudySummary,
  studyNames,
  studyOptions,
  takeShard,
  writeOption,
} from "../../calculus";
import { jsonLine, oneLine, plainName } from "../../engine/files/error";
import { UsageError } from "../errors";
import { OutputDirectory } from "../files";
import { openHost } from "../host";
import { endOnInterrupt, stoppedBefore } from "../interrupt";
import { shellWord } from "../shell";
import { presetFor, timestamp } from "../train";
import { flagOf } from "../train-flags";
import { readCells, readSettings, StudyDirectory } from "./directory";
import type { KeptSettings } from "./kept";
import { measureCell } from "./measure";
import { mergeCells, runCells } from "./session";
import {
  askedSettings,
  extendSettings,
  newSettings,
  type SettingFlags,
  type StudyFlags,
  uniteSettings,
} from "./settings";

export async function study(flags: StudyFlags): Promise<void> {
  const given = { ...flags, only: flags.only?.map(readStudyName) };
  if (flags.list) {
    process.stdout.write(listStudies(given));
    return;
  }
  const shard = flags.shard === undefined ? undefined : readShard(flags.shard);
  endOnInterrupt(stoppedBefore());
  const { out } = flags;
  const held = out === undefined ? undefined : readSettings(out);
  const kept = out !== undefined && held ? extendSettings(out, held, version, given) : undefined;
  let device: Awaited<ReturnType<typeof openHost>> | undefined;
  const fixed = kept?.preset ?? flags.preset;
  if (fixed === undefined) device = await openHost(flags);
  const settings = kept ?? {
    version,
    ...newSettings(given, fixed ?? presetFor(device?.adapter.software === true)),
  };
  const asked = askedSettings(settings, given);
  const all = listCells(chosenStudies(asked), asked);
  const cells = shard === undefined ? all : takeShard(all, shard, settings);
  const done = out === undefined ? [] : readCells(out, settings);
  const known = new Set(done.map(({ cell }) => cellKey(cell)));
  const needsDevice = (cell: Cell): boolean => cell.subject !== "classical" && !known.has(cellKey(cell));
  if (cells.some(needsDevice)) {
    device ??= await openHost(flags);
    warnOfMixture(done, device.adapter.description);
  }
  const path = out ?? OutputDirectory.fresh(join("runs", `${timestamp(new Date())}-study`)).path;
  const directory = new StudyDirectory(path, settings);
  const summary = await runCells(
    directory,
    settings,
    cells,
    (cell) => measureCell(cell, settings, device),
    goOnWith(path, flags),
  );
  const left = lackingCells(path, settings);
  const leftOfAsked = cells.some((cell) => left.includes(cellKey(cell)));
  // A directory has all its studies with all its networks, which need not have been asked for together.
  if (shard === undefined && !leftOfAsked)
    tellLacking(
      path,
      left,
      left.length === 1 ? " that was not asked for now" : " that were not asked for now",
    );
  tell(summary, path, flags.json === true);
}

/** Keys of the cells that the report needs and the directory has not. */
function lackingCells(path: string, settings: KeptSettings): readonly string[] {
  const done = new Set(readCells(path, settings).map(({ cell }) => cellKey(cell)));
  return listCells(chosenStudies(settings), settings)
    .map(cellKey)
    .filter((key) => !done.has(key));
}

function tellLacking(path: string, keys: readonly string[], which = ""): void {
  if (keys.length > 0)
    process.stderr.write(
      `the report lacks ${keys.length === 1 ? "a cell" : `${keys.length} cells`}${which}; ` +
        `to measure the rest: ${goOnWith(path, { adapter: "auto" })}\n`,
    );
}

/** Figures of several adapters differ in their last digits, which a training amplifies. */
export function warnOfMixture(results: readonly CellResult[], ...further: readonly string[]): void {
  const adapters = new Set([...results.flatMap(({ adapter }) => adapter ?? []), ...further]);
  if (adapters.size > 1)
    process.stderr.write(
      `trained on several adapters, ${[...adapters].sort().map(plainName).join(" and ")}: the report names them, ` +
        "and takes means and compares across them\n",
    );
}

/** The command that goes on with what this one asks for. What decides figures stands in the directory. */
export function goOnWith(path: string, { only, network, shard, adapter, json }: StudyFlags): string {
  const flags = {
    out: path,
    only: only?.join(","),
    network,
    shard,
    adapter: adapter === "auto" ? undefined : adapter,
  };
  const words = Object.entries(flags).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name}`, shellWord(value)],
  );
  return ["fluxion study", ...words, ...(json ? ["--json"] : [])].join(" ");
}

/** Flags that the directories to be merged have decided already. */
const decided = [
  "list",
  "only",
  "network",
  "seeds",
  "preset",
  "epochs",
  "shard",
] as const satisfies readonly (keyof StudyFlags)[];

export function merge(
  paths: readonly string[],
  flags: Pick<StudyFlags, "out" | "json" | (typeof decided)[number]>,
): void {
  const { out, json } = flags;
  const contrary = decided.find((name) => flags[name] !== undefined);
  if (contrary !== undefined)
    throw new UsageError(`--${contrary}: cannot stand beside merge, which takes studies as they are`);
  if (out === undefined) throw new UsageError("study merge: --out is missing, say where the results go");
  const held = [...paths, ...(readSettings(out) === undefined ? [] : [out])].map((path) => {
    const settings = readSettings(path);
    if (settings === undefined) throw new UsageError(`${path}: holds no study, has no study-settings.json`);
    return { path, settings };
  });
  const settings = uniteSettings(held, version);
  // Cells of other versions may be other files: they are read when it is known that they are not.
  const results = mergeCells(
    held.map((part) => ({ path: part.path, results: readCells(part.path, part.settings) })),
  );
  warnOfMixture(results);
  const directory = new StudyDirectory(out, settings);
  for (const result of results) directory.keep(result);
  tellLacking(out, lackingCells(out, settings));
  tell(directory.report(), out, json === true);
}

function tell(summary: StudySummary, path: string, json: boolean): void {
  for (const { name, cells, answer } of summary.results)
    process.stdout.write(`${name} (${cells.done} of ${cells.planned} cells): ${oneLine(answer)}\n`);
  process.stdout.write(`written to ${join(path, "study.html")}\n`);
  if (json) process.stdout.write(`${jsonLine(summary)}\n`);
}

function readStudyName(text: string): StudyName {
  const name = studyNames.find((known) => known === text);
  if (name === undefined) throw new UsageError(`--only ${text}: must be one of ${studyNames.join(", ")}`);
  return name;
}

/** "0/4": the first of four. */
export function readShard(text: string): Shard {
  const [, index, of] = /^(\d{1,6})\/(\d{1,6})$/.exec(text) ?? [];
  if (index === undefined || Number(index) >= Number(of))
    throw new UsageError(`--shard ${text}: must be i/n with i from 0 to n - 1, for instance 0/4`);
  return { index: Number(index), of: Number(of) };
}

/** Every study that is asked for with its cells, and how each preset trains. */
function listStudies(flags: SettingFlags): string {
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
