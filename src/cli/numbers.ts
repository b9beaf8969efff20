/** Strict readers of numbers on the command line; commander adds the flag and the value to their message. */
import { InvalidArgumentError } from "commander";

const decimal = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** A whole number in [least, most]. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= least && value <= most))
      throw new InvalidArgumentError(`Expected a whole number from ${least} to ${most}.`);
    return value;
  };
}

type Lower = { readonly from: number } | { readonly above: number };
type Upper = { readonly to: number } | { readonly below: number };

/**
 * A finite number in an interval. Ends given as `above` and `below` are excluded, and so is what rounds to them
 * in float32, in which the GPU computes.
 */
export function number(interval: Lower & Upper): (text: string) => number {
  const fits = (value: number): boolean =>
    ("from" in interval ? value >= interval.from : Math.fround(value) > interval.above) &&
    ("to" in interval ? value <= interval.to : Math.fround(value) < interval.below);
  const lower = "from" in interval ? `from ${interval.from}` : `above ${interval.above} in float32`;
  const upper = "to" in interval ? `at most ${interval.to}` : `below ${interval.below} in float32`;
  return (text) => {
    const value = decimal.test(text) ? Number(text) : Number.NaN;
    if (!fits(value)) throw new InvalidArgumentError(`Expected a number ${lower}, ${upper}.`);
    return value;
  };
}

/** Either what `read` accepts, or the word `none`, which stands for infinity. */
export function orNone(read: (text: string) => number): (text: string) => number {
  return (text) => {
    if (text === "none") return Number.POSITIVE_INFINITY;
    try {
      return read(text);
    } catch (error) {
      if (!(error instanceof InvalidArgumentError)) throw error;
      throw new InvalidArgumentError(error.message.replace(/\.$/, ", or none."));
    }
  };
}
