/** What a study is: a question, a hypothesis, and the claims by which figures decide on it. */
import { type NetworkName, networkNames } from "../options";
import type { RuleName } from "../rules/rules";
import type { BySeed } from "./by-seed";
import type { Condition } from "./condition";
import type { SetKind } from "./kind";
import type { StencilProperty } from "./stencil-properties";

export const studyNames = [
  "unseen",
  "rules",
  "stencil",
  "diversity",
  "inputs",
  "noise",
  "sampling",
  "split",
  "inverse",
  "choices",
] as const;
export type StudyName = (typeof studyNames)[number];

/** Who is asked: a network to be trained, or the classical opponents all together. */
export const subjects = [...networkNames, "classical"] as const;
export type Subject = NetworkName | "classical";

export interface Study {
  readonly name: StudyName;
  readonly question: string;
  readonly hypothesis: string;
  /** The claims in words, but for the precondition that all studies have. */
  readonly criterion: string;
  /** What else stands beside the networks, to compare with. */
  readonly control: string;
  /** The first is the one with which others are compared, and under which networks must have learnt something. */
  readonly conditions: readonly Condition[];
  /** How Moler's six are sampled where that is to show; absent: as in the test. */
  readonly learntOn?: string;
  /** What its tables tell of those that a cell is asked. */
  readonly sets: readonly string[];
  /** Whether its tables tell of the rules of calculus. */
  readonly rules?: true;
  /** Whether its tables tell of the weights with which the answer at a point takes the samples. */
  readonly stencils?: true;
  /** The sets, rules and properties of stencils whose figures stand in its answer. */
  readonly headline: readonly string[];
  readonly claims: (figures: Figures) => readonly Claim[];
  /** What else its answer says. */
  readonly remarks?: (figures: Figures) => readonly string[];
}

/** One part of a hypothesis: that one figure is below another. */
export interface Claim {
  /** What is the case if it is. */
  readonly text: string;
  readonly lower: BySeed;
  readonly higher: BySeed;
}

/** The figures of a study, seed by seed; none where cells are missing. */
export interface Figures {
  /** Those that were to be trained. */
  readonly networks: readonly NetworkName[];
  /** With which each was to be trained. */
  readonly seeds: number;
  /** Those of the study that differ with this preset. */
  readonly conditions: readonly Condition[];
  readonly kindOf: (set: string, condition: Condition) => SetKind;
  /** RMSE on a set. */
  readonly rmse: (predictor: string, set: string, condition: Condition) => BySeed;
  /** Defect of a rule over its scale, on trials of a kind. */
  readonly defect: (predictor: string, rule: RuleName, kind: SetKind, condition: Condition) => BySeed;
  /** Of a predictor's stencil. */
  readonly stencil: (predictor: string, property: StencilProperty, condition: Condition) => BySeed;
}
