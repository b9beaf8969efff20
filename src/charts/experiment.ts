/** The experiment's predictors and predictions, as every chart shows them. */
import {
  calculusFunctions,
  type NetworkName,
  networkNames,
  type PredictorFigure,
  predictorTitle,
  type Spread,
} from "../calculus";
import { formatWithPi } from "./numbers";
import type { ChartSpec, ColorToken, MarkerKind, SeriesSpec } from "./spec";

interface Style {
  readonly color: ColorToken;
  readonly marker: MarkerKind;
}

const styles: ReadonlyMap<string, Style> = new Map<string, Style>([
  ["noise floor", { color: "--fx-target", marker: "bar" }],
  ["second-order differences", { color: "--fx-differences", marker: "cross" }],
  ["naive differences", { color: "--fx-differences", marker: "plus" }],
  ["smoothing spline", { color: "--fx-least-squares", marker: "plus" }],
  ["local least squares", { color: "--fx-least-squares", marker: "diamond" }],
  ["trapezoid rule", { color: "--fx-least-squares", marker: "diamond" }],
  ["cnn", { color: "--fx-cnn", marker: "circle" }],
  ["bilstm", { color: "--fx-bilstm", marker: "square" }],
  ["matcher", { color: "--fx-matcher", marker: "triangle" }],
  ["zero", { color: "--fx-zero", marker: "cross" }],
]);

/** Of whatever a file names. */
export const styleOf = (predictor: string): Style =>
  styles.get(predictor) ?? { color: "--fx-axis", marker: "square" };

/** One predictor in a row of figures. */
export interface Mark extends Style {
  readonly predictor: string;
  readonly title: string;
  readonly spread: Spread;
}

/** Of those that have a finite figure, the lowest first. */
export const marksOf = (figures: readonly Pick<PredictorFigure, "predictor" | "spread">[]): Mark[] =>
  figures
    .flatMap(({ predictor, spread }) =>
      spread && spread.most < Number.POSITIVE_INFINITY
        ? [{ predictor, title: predictorTitle(predictor), ...styleOf(predictor), spread }]
        : [],
    )
    .sort((a, b) => a.spread.mean - b.spread.mean);

/** One mark of each predictor, always in the same order. */
export const predictorsOf = (marks: readonly Mark[]): Mark[] => {
  const order = [...styles.keys()];
  const first = marks.filter((mark, i) => marks.findIndex((one) => one.predictor === mark.predictor) === i);
  return first.sort((a, b) => order.indexOf(a.predictor) - order.indexOf(b.predictor));
};

export const isNetwork = (predictor: string): boolean => networkNames.some((name) => name === predictor);

/** The line of a predictor. */
export const seriesOf = (predictor: string): SeriesSpec => ({
  label: predictorTitle(predictor),
  color: styleOf(predictor).color,
});

export const predictionSeries = (network: NetworkName): readonly SeriesSpec[] => [
  { label: "target", color: "--fx-truth", width: 0, marker: "dot" },
  { label: "prediction", color: styleOf(network).color, width: 0, marker: "circle" },
];

/** One of the post's six plots: a test curve's derivative and what a network predicts. */
export function predictionSpec(network: NetworkName, functionIndex: number): ChartSpec {
  const { title, yLimits, yTicks } = calculusFunctions[functionIndex];
  return {
    title,
    x: { label: "x", range: [-1, 1], ticks: [-1, 0, 1] },
    y: { label: "derivative", range: yLimits, ticks: yTicks, tickLabel: formatWithPi },
    series: predictionSeries(network),
    compact: true,
  };
}
