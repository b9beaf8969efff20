import { test } from "vitest";
import { solverCase } from "../../../src/check/reference-case";
import { sgdm } from "../../../src/engine/training/options";
import { expectCase } from "./case";

test.for([
  { length: 1, momentum: 0.9, l2: 0.1, kind: "software" },
  { length: 2049, momentum: 0.9, l2: 0.1, kind: "software" },
  { length: 129, momentum: 0, l2: 0, kind: "software" },
  { length: 5001, momentum: 0.5, l2: 1e-4, kind: "hardware" },
] as const)("$length weights, momentum $momentum, L2 $l2, $kind: five steps", async (sizes) => {
  const { length, momentum, l2, kind } = sizes;
  await expectCase(solverCase(sgdm({ momentum }), { length, l2 }), kind);
});
