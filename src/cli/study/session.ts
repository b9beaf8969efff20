/** All cells of a study, one after the other: each leaves its file as soon as it is done. */
import { type Cell, type CellResult, cellKey, type StudySummary } from "../../calculus";
import { UsageError } from "../errors";
import { endOnInterrupt, stopOnInterrupt } from "../interrupt";
import { readCells, type StudyDirectory } from "./directory";
import type { KeptSettings } from "./kept";

/** How a cell is measured. */
export type Measure = (cell: Cell) => Promise<CellResult>;

/**
 * Measures the cells that the directory lacks and writes the report. Ctrl-C lets the running cell end and begins no
 * other; a second one abandons it. Sets the exit status when cells are left, so that a scheduler does not take the shard
 * for done, and when a training diverges.
 * @param command that goes on with these cells
 */
export async function runCells(
  directory: StudyDirectory,
  settings: KeptSettings,
  cells: readonly Cell[],
  measure: Measure,
  command: string,
): Promise<StudySummary> {
  const known = new Set(readCells(directory.path, settings).map(({ cell }) => cellKey(cell)));
  const missing = cells.filter((cell) => !known.has(cellKey(cell)));
  const goOn = `to go on: ${command}`;
  if (missing.length < cells.length)
    process.stderr.write(`${cells.length - missing.length} of ${cells.length} cells are done already\n`);
  const interrupted = stopOnInterrupt(
    () => process.stderr.write("stopping after this cell; Ctrl-C again abandons it\n"),
    () => process.stderr.write(`abandoned: finished cells are kept, ${goOn}\n`),
  );
  directory.begin();
  for (const [i, cell] of missing.entries()) {
    process.stderr.write(`${cellKey(cell)}, cell ${i + 1} of ${missing.length}\n`);
    directory.keep(await measure(cell));
    // A signal that came while nothing was awaited is handled in the next turn.
    await new Promise((done) => setImmediate(done));
    const status = interrupted();
    if (status === undefined) continue;
    if (i + 1 < missing.length) {
      process.stderr.write(`stopped after ${i + 1} of ${missing.length} cells, ${goOn}\n`);
      process.exitCode = status;
    }
    break;
  }
  endOnInterrupt("stopped: finished cells are kept");
  const asked = new Set(cells.map(cellKey));
  for (const { cell, ended } of readCells(directory.path, settings))
    if (ended === "diverged" && asked.has(cellKey(cell))) {
      process.stderr.write(`fluxion: training diverged (${cellKey(cell)})\n`);
      process.exitCode ??= 1;
    }
  return directory.report();
}

const by = ({ adapter }: CellResult): string => adapter ?? "computed without a GPU";

/** Cells of several directories as one list; those that stand in more than one must be the same. */
export function mergeCells(
  parts: readonly { readonly path: string; readonly results: readonly CellResult[] }[],
): CellResult[] {
  const merged = new Map<string, { readonly path: string; readonly result: CellResult }>();
  for (const { path, results } of parts)
    for (const result of results) {
      const key = cellKey(result.cell);
      const other = merged.get(key);
      if (other !== undefined && JSON.stringify(other.result) !== JSON.stringify(result))
        throw new UsageError(
          `${key}: has other figures in ${path} (${by(result)}) than in ${other.path} (${by(other.result)}); ` +
            `remove cells/${key}.json from one of them`,
        );
      merged.set(key, { path, result });
    }
  return Array.from(merged.values(), ({ result }) => result);
}
