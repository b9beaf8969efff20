import { test } from "vitest";
import { biLstm, gru } from "../../../src/engine";
import { expectVariants } from "./variants";

// Their products with the input are convolutions of kernel 1, those of a dense layer.
test.for([
  { spec: biLstm({ hidden: 33 }), shape: [33, 3, 3] },
  { spec: gru({ hidden: 5 }), shape: [17, 3, 7] },
] as const)("every variant of $spec.kind of $shape (B, C, T), $spec", async ({ spec, shape }) => {
  await expectVariants(spec, shape, ["recurrence forward", "recurrence backward", "weight gradient"]);
});
