import type { DifferentiableFunction } from "../functions";

/** A function of a family. */
export interface Member extends DifferentiableFunction {
  /** As one types it, "x*sin(pi*x)"; or which of the random ones it is. */
  readonly name: string;
}

/** Functions on [−1, 1] that no network was taught, and what they ask of one that was taught six. */
export interface Family {
  readonly name: string;
  readonly question: string;
  /** Always the same functions, or random ones of this seed. */
  readonly members: (seed: number) => readonly Member[];
}
