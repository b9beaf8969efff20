import type { KernelChoice } from "../../src/nn/layer";

/**
 * Kernels come in two kinds: large register tiles and shared loads for software adapters, more and smaller threads
 * for hardware. Either kind runs on any adapter, so both are tested on whatever there is.
 */
export type AdapterKind = "software" | "hardware";

export const kernelsFor = (kind: AdapterKind): Partial<KernelChoice> => ({ software: kind === "software" });
