/** Answers to a sampled curve beside each other: as a chart, and as a sentence. */
import { localLeastSquares, matchKnown, rootMeanSquare } from "../../../calculus";
import { styleOf } from "../../../charts/experiment";
import { formatNumber } from "../../../charts/numbers";
import type { ChartData, ChartSpec, SeriesSpec } from "../../../charts/spec";
import { type Curve, finePoints } from "./curve";
import { gridOf, type Sampled, valuesOf } from "./samples";

/** One method's derivative (T) of the samples it was asked about. */
export interface Answer {
  /** "CNN, run 3". */
  readonly name: string;
  readonly color: SeriesSpec["color"];
  readonly marker: SeriesSpec["marker"];
  readonly sampled: Sampled;
  readonly values: ArrayLike<number>;
  /** Against the true derivative at these points. */
  readonly rmse: number;
}

/** An answer with its score. */
export const scored = (answer: Omit<Answer, "rmse">): Answer => ({
  ...answer,
  rmse: rootMeanSquare(answer.values, answer.sampled.truth),
});

/** A mathematician and a mere pattern matcher: what a network has learnt lies between the two. */
const opponents = [
  { name: "local least squares", answer: localLeastSquares },
  { name: "matcher", answer: matchKnown },
] as const;

/** The opponents' answers to the same samples, one for each number of them. */
export const opponentAnswers = (sampled: readonly Sampled[]): readonly Answer[] =>
  opponents.flatMap(({ name, answer }) =>
    sampled.map((each, i) =>
      scored({
        name: sampled.length > 1 ? `${name}, ${each.samples} samples` : name,
        ...styleOf(name),
        ...(i > 0 && { marker: "dot" }),
        sampled: each,
        values: answer(gridOf(each), valuesOf(each)),
      }),
    ),
  );

/** What predicting zero everywhere scores on these samples. */
export const zeroScore = ({ truth }: Sampled): number =>
  rootMeanSquare(truth, new Float64Array(truth.length));

/** The true derivative as a line, every answer as markers at its own points. */
export const answersSpec = (answers: readonly Answer[]): ChartSpec => ({
  title: "Derivative of your function",
  x: { label: "x", range: [-1, 1], ticks: [-1, -0.5, 0, 0.5, 1] },
  y: { label: "f′(x)" },
  series: [
    { label: "truth", color: "--fx-truth", width: 2 },
    ...answers.map(({ name, color, marker }) => ({ label: name, color, marker, width: 0 })),
  ],
  height: 380,
});

/** All grids merged; a method has null where it was not asked. What is no number, or lies beyond float32, is a gap. */
export function answersData({ derivative }: Curve, answers: readonly Answer[]): ChartData {
  const grids = new Set(answers.map(({ sampled }) => sampled));
  const points = new Set([...finePoints, ...Array.from(grids, (sampled) => [...gridOf(sampled)]).flat()]);
  const xs = [...points].sort((a, b) => a - b);
  return [
    xs,
    xs.map(derivative),
    ...answers.map(({ sampled, values }) => {
      const at = new Map(Array.from(gridOf(sampled), (x, t) => [x, values[t]]));
      return xs.map((x) => at.get(x) ?? null);
    }),
  ];
}

/** Who is closest, how the others compare with it, and which of them predicting zero would beat. */
export function readAnswers(answers: readonly Answer[]): string {
  const [best, ...others] = answers
    .filter(({ rmse }) => Number.isFinite(rmse))
    .sort((a, b) => a.rmse - b.rmse);
  if (!best) return "No answer is a number everywhere.";
  const useless = answers.filter(({ rmse, sampled }) => !(rmse < zeroScore(sampled)));
  const sentences = [
    others.length === 0
      ? `${capital(best.name)}: RMSE ${formatNumber(best.rmse, 3)}.`
      : `${capital(best.name)} is closest: RMSE ${formatNumber(best.rmse, 3)}; ${others.map((other) => compare(other, best)).join(", ")}.`,
  ];
  if (useless.length > 0)
    sentences.push(`No better than predicting zero: ${useless.map(({ name }) => name).join(", ")}.`);
  return sentences.join(" ");
}

function compare({ name, rmse }: Answer, best: Answer): string {
  const written = formatNumber(rmse, 3);
  if (written === formatNumber(best.rmse, 3)) return `${name} is level with it`;
  return best.rmse === 0
    ? `${name} ${written}`
    : `${name} is ${formatNumber(rmse / best.rmse, 2)} times as far off`;
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
