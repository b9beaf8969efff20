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

/** A finite number in [least, most], or in (least, most] where `exclusive`. */
export function number(
  least: number,
  most: number,
  { exclusive = false }: { readonly exclusive?: boolean } = {},
): (text: string) => number {
  return (text) => {
    const value = decimal.test(text) ? Number(text) : Number.NaN;
    if (!(value >= least && value <= most) || (exclusive && value === least))
      throw new InvalidArgumentError(
        `Expected a number ${exclusive ? `above ${least}, at most ${most}` : `from ${least} to ${most}`}.`,
      );
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
