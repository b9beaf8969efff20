/** The table at the end of a training. */
import Table from "cli-table3";
import type { ScoredRun } from "../calculus";
import { scoreTable } from "./scores";

export function resultsTable(runs: readonly ScoredRun[]): string {
  const [head, ...rows] = scoreTable(runs);
  const table = new Table({
    head,
    colAligns: head.map((_, i) => (i === 0 ? "left" : "right")),
    style: { head: [], border: [], compact: true },
  });
  table.push(...rows);
  return table.toString();
}
