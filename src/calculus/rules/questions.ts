/** The questions of all rules as one batch of curves, and from the answers to the defects. */
import { randomStream } from "../../engine/random";
import { type CurveOptions, randomGrid } from "../curves";
import { calculusFunctions } from "../functions";
import { productOf } from "./compounds";
import type { Answer, Question, Subjects, Trial, TrialKind } from "./rule";
import { calculusRules, type RuleName } from "./rules";

/** @param grid sorted points (T) in [−1, 1] */
export function subjectsOn(grid: Float64Array<ArrayBuffer>): Subjects {
  const six = calculusFunctions.map((curve) => ({ grid, curve }));
  const [x, x2, x3, x4, sine, cosine] = six;
  const products = (kind: TrialKind, pairs: readonly (readonly [Question, Question])[]) =>
    pairs.map(([f, g]) => ({ kind, f, g, product: { grid, curve: productOf(f.curve, g.curve) } }));
  return {
    six,
    products: [
      // x², x³, x⁴ and x⁴ again.
      ...products("taught", [
        [x, x],
        [x, x2],
        [x, x3],
        [x2, x2],
      ]),
      ...products("unseen", [
        [x, x4],
        [x2, x3],
        ...[x, x2, x3, x4].flatMap((power) => [[power, sine] as const, [power, cosine] as const]),
        [sine, cosine],
      ]),
    ],
  };
}

/** N curves of T points. */
export interface RuleQuestions {
  readonly samples: number;
  /** (N, 2, T): the grid, and f(grid) + noise. */
  readonly x: Float32Array<ArrayBuffer>;
  /** (N, 1, T): f′(grid) + noise, which is how the exact derivative would answer in the noise of training. */
  readonly target: Float32Array<ArrayBuffer>;
  readonly trials: readonly AskedTrial[];
}

interface AskedTrial extends Trial {
  readonly rule: RuleName;
  /** Where the trial's questions stand among the N. */
  readonly rows: readonly number[];
}

/** How far a learner is from keeping a rule, over all points of all trials of one kind. */
export interface RuleDefect {
  readonly rule: RuleName;
  readonly kind: TrialKind;
  /** Root mean square of left side − right side. */
  readonly defect: number;
  /** Root mean square of the rule's larger side. */
  readonly scale: number;
  /** defect / scale. It is null where both sides are 0 throughout: the rule then tells nothing of the learner. */
  readonly ratio: number | null;
}

/** Separates this noise from that of training curves and of other sets of curves. */
const noisePart = 2 ** 16;

/**
 * What all rules ask, on `grids` grids that no training curve has. Every question has its own noise, of the size of
 * training. More grids leave the numbers of the first as they were.
 */
export function ruleQuestions(
  { curves, samples, noise, seed }: Omit<CurveOptions, "family">,
  grids: number,
): RuleQuestions {
  const rows = new Map<Question, number>();
  const rowOf = (question: Question): number => {
    const row = rows.get(question) ?? rows.size;
    rows.set(question, row);
    return row;
  };
  // Those before it are the grids of the training curves.
  const firstGrid = curves / calculusFunctions.length;
  const trials = Array.from({ length: grids }, (_, i) =>
    subjectsOn(Float64Array.from(randomGrid(samples, seed, firstGrid + i))),
  ).flatMap((subjects) =>
    calculusRules.flatMap((rule) =>
      rule.trials(subjects).map((trial) => ({ ...trial, rule: rule.name, rows: trial.questions.map(rowOf) })),
    ),
  );

  const x = new Float32Array(rows.size * 2 * samples);
  const target = new Float32Array(rows.size * samples);
  for (const [{ grid, curve }, row] of rows) {
    const noises = randomStream(seed, "noise", row, noisePart);
    const points = x.subarray(2 * row * samples, (2 * row + 1) * samples);
    points.set(grid);
    // At the very points that the learner sees.
    points.forEach((at, t) => {
      x[(2 * row + 1) * samples + t] = curve.f(at) + noise * noises.normal();
      target[row * samples + t] = curve.derivative(at) + noise * noises.normal();
    });
  }
  return { samples, x, target, trials };
}

/**
 * By rule, those on taught curves first.
 * @param answers (N, 1, T) to the questions
 * @throws RangeError when they are not as many as the questions have points
 */
export function ruleDefects(questions: RuleQuestions, answers: ArrayLike<number>): RuleDefect[] {
  const { samples, x, trials } = questions;
  if (2 * answers.length !== x.length)
    throw new RangeError(`${x.length / 2} answers expected, got ${answers.length}`);
  const slopes = Float64Array.from(answers);
  const answerOf = (row: number): Answer => ({
    grid: x.subarray(2 * row * samples, (2 * row + 1) * samples),
    f: x.subarray((2 * row + 1) * samples, (2 * row + 2) * samples),
    slope: slopes.subarray(row * samples, (row + 1) * samples),
  });
  return calculusRules.flatMap(({ name }) =>
    (["taught", "unseen"] as const).flatMap((kind) => {
      const own = trials.filter((trial) => trial.rule === name && trial.kind === kind);
      if (own.length === 0) return [];
      let [difference, left, right] = [0, 0, 0];
      for (const trial of own) {
        const sides = trial.sides(trial.rows.map(answerOf));
        sides.left.forEach((value, t) => {
          difference += (value - sides.right[t]) ** 2;
          left += value ** 2;
          right += sides.right[t] ** 2;
        });
      }
      const points = own.length * samples;
      const defect = Math.sqrt(difference / points);
      const scale = Math.sqrt(Math.max(left, right) / points);
      return [{ rule: name, kind, defect, scale, ratio: scale === 0 ? null : defect / scale }];
    }),
  );
}
