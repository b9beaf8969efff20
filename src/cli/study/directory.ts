/** The directory of a study: its settings, one file for every finished cell, and the report on them. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { version } from "../../../package.json";
import {
  type CellResult,
  cellKey,
  chosenStudies,
  listCells,
  type StudySummary,
  summariseStudies,
} from "../../calculus";
import { readRegular } from "../../node/cache";
import { fileError, UsageError } from "../errors";
import { OutputDirectory } from "../files";
import { isKeptCell, isSettings, type KeptCell, type KeptSettings, versionOf } from "./kept";
import { writeStudyReport } from "./report";
import { cellBasis, joinSettings } from "./settings";

const settingsName = "study-settings.json";
const cellsName = "cells";

const removeCell = "; remove it to compute it again";
const removeSettings = "; remove it and begin the study with its flags again, its cells are kept";

/** The settings of a directory that a study was begun in; undefined where there are none. Throws UsageError. */
export function readSettings(path: string): KeptSettings | undefined {
  const file = join(path, settingsName);
  if (!existsSync(file)) return undefined;
  const kept = readJson(file, removeSettings);
  if (!isSettings(kept)) {
    const other = versionOf(kept);
    throw new UsageError(
      other === undefined || other === version
        ? `${file}: is not the settings of a study${removeSettings}`
        : `${path}: was begun with version ${other}, and this is ${version}; use that one, or name another directory`,
    );
  }
  return kept;
}

/**
 * The finished cells of a directory, in the order of the list. Throws UsageError on a file that is none, or was computed with
 * another version, preset or other epochs.
 */
export function readCells(path: string, settings: KeptSettings): CellResult[] {
  const directory = join(path, cellsName);
  const present = new Set(existsSync(directory) ? readdirSync(directory) : []);
  return listCells(chosenStudies(settings), settings).flatMap((cell) => {
    const key = cellKey(cell);
    if (!present.has(`${key}.json`)) return [];
    const file = join(directory, `${key}.json`);
    const kept = readJson(file, removeCell);
    if (!isKeptCell(kept) || cellKey(kept.cell) !== key)
      throw new UsageError(`${file}: is not the result of that cell${removeCell}`);
    if (cellBasis(kept) !== cellBasis(settings))
      throw new UsageError(
        `${file}: was computed with ${cellBasis(kept)}, not ${cellBasis(settings)}${removeCell}`,
      );
    const { version, preset, epochs, ...result } = kept;
    return [result];
  });
}

/** Writes settings, cells and report into a directory. */
export class StudyDirectory {
  readonly #settings: KeptSettings;
  readonly #top: OutputDirectory;
  readonly #cells: OutputDirectory;

  /** Throws UsageError when it cannot be written to. */
  constructor(path: string, settings: KeptSettings) {
    this.#settings = settings;
    this.#top = new OutputDirectory(path);
    this.#cells = new OutputDirectory(join(path, cellsName));
  }

  get path(): string {
    return this.#top.path;
  }

  /** Writes the settings, so that a study killed in its first cell goes on as the same. Throws as `keep` does. */
  begin(): void {
    this.#keepSettings();
  }

  /** Throws UsageError where cells of other settings stand there meanwhile. */
  keep(result: CellResult): void {
    const { version, preset, epochs } = this.#keepSettings();
    const kept: KeptCell = { version, preset, epochs, ...result };
    this.#cells.write(new Map([[`${cellKey(result.cell)}.json`, json(kept)]]));
  }

  /**
   * Writes the settings where they lack some of these. Returns what stands there then, which includes the studies and
   * networks of other processes at work in this directory.
   */
  #keepSettings(): KeptSettings {
    const kept = readSettings(this.path);
    const all = kept === undefined ? this.#settings : joinSettings(this.path, kept, this.#settings);
    if (JSON.stringify(kept) !== JSON.stringify(all)) this.#top.write(new Map([[settingsName, json(all)]]));
    return all;
  }

  /** study.json and study.html on all that is done here; returns the former. */
  report(): StudySummary {
    const all = this.#keepSettings();
    const { version, ...settings } = all;
    const summary = summariseStudies(version, settings, readCells(this.path, all));
    this.#top.write(
      new Map([
        ["study.json", json(summary)],
        ["study.html", writeStudyReport(summary)],
      ]),
    );
    return summary;
  }
}

const json = (value: unknown): string => `${JSON.stringify(value, undefined, 1)}\n`;

/** @param remedy ends the complaint */
function readJson(file: string, remedy: string): unknown {
  try {
    return JSON.parse(readRegular(file).toString());
  } catch (error) {
    if (error instanceof SyntaxError) throw new UsageError(`${file}: is not JSON${remedy}`, { cause: error });
    throw fileError(file, error);
  }
}
