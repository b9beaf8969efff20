/** Who stands in the laboratory's pictures and tables, and how. */
import { networkNames } from "../../../calculus";
import type { ColorToken, MarkerKind } from "../../charts/spec";
import { networkTitles } from "../../session/describe";

export interface Look {
  readonly title: string;
  readonly color: ColorToken;
  readonly marker: MarkerKind;
}

/** By predictor. Who is not among them stays out of the pictures. */
export const looks: ReadonlyMap<string, Look> = new Map<string, Look>([
  ["noise floor", { title: "noise floor", color: "--fx-target", marker: "bar" }],
  ["smoothing spline", { title: "smoothing spline", color: "--fx-least-squares", marker: "plus" }],
  ["local least squares", { title: "local least squares", color: "--fx-least-squares", marker: "diamond" }],
  ["trapezoid rule", { title: "trapezoid rule", color: "--fx-least-squares", marker: "diamond" }],
  ["cnn", { title: networkTitles.cnn, color: "--fx-cnn", marker: "circle" }],
  ["bilstm", { title: networkTitles.bilstm, color: "--fx-bilstm", marker: "square" }],
  ["matcher", { title: "matcher", color: "--fx-matcher", marker: "triangle" }],
  ["zero", { title: "predict zero", color: "--fx-zero", marker: "cross" }],
]);

/** Columns of the table of rules. */
export const ruleKeepers: readonly string[] = [
  ...networkNames,
  "local least squares",
  "matcher",
  "zero",
  "noise floor",
];
