import type { KernelChoice } from "../../src/nn/layer";

/**
 * Kernels come in kinds: large register tiles for software adapters, with loads that quads share where there are subgroups or
 * without (as in Deno), more and smaller threads for hardware. Every kind runs on any adapter, so all are tested on whatever
 * there is.
 */
export type AdapterKind = "software" | "apart" | "hardware";

export const kernelsFor = (kind: AdapterKind): Partial<KernelChoice> => ({
  software: kind !== "hardware",
  ...(kind === "apart" && { subgroups: false, quads: false }),
});
