/** Where curves are unlike those that a model was taught: what it answers there is a guess. */
import { figure, type TaughtData } from "../../calculus";
import type { CurveTable, Numbers } from "./curves";

/** By what factor the points of a curve may be nearer to each other than those taught, or farther apart. */
const mostSpacing = 2;

/** A sentence for each kind of unlikeness. */
export function unlikeTaught(curves: CurveTable, { x: [from, to], largest, samples }: TaughtData): string[] {
  const sentences: string[] = [];
  const tell = (what: string, values: Numbers, low: number, high: number): void => {
    let [outside, least, most] = [0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let row = 0; row < curves.rows; row++) {
      const value = values.at(row);
      if (value < low || value > high) outside++;
      least = Math.min(least, value);
      most = Math.max(most, value);
    }
    if (outside > 0)
      sentences.push(
        `${what} from ${short(least)} to ${short(most)}: ${outside} of ${curves.rows} points lie outside what the model was taught, ${short(low)} to ${short(high)}`,
      );
  };
  tell("x", curves.x, from, to);
  tell("f", curves.f, -largest, largest);
  const spacing = meanSpacing(curves);
  const taught = (to - from) / (samples + 1);
  if (spacing > mostSpacing * taught || spacing < taught / mostSpacing)
    sentences.push(
      `points are ${figure(spacing)} apart in the mean, where the model was taught ${figure(taught)} (${samples} points from ${from} to ${to})`,
    );
  return sentences;
}

const short = (value: number): string => String(Number(value.toPrecision(4)));

/** Between neighbours; that of training where there is only one point. */
function meanSpacing({ order, samples, x }: CurveTable): number {
  let sum = 0;
  for (let start = 0; start < order.length; start += samples)
    sum += x.at(order[start + samples - 1]) - x.at(order[start]);
  return sum / ((order.length / samples) * (samples - 1));
}
