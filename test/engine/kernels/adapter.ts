import type { KernelChoice } from "../../../src/engine/layers/layer";

/**
 * Kernels come in kinds: large register tiles for software adapters, whose loads quads share, more and smaller threads for
 * hardware. Either runs on any adapter, so both are tested on whatever there is. What computes without subgroups is tested
 * where there are none: in Deno, by the variants.
 */
export type AdapterKind = "software" | "hardware";

export const kernelsFor = (kind: AdapterKind): Partial<KernelChoice> => ({ software: kind === "software" });
