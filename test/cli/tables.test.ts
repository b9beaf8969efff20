import { expect, test } from "vitest";
import type { PeerFigures } from "../../bench/comparison";
import { peerReasons, peerTable } from "../../src/cli/bench-tables";
import { figure, markdownTable, textTable } from "../../src/cli/table";

test("figures have three digits, and no exponent before the point", () => {
  expect([6912.4, 999.6, 57.46, 1.304, 0.0123456].map(figure)).toEqual([
    "6912",
    "1000",
    "57.5",
    "1.3",
    "0.0123",
  ]);
});

const table = { head: ["kernel", "ms"], words: [0], rows: [["a|b", 1.5]] };

test("a table for a document", () => {
  expect(markdownTable(table)).toBe("| kernel | ms |\n|---|---:|\n| a\\|b | 1.5 |");
});

test("a table for the terminal", () => {
  expect(textTable(table)).toMatch(/│ kernel │ +ms │\n[^\n]+\n│ a\|b +│ 1.5 │/);
});

const pairing = { peer: "tfjs-webgpu", version: "4.22.0", network: "cnn" } as const;
const failures = [{ ...pairing, batch: 200, reason: "the GPU device was lost" }];
const unsupported = [
  { ...pairing, peer: "jax-js", version: "0.1.25", network: "bilstm", reason: "has no loop" } as const,
];

test("peers stand beside Fluxion; what failed or cannot be has a line and a reason", () => {
  const figures: PeerFigures = {
    ...{ ...pairing, batch: 20, msPerStep: 4700, oursMsPerStep: 130, ratio: 36.15 },
    spreadMs: [4600, 4900],
    oursSpreadMs: [128, 140],
    ...{ warmUpMs: 9000, firstLoss: 1, oursFirstLoss: 1 },
  };
  const { head, rows } = peerTable([figures], unsupported, failures);
  expect(rows).toEqual([
    ...[["tfjs-webgpu", "4.22.0", "cnn", 20, "4700", "4600 … 4900", "9000", "130", "128 … 140", "36.1"]],
    ...[["tfjs-webgpu", "4.22.0", "cnn", 200, "failed", "", "", "", "", ""]],
    ...[["jax-js", "0.1.25", "bilstm", "", "unsupported", "", "", "", "", ""]],
  ]);
  expect(rows.every((row) => row.length === head.length)).toBe(true);
  expect(peerReasons(unsupported, failures)).toEqual([
    "tfjs-webgpu, cnn, batch 200: failed: the GPU device was lost",
    "jax-js, bilstm: unsupported: jax-js has no loop",
  ]);
});
