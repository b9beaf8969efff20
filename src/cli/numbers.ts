/** Strict readers of numbers on the command line; commander adds the flag and the value to their message. */
import { InvalidArgumentError } from "commander";
import { readNumber } from "../calculus";
import { expectation, type NumberRule } from "../engine/fields";

/** A number that keeps the rule. */
export const number =
  (rule: NumberRule) =>
  (text: string): number => {
    const value = readNumber(rule, text);
    if (value === undefined) throw new InvalidArgumentError(`Expected ${expectation(rule)}.`);
    return value;
  };

/** A whole number in [from, to]. */
export const wholeNumber = (from: number, to: number): ((text: string) => number) =>
  number({ kind: "whole", from, to });
