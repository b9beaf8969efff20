import { inspect } from "node:util";

/** Holds a claim against every row of data. The error of one that fails names the row. */
export function forRows<Row>(rows: readonly Row[], claim: (row: Row) => void): void {
  for (const row of rows) {
    try {
      claim(row);
    } catch (cause) {
      throw nameRow(row, cause);
    }
  }
}

/** The same for a claim that takes its time, row after row. */
export async function forRowsInTurn<Row>(
  rows: readonly Row[],
  claim: (row: Row) => Promise<void>,
): Promise<void> {
  for (const row of rows) {
    try {
      await claim(row);
    } catch (cause) {
      throw nameRow(row, cause);
    }
  }
}

function nameRow(row: unknown, cause: unknown): Error {
  const shown = inspect(row, { breakLength: Number.POSITIVE_INFINITY, maxArrayLength: 8 });
  const words = cause instanceof Error ? cause.message : String(cause);
  return new Error(`${shown.length > 200 ? `${shown.slice(0, 200)}…` : shown}: ${words}`, { cause });
}
