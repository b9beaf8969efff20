/** A run as files. Loaded when something is first exported: the CSV writer comes with it. */
import { predictionRows, writeMetricsCsv, writePredictionsCsv } from "../../calculus";
import type { Run } from "../session/run";

export type FileKind = "metrics" | "predictions" | "model" | "run";

/** A file to be saved. */
interface ExportedFile {
  readonly name: string;
  readonly type: string;
  readonly content: string | Uint8Array<ArrayBuffer>;
}

/** "fluxion-cnn-run-3". */
const stem = ({ settings, number, recorded }: Run): string =>
  `fluxion-${settings.network}-${recorded === undefined ? `run-${number}` : "recorded"}`;

/** @throws RangeError where the run has nothing of the kind */
export function exportRun(run: Run, kind: FileKind): ExportedFile {
  const { trained } = run.outcome ?? {};
  const missing = () => new RangeError(`the run has no ${kind}`);
  switch (kind) {
    case "metrics":
      return { name: `${stem(run)}-metrics.csv`, type: "text/csv", content: writeMetricsCsv(run.history) };
    case "predictions":
      if (!trained) throw missing();
      return {
        name: `${stem(run)}-predictions.csv`,
        type: "text/csv",
        content: writePredictionsCsv(predictionRows(run.test, trained.prediction)),
      };
    case "model":
      if (!trained?.model) throw missing();
      return {
        name: `${stem(run)}-model.safetensors`,
        type: "application/octet-stream",
        content: trained.model,
      };
    case "run":
      return { name: `${stem(run)}.json`, type: "application/json", content: writeRunJson(run) };
    default:
      throw new RangeError(`unknown kind ${kind satisfies never}`);
  }
}

/**
 * All of a run but its weights and its test curves, which its data options generate anew. Typed arrays are arrays,
 * `Infinity` is "none" and what is no number null.
 */
function writeRunJson({ number, recorded, settings, experiment, facts, history, outcome }: Run): string {
  const { model: _, ...trained } = outcome?.trained ?? {};
  const plain = {
    format: "fluxion-run/1",
    number,
    recorded,
    settings,
    experiment,
    facts,
    outcome: outcome && { ...outcome, trained: outcome.trained && trained },
    history,
  };
  return `${JSON.stringify(plain, replace, 1)}\n`;
}

function replace(_: string, value: unknown): unknown {
  if (value === Number.POSITIVE_INFINITY) return "none";
  // Nine digits bring every float32 back exactly.
  if (value instanceof Float32Array) return Array.from(value, (each) => Number(each.toPrecision(9)));
  return value;
}
