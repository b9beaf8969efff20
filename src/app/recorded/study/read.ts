/**
 * The studies as they were recorded, for visitors who will not wait: `study.json` as
 * `fluxion study --out DIRECTORY` writes it. The build leaves out of it what the page does not show.
 */
import type { RecordedStudy } from "./compact";

/** In its own piece, which is loaded when it is asked for. */
export const loadStudy = async (): Promise<RecordedStudy> =>
  readStudy((await import("./study.json?raw")).default);

/** @throws SyntaxError, TypeError for a text that is no study */
export function readStudy(text: string): RecordedStudy {
  const study: unknown = JSON.parse(text);
  if (!isStudy(study)) throw new TypeError("study.json holds no results of a study");
  return study;
}

/** The command line writes it and the tests read it: what is looked at here is that it is of this kind at all. */
const isStudy = (value: unknown): value is RecordedStudy =>
  typeof value === "object" &&
  value !== null &&
  "results" in value &&
  Array.isArray(value.results) &&
  value.results.every((result) => Array.isArray(result?.conditions) && typeof result.answer === "string");
