/** What a rule of calculus is here: two sides made of a learner's answers, which ought to be equal. */
import type { DifferentiableFunction } from "../functions";

/** A curve to be asked about. Its derivative is for references beside a learner; no rule looks at it. */
export interface Question {
  /** Sorted points (T). */
  readonly grid: Float64Array<ArrayBuffer>;
  readonly curve: DifferentiableFunction;
}

/** A question as it was asked, and what the learner said; each (T). */
export interface Answer {
  readonly grid: ArrayLike<number>;
  /** The curve's samples, in their noise. */
  readonly f: ArrayLike<number>;
  /** N(f): what the learner takes for f′. */
  readonly slope: ArrayLike<number>;
}

/** What a rule holds to be equal, point by point (T). */
export interface Sides {
  readonly left: Float64Array<ArrayBuffer>;
  readonly right: Float64Array<ArrayBuffer>;
}

/**
 * Whether all curves that a trial asks about are taught in Moler's experiment, ±x … ±cos πx on its grids; otherwise one
 * at least is of a function or a sampling that it does not teach.
 */
export type TrialKind = "taught" | "unseen";

/** One use of a rule. */
export interface Trial {
  readonly kind: TrialKind;
  readonly questions: readonly Question[];
  /** @param answers to the questions, in their order */
  readonly sides: (answers: readonly Answer[]) => Sides;
}

/** What all rules ask about on one grid. A question that several rules share is one object, and asked once. */
export interface Subjects {
  /** The six functions, in the order of `calculusFunctions`. */
  readonly six: readonly Question[];
  readonly products: readonly Product[];
}

/** Two of the six, and fg on the same grid. */
export interface Product {
  /** Of fg. */
  readonly kind: TrialKind;
  readonly f: Question;
  readonly g: Question;
  readonly product: Question;
}

export interface Rule<Name extends string = string> {
  readonly name: Name;
  /** The formula, with N in place of ′. */
  readonly statement: string;
  readonly trials: (subjects: Subjects) => readonly Trial[];
}
