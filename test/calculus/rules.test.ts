/** Rules as tests of a learner: the exact derivative keeps them all, and a planted fault breaks those that it should. */
import { describe, expect, it } from "vitest";
import { generateCurves } from "../../src/calculus/curves";
import { calculusFunctions } from "../../src/calculus/functions";
import { answerCurves, classicalOpponents } from "../../src/calculus/opponents/opponents";
import {
  type RuleDefect,
  type RuleQuestions,
  ruleDefects,
  ruleQuestions,
  subjectsOn,
} from "../../src/calculus/rules/questions";
import type { Rule, Trial } from "../../src/calculus/rules/rule";
import { calculusRules, ruleNames } from "../../src/calculus/rules/rules";

const data = { curves: 60, samples: 100, noise: 1e-3, seed: 3 };
const grids = 4;
const exact = { ...data, noise: 0 };

const uniform = (intervals: number) =>
  Float64Array.from({ length: intervals + 1 }, (_, t) => (2 * t) / intervals - 1);

/** The largest difference between the sides when the exact derivative answers, all in float64. */
const worst = ({ questions, sides }: Trial): number => {
  const { left, right } = sides(
    questions.map(({ grid, curve }) => ({
      grid,
      f: grid.map(curve.f),
      slope: grid.map(curve.derivative),
    })),
  );
  return Math.max(...left.map((value, t) => Math.abs(value - right[t])));
};

const label = ({ rule, kind }: RuleDefect) => `${rule}, ${kind}`;

/** The ratio of each rule, by label. */
const ratios = (defects: readonly RuleDefect[]) =>
  Object.fromEntries(defects.map((defect) => [label(defect), defect.ratio]));

/** What a learner breaks when everything else about it is exact. The trapezoid rule errs by less than 0.01. */
const broken = (defects: readonly RuleDefect[]) =>
  defects.filter(({ ratio }) => ratio !== null && ratio > 0.01).map(label);

/** Of the exact derivative in the noise of the questions, then of every opponent. */
const references = (questions: RuleQuestions, noise: number) => [
  { name: "exact in noise", defects: ruleDefects(questions, questions.target) },
  ...classicalOpponents(noise).map((opponent) => ({
    name: opponent.name,
    defects: ruleDefects(questions, answerCurves(opponent, questions.x, questions.samples)),
  })),
];

const all = ruleDefects(ruleQuestions(data, 1), ruleQuestions(data, 1).target).map(label);

it("rules have names and statements of their own", () => {
  expect(calculusRules.map(({ name }) => name)).toEqual([...ruleNames]);
  expect(new Set(calculusRules.map(({ statement }) => statement)).size).toBe(ruleNames.length);
});

describe("the exact derivative", () => {
  const rulesBut = (name: string) => calculusRules.filter((rule) => rule.name !== name);
  const named = (name: string) => calculusRules.find((rule) => rule.name === name) as Rule;

  it.each(rulesBut("fundamental theorem"))("keeps the rule of $name to rounding", ({ trials }) => {
    for (const intervals of [1, 8, 99])
      for (const trial of trials(subjectsOn(uniform(intervals)))) expect(worst(trial)).toBeLessThan(1e-12);
  });

  it("keeps the fundamental theorem up to the trapezoid rule's error, which falls with the spacing squared", () => {
    const [coarse, fine] = [200, 400].map((intervals) =>
      named("fundamental theorem")
        .trials(subjectsOn(uniform(intervals)))
        .map(worst),
    );
    coarse.forEach((error, i) => {
      expect(error).toBeLessThan(1e-3);
      // The slopes of x and x² are linear, and so integrated exactly.
      if (i < 2) expect(error).toBeLessThan(1e-12);
      else expect(error / fine[i]).toBeCloseTo(4, 1);
    });
  });

  it("keeps all of them in the batch, to the rounding of float32", () => {
    const questions = ruleQuestions(exact, grids);
    for (const { rule, ratio } of ruleDefects(questions, questions.target))
      expect(ratio, rule).toBeLessThan(rule === "fundamental theorem" ? 0.01 : 1e-6);
  });
});

describe("trials", () => {
  const subjects = subjectsOn(uniform(99));
  const trials = calculusRules.flatMap((rule) =>
    rule.trials(subjects).map((trial) => ({ ...trial, rule: rule.name })),
  );
  const isKnown = (f: (x: number) => number) =>
    calculusFunctions.some((taught) =>
      [1, -1].some((sign) => subjects.six[0].grid.every((x) => Math.abs(f(x) - sign * taught.f(x)) < 1e-12)),
    );

  it("of the kind taught ask about the twelve known curves alone, and the others about one more at least", () => {
    for (const { kind, questions } of trials)
      expect(questions.every(({ curve }) => isKnown(curve.f))).toBe(kind === "taught");
  });

  it("of the kind taught ask about them on the grid of training", () => {
    for (const { questions } of trials.filter(({ kind }) => kind === "taught"))
      for (const { grid } of questions)
        expect(grid.every((at, t) => Math.abs(at - subjects.six[0].grid[t]) < 1e-12)).toBe(true);
  });

  it("ask for samples and slopes not much larger than those taught, on sorted grids in [−1, 1]", () => {
    for (const { grid, curve } of trials.flatMap(({ questions }) => questions)) {
      expect(grid).toEqual(grid.toSorted());
      for (const at of grid) {
        expect(Math.abs(at)).toBeLessThanOrEqual(1);
        expect(Math.abs(curve.f(at))).toBeLessThanOrEqual(1.5);
        expect(Math.abs(curve.derivative(at))).toBeLessThan(2 * Math.PI + 1e-12);
      }
    }
  });

  it("differ within a rule", () => {
    for (const name of ruleNames) {
      const asked = trials
        .filter(({ rule }) => rule === name)
        .map(({ questions }) => questions.flatMap(({ grid, curve }) => [grid[30], curve.f(grid[30])]).join());
      expect(new Set(asked).size, name).toBe(asked.length);
    }
  });
});

describe("a planted fault breaks the rules that it should, and no others:", () => {
  const questions = ruleQuestions(exact, grids);
  const answering = (answer: (slope: number) => number) =>
    ruleDefects(questions, Float64Array.from(questions.target, answer));
  const but = (...kept: readonly string[]) =>
    all.filter((each) => !kept.some((rule) => each.startsWith(rule)));

  it("slopes 1.1 times too large", () => {
    expect(broken(answering((slope) => 1.1 * slope))).toEqual([
      "fundamental theorem, taught",
      "fundamental theorem, unseen",
      "chain rule, unseen",
    ]);
  });

  it("slopes of the other sign", () => {
    const defects = answering((slope) => -slope);
    expect(broken(defects)).toEqual([
      "fundamental theorem, taught",
      "fundamental theorem, unseen",
      "chain rule, unseen",
    ]);
    // The sides are of one size and opposite.
    expect(ratios(defects)["chain rule, unseen"]).toBeCloseTo(2, 5);
  });

  it("slopes 0.1 too large", () => {
    expect(broken(answering((slope) => slope + 0.1))).toEqual(but("constant shift", "linearity"));
  });

  it("slopes without their sign", () => {
    // |f′(g) g′| = |f′(g)| |g′|.
    expect(broken(answering(Math.abs))).toEqual(but("constant shift", "scaling", "chain rule"));
  });

  it("one slope for everything", () => {
    expect(broken(answering(() => 1))).toEqual(but("constant shift", "linearity", "chain rule"));
  });

  it("answers at the neighbouring point", () => {
    const defects = ruleDefects(
      questions,
      questions.target.map((_, i, target) => target[i + (i % 100 < 99 ? 1 : 0)]),
    );
    // A rule holds point by point, so that only what relates points notices.
    expect(broken(defects)).toEqual([
      "fundamental theorem, taught",
      "fundamental theorem, unseen",
      "reflection, taught",
      "product rule, taught",
      "product rule, unseen",
      "chain rule, unseen",
    ]);
  });

  it("recognising the twelve known curves alone", () => {
    const matched = references(questions, 0).find(({ name }) => name === "matcher");
    expect(broken(matched?.defects ?? [])).toEqual(all.filter((each) => each.endsWith("unseen")));
  });

  it("nothing but zeros, of which every rule but the fundamental theorem has nothing to tell", () => {
    const found = ratios(answering(() => 0));
    for (const [name, ratio] of Object.entries(found))
      expect(ratio, name).toBe(name.startsWith("fundamental theorem") ? 1 : null);
  });
});

describe("references", () => {
  const questions = ruleQuestions(data, grids);
  const asked = references(questions, data.noise);
  const named = (name: string) => asked.find((each) => each.name === name)?.defects ?? [];

  it("show what the noise of curves and answers makes of the exact derivative", () => {
    const defects = named("exact in noise");
    for (const { rule, defect } of defects) expect(defect, rule).toBeLessThan(0.01);
    // Two answers with a noise of 1e-3 each; and one against half of another.
    const of = (rule: string) => defects.find((each) => each.rule === rule)?.defect;
    expect(of("sign")).toBeCloseTo(Math.SQRT2 * 1e-3, 4);
    expect(of("scaling")).toBeCloseTo(Math.sqrt(1.25) * 1e-3, 4);
  });

  it("put local least squares near to every rule and the matcher near to those on taught curves", () => {
    for (const { rule, ratio } of named("local least squares")) expect(ratio, rule).toBeLessThan(0.05);
    for (const { rule, kind, ratio } of named("matcher"))
      if (kind === "taught") expect(ratio, rule).toBeLessThan(0.01);
      else expect(ratio, rule).toBeGreaterThan(0.1);
  });
});

describe("questions", () => {
  it("are the same for the same seed, and others for another", () => {
    const some = ruleQuestions(data, 2);
    expect(ruleQuestions(data, 2).x).toEqual(some.x);
    expect(ruleQuestions(data, 2).target).toEqual(some.target);
    expect(ruleQuestions({ ...data, seed: 4 }, 2).x).not.toEqual(some.x);
  });

  it("of more grids begin with those of fewer", () => {
    const [few, many] = [1, 3].map((count) => ruleQuestions(data, count).x);
    expect(many.length).toBe(3 * few.length);
    expect(many.subarray(0, few.length)).toEqual(few);
  });

  it("have noise of their own each", () => {
    const [noisy, clean] = [data, exact].map((options) => ruleQuestions(options, 1).x);
    const noises = new Set<string>();
    for (let row = 0; row < clean.length / 200; row++) {
      const values = Array.from({ length: 100 }, (_, t) => {
        const at = 200 * row + 100 + t;
        expect(noisy[at - 100]).toBe(clean[at - 100]);
        return noisy[at] - clean[at];
      });
      expect(Math.hypot(...values) / 10).toBeGreaterThan(0.5e-3);
      expect(Math.hypot(...values) / 10).toBeLessThan(2e-3);
      noises.add(values[7].toFixed(6));
    }
    expect(noises.size).toBeGreaterThan(0.9 * (clean.length / 200));
  });

  it("are on grids that no training curve has", () => {
    const { x: taught, rows } = generateCurves(data);
    const { x } = ruleQuestions(data, 2);
    const known = new Set(
      Array.from({ length: rows }, (_, row) => taught.slice(200 * row, 200 * row + 100).join()),
    );
    for (let row = 0; row < x.length / 200; row++)
      expect(known.has(x.slice(200 * row, 200 * row + 100).join())).toBe(false);
  });

  it("that several rules share are asked once", () => {
    const { x, trials } = ruleQuestions(data, 1);
    const rows = new Set(trials.flatMap((trial) => trial.rows));
    expect(rows.size).toBe(x.length / 200);
    expect(rows.size).toBeLessThan(trials.flatMap((trial) => trial.rows).length);
  });

  it.each([1, 2, 7])("of curves of %i points have finite answers", (samples) => {
    const questions = ruleQuestions({ ...data, samples }, 2);
    expect(questions.x.length).toBe(2 * questions.target.length);
    for (const { name, defects } of references(questions, data.noise))
      for (const { rule, defect, scale, ratio } of defects)
        for (const value of [defect, scale, ratio ?? 0])
          expect(Number.isFinite(value), `${name}: ${rule}`).toBe(true);
  });

  it("on which points coincide are answered by all", () => {
    // Mirror images, which every even function takes to one point.
    const grid = Float64Array.from([-0.75, -0.5, -0.5, -0.25, 0, 0, 0.25, 0.5, 0.75]);
    for (const { name, trials } of calculusRules)
      for (const { questions, sides } of trials(subjectsOn(grid)))
        for (const { name: opponent, derivative } of classicalOpponents()) {
          const answers = questions.map(({ grid, curve }) => {
            const f = grid.map(curve.f);
            return { grid, f, slope: derivative(grid, f) };
          });
          for (const side of Object.values(sides(answers)))
            expect(side.every(Number.isFinite), `${opponent}: ${name}`).toBe(true);
        }
  });

  it("need one answer for each point", () => {
    const questions = ruleQuestions({ ...data, samples: 2 }, 1);
    expect(() => ruleDefects(questions, questions.target.subarray(1))).toThrow(
      `${questions.target.length} answers expected, got ${questions.target.length - 1}`,
    );
    const [zero] = classicalOpponents();
    expect(answerCurves(zero, questions.x, 2)).toHaveLength(questions.target.length);
  });
});
