/**
 * Rules of calculus as tests of a learner N that need no labels. A learner may keep a rule and be wrong: one that
 * answers 0 keeps all of them but the fundamental theorem, which alone compares with the curve itself.
 */
import type { DifferentiableFunction } from "../functions";
import { compositionOf, meanOf, reflected, scaled, shifted } from "./compounds";
import type { Question, Rule, Sides, Subjects, Trial, TrialKind } from "./rule";

export const ruleNames = [
  "fundamental theorem",
  "sign",
  "reflection",
  "constant shift",
  "scaling",
  "linearity",
  "product rule",
  "chain rule",
] as const;
export type RuleName = (typeof ruleNames)[number];

const sidesAt = (points: number, left: (t: number) => number, right: (t: number) => number): Sides => ({
  left: Float64Array.from({ length: points }, (_, t) => left(t)),
  right: Float64Array.from({ length: points }, (_, t) => right(t)),
});

/**
 * The integral is the trapezoid rule on the grid, so its own error remains. It begins at the first point x₁, near −1,
 * where both sides are 0.
 */
const integrate = (kind: TrialKind, question: Question): Trial => ({
  kind,
  questions: [question],
  sides: ([{ grid, f, slope }]) => {
    const left = new Float64Array(grid.length);
    for (let t = 1; t < left.length; t++)
      left[t] = left[t - 1] + ((grid[t] - grid[t - 1]) * (slope[t - 1] + slope[t])) / 2;
    return { left, right: left.map((_, t) => f[t] - f[0]) };
  },
});

/** Each of the six, and what became of it on the same grid. */
const changeSix =
  (
    kind: TrialKind,
    change: (curve: DifferentiableFunction) => DifferentiableFunction,
    expected: (slope: number) => number,
  ) =>
  ({ six }: Subjects): Trial[] =>
    six.map(({ grid, curve }, i) => ({
      kind,
      questions: [six[i], { grid, curve: change(curve) }],
      sides: ([f, changed]) =>
        sidesAt(
          grid.length,
          (t) => changed.slope[t],
          (t) => expected(f.slope[t]),
        ),
    }));

/** f(−x) on the mirrored grid, which runs the other way. */
const reflect = (question: Question): Trial => {
  const points = question.grid.length;
  return {
    kind: "taught",
    questions: [
      question,
      { grid: question.grid.map((at) => -at).reverse(), curve: reflected(question.curve) },
    ],
    sides: ([f, mirrored]) =>
      sidesAt(
        points,
        (t) => mirrored.slope[points - 1 - t],
        (t) => -f.slope[t],
      ),
  };
};

const average = (f: Question, g: Question): Trial => ({
  kind: "unseen",
  questions: [f, g, { grid: f.grid, curve: meanOf(f.curve, g.curve) }],
  sides: ([f, g, mean]) =>
    sidesAt(
      mean.slope.length,
      (t) => mean.slope[t],
      (t) => (f.slope[t] + g.slope[t]) / 2,
    ),
});

/**
 * N(f) at g(x) is asked for on the grid of the sorted values of g, and put back in their order. That grid is not
 * uniform: it is crowded where g is flat, and points of an even g nearly coincide. What a fit errs there counts
 * little, since the small g′ multiplies it; differences between neighbours fail.
 */
const compose = (f: Question, g: Question): Trial => {
  const values = g.grid.map(g.curve.f);
  const order = Array.from(values, (_, t) => t).sort((a, b) => values[a] - values[b]);
  const place = new Uint32Array(order.length);
  order.forEach((t, i) => {
    place[t] = i;
  });
  return {
    kind: "unseen",
    questions: [
      { grid: g.grid, curve: compositionOf(f.curve, g.curve) },
      { grid: Float64Array.from(order, (t) => values[t]), curve: f.curve },
      g,
    ],
    sides: ([composition, outer, inner]) =>
      sidesAt(
        order.length,
        (t) => composition.slope[t],
        (t) => outer.slope[place[t]] * inner.slope[t],
      ),
  };
};

/** The curves stay about as large as those taught, and their slopes at most 2π, twice the sine's. */
export const calculusRules: readonly Rule<RuleName>[] = [
  {
    name: "fundamental theorem",
    statement: "∫ N(f) from x₁ to x = f(x) − f(x₁)",
    trials: ({ six, products }) => [
      ...six.map((question) => integrate("taught", question)),
      ...products.flatMap(({ kind, product }) => (kind === "unseen" ? [integrate(kind, product)] : [])),
    ],
  },
  {
    name: "sign",
    statement: "N(−f) = −N(f)",
    trials: changeSix(
      "taught",
      (f) => scaled(-1, f),
      (slope) => -slope,
    ),
  },
  {
    name: "reflection",
    statement: "N(f(−x)) = −N(f)(−x)",
    trials: ({ six }) => six.map(reflect),
  },
  {
    name: "constant shift",
    statement: "N(f + ½) = N(f)",
    trials: changeSix(
      "unseen",
      (f) => shifted(f, 0.5),
      (slope) => slope,
    ),
  },
  {
    name: "scaling",
    statement: "N(½f) = ½N(f)",
    trials: changeSix(
      "unseen",
      (f) => scaled(0.5, f),
      (slope) => 0.5 * slope,
    ),
  },
  {
    name: "linearity",
    statement: "N((f + g)/2) = (N(f) + N(g))/2",
    trials: ({ six }) => six.flatMap((f, i) => six.slice(i + 1).map((g) => average(f, g))),
  },
  {
    name: "product rule",
    statement: "N(fg) = N(f)g + fN(g)",
    trials: ({ products }) =>
      products.map(({ kind, f, g, product }) => ({
        kind,
        questions: [f, g, product],
        // The factors are the samples, in their noise: nothing else is known of f and g.
        sides: ([f, g, product]) =>
          sidesAt(
            product.slope.length,
            (t) => product.slope[t],
            (t) => f.slope[t] * g.f[t] + f.f[t] * g.slope[t],
          ),
      })),
  },
  {
    name: "chain rule",
    statement: "N(f∘g) = N(f)(g)·N(g)",
    trials: ({ six: [, x2, x3, x4, sine, cosine] }) => [
      compose(x2, x3),
      compose(x3, x2),
      ...[x2, x3, x4].flatMap((power) => [compose(power, sine), compose(power, cosine)]),
      compose(sine, x2),
      compose(cosine, x2),
    ],
  },
];
