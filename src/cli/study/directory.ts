/** The directory of a study: its settings, one file for every finished cell, and the report on them. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  type CellResult,
  cellKey,
  chosenStudies,
  listCells,
  type StudySettings,
  studyNames,
  summariseStudies,
} from "../../expressions";
import { presetNames } from "../../index";
import { fileError, UsageError } from "../errors";
import { OutputDirectory } from "../files";
import { writeStudyReport } from "./report";

/** What study-settings.json holds. */
export interface KeptSettings extends StudySettings {
  /** Of the program: another one computes other figures. */
  readonly version: string;
}

const settingsName = "study-settings.json";
const cellsName = "cells";

/** The settings of a directory that a study was begun in; undefined where there are none. Throws UsageError. */
export function readSettings(path: string): KeptSettings | undefined {
  const file = join(path, settingsName);
  if (!existsSync(file)) return undefined;
  const kept = readJson(file);
  if (!isSettings(kept)) throw new UsageError(`${file}: is not the settings of a study`);
  return kept;
}

/** The finished cells of a directory, in the order of the list. Throws UsageError on a file that is none. */
export function readCells(path: string, settings: StudySettings): CellResult[] {
  const directory = join(path, cellsName);
  const present = new Set(existsSync(directory) ? readdirSync(directory) : []);
  return listCells(chosenStudies(settings), settings.seeds).flatMap((cell) => {
    const key = cellKey(cell);
    if (!present.has(`${key}.json`)) return [];
    const file = join(directory, `${key}.json`);
    const kept = readJson(file);
    if (!isResult(kept) || cellKey(kept.cell) !== key)
      throw new UsageError(`${file}: is not the result of that cell; remove it to compute it again`);
    return [kept];
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

  /** The first one writes the settings as well. */
  keep(result: CellResult): void {
    if (!existsSync(join(this.path, settingsName)))
      this.#top.write(new Map([[settingsName, json(this.#settings)]]));
    this.#cells.write(new Map([[`${cellKey(result.cell)}.json`, json(result)]]));
  }

  /** study.json and study.html on what is done; returns the former. */
  report(results: readonly CellResult[]) {
    const { version, ...settings } = this.#settings;
    const summary = summariseStudies(version, settings, results);
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

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    if (error instanceof SyntaxError) throw new UsageError(`${file}: is not JSON`, { cause: error });
    throw fileError(file, error);
  }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isOneOf = <T>(value: unknown, all: readonly T[]): boolean => all.some((one) => one === value);

const isSettings = (value: unknown): value is KeptSettings =>
  isRecord(value) &&
  typeof value.version === "string" &&
  isOneOf(value.preset, presetNames) &&
  Number.isSafeInteger(value.seeds) &&
  Array.isArray(value.studies) &&
  value.studies.every((name) => isOneOf(name, studyNames));

const isCell = (value: unknown): boolean =>
  isRecord(value) &&
  ["study", "condition", "subject"].every((key) => typeof value[key] === "string") &&
  Number.isSafeInteger(value.seed);

const isScore = (value: unknown): boolean =>
  isRecord(value) &&
  ["predictor", "set"].every((key) => typeof value[key] === "string") &&
  isOneOf(value.kind, ["taught", "unseen"]) &&
  typeof value.rmse === "number" &&
  isRecord(value.members) &&
  Object.values(value.members).every((rmse) => typeof rmse === "number");

const isResult = (value: unknown): value is CellResult =>
  isRecord(value) &&
  isCell(value.cell) &&
  isOneOf(value.ended, ["done", "diverged"]) &&
  (value.adapter === null || typeof value.adapter === "string") &&
  Array.isArray(value.scores) &&
  value.scores.every(isScore);
