import type { KernelCall } from "../gpu/kernel";
import type { Slice } from "../gpu/memory";

/** One way to compute something. */
export interface Variant {
  /** Unique among those of a problem: `10x8 quads`. */
  readonly name: string;
  /** Its dispatches. */
  readonly calls: () => readonly KernelCall[];
  /**
   * Some of the work, to check and to time it: from its beginning, `part` of it, 0 … 1, or so much as all variants do. The
   * plain variant does only some of what others with an equal or larger part do, here and there.
   */
  readonly excerpt: (part: number) => Excerpt;
}

/** Some of a variant's work. */
export interface Excerpt {
  /** Runs first, and takes the same time however small the part is: a share of it, as large, counts. */
  readonly prepare?: readonly KernelCall[];
  readonly calls: readonly KernelCall[];
}

export type ProblemKind = "convolution" | "weight gradient" | "recurrence forward" | "recurrence backward";

/** Something that a network has to compute and that can be computed in several ways. */
export interface Problem {
  readonly kind: ProblemKind;
  /** All sizes that matter, the same for every layer that has them: `128 → 128, kernel 5, 200 × 100`. */
  readonly sizes: string;
  readonly flops: number;
  /** The f32 values that it reads and writes. */
  readonly data: readonly Slice[];
  /** The one that fixed rules choose comes first. */
  readonly variants: readonly [Variant, ...(readonly Variant[])];
  /** The simplest, against which the others are checked. */
  readonly plain: Variant;
}

/** What was chosen for a problem. */
export interface Choice {
  readonly variant: string;
  /** As it was measured, 10⁹ floating-point operations a second. */
  readonly gflops?: number;
}

/**
 * Choices by `KIND SIZES`; a kind alone stands for all its problems that have none of their own. What is not in it, or
 * names a variant that there is not, goes by the rules. With equal tunings two trainings on one device have equal bits.
 */
export type Tuning = Readonly<Record<string, Choice>>;

/** Whether what was kept somewhere is a tuning. */
export const isTuning = (value: unknown): value is Tuning =>
  isRecord(value) && Object.values(value).every(isChoice);

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isChoice = (value: unknown): value is Choice =>
  isRecord(value) &&
  typeof value.variant === "string" &&
  (value.gflops === undefined || (typeof value.gflops === "number" && value.gflops > 0));

export const keyOf = ({ kind, sizes }: Pick<Problem, "kind" | "sizes">): string => `${kind} ${sizes}`;

export const choiceOf = (tuning: Tuning, problem: Pick<Problem, "kind" | "sizes">): Choice | undefined =>
  tuning[keyOf(problem)] ?? tuning[problem.kind];

/** The variant that a tuning names, or the one by the rules. */
export function variantOf(problem: Problem, tuning: Tuning): Variant {
  const name = choiceOf(tuning, problem)?.variant;
  const { variants, plain } = problem;
  return [...variants, plain].find((variant) => variant.name === name) ?? variants[0];
}

/** Workgroups for a part of the work: so much at least, and at most all. */
export const atLeast = (count: number, part: number): number => Math.min(count, Math.ceil(count * part));
