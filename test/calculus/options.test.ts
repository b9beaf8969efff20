import { describe, expect, it } from "vitest";
import {
  isRead,
  OptionError,
  type OptionName,
  optionNames,
  optionRows,
  readOption,
  writeOption,
} from "../../src/calculus/options";
import { expectation, type FieldRule } from "../../src/engine/fields";
import { forRows } from "../rows";

const ruleOf = (option: OptionName): FieldRule => optionRows[option].rule;

/** The error with which a text is refused. */
function refusal(option: OptionName, text: string): OptionError {
  try {
    expect.fail(`${option} took ${JSON.stringify(text.slice(0, 40))} as ${readOption(option, text)}`);
  } catch (error) {
    if (error instanceof OptionError) return error;
    throw error;
  }
}

/** Texts at and beyond the ends of a rule. */
function edges(rule: FieldRule): { readonly fit: readonly string[]; readonly refused: readonly string[] } {
  switch (rule.kind) {
    case "choice":
      return { fit: rule.choices, refused: [rule.choices.join(), `${rule.choices[0]} `, "constructor", "0"] };
    case "whole":
      return {
        fit: [`${rule.from}`, `${rule.to}`, `0${rule.to}`],
        refused: [`${rule.from - 1}`, `${rule.to + 1}`, `${rule.to}.0`, `+${rule.to}`, "1e3"],
      };
    case "number": {
      const { interval } = rule;
      return {
        fit: [
          ...("from" in interval ? [`${interval.from}`] : [`${interval.above + 1e-38}`]),
          ...("to" in interval ? [`${interval.to}`, `+${interval.to}`] : [`${interval.below - 1e-7}`]),
        ],
        refused: [
          "from" in interval ? `${interval.from - 1e-50 - 1e-12}` : `${interval.above}`,
          "to" in interval ? `${interval.to * (1 + 1e-12)}` : `${interval.below}`,
        ],
      };
    }
    default:
      throw new RangeError(`unknown rule ${JSON.stringify(rule satisfies never)}`);
  }
}

describe("every option", () => {
  it("takes its values up to the ends", () => {
    forRows(optionNames, (option) => {
      const rule = ruleOf(option);
      for (const text of edges(rule).fit)
        expect(readOption(option, text), text).toBe(rule.kind === "choice" ? text : Number(text));
    });
  });

  it("refuses what is beyond, by its name and with what is expected", () => {
    forRows(optionNames, (option) => {
      const rule = ruleOf(option);
      for (const text of edges(rule).refused) {
        const error = refusal(option, text);
        expect([error.option, error.value, error.message], text).toEqual([
          option,
          text,
          `expected ${expectation(rule)}`,
        ]);
      }
    });
  });

  it("refuses what is no value of any option", () => {
    const texts = [
      "",
      " ",
      " 5",
      "5 ",
      "5\n",
      "0x10",
      "1e999",
      "-1e999",
      "NaN",
      "Infinity",
      "-1",
      "1_000",
      "1,5",
      "½",
      "٣",
      ".",
    ];
    forRows(optionNames, (option) => {
      for (const text of texts) refusal(option, text);
    });
  });

  // A reader that took the square of the length would never come back.
  it("refuses 100 kB of text, and does not repeat it", () => {
    const long = "7".repeat(100_000);
    forRows(optionNames, (option) => {
      for (const text of [long, `${long}x`, `1.${long}x`, long.replaceAll("7", "x")])
        expect(refusal(option, text).message.length).toBeLessThan(200);
    });
  });

  it("is infinite as none where it may be", () => {
    forRows(optionNames, (option) => {
      const rule = ruleOf(option);
      if (rule.kind === "choice") return;
      if (rule.none) expect(readOption(option, "none")).toBe(Number.POSITIVE_INFINITY);
      else refusal(option, "none");
    });
  });
});

describe("an excluded end", () => {
  it.each<[OptionName, string, string]>([
    // Half of the smallest float32 above zero rounds to zero, a little more does not.
    ["learnRate", "7.1e-46", "7e-46"],
    // Half a step below one rounds to one.
    ["momentum", "0.99999997", "0.99999998"],
    ["beta2", "0.99999997", "0.9999999999"],
  ])("of %s excludes what rounds to it in float32", (option, fits, rounded) => {
    expect(readOption(option, fits)).toBe(Number(fits));
    expect(refusal(option, rounded).message).toContain("in float32");
  });
});

describe("what is expected", () => {
  it.each<[OptionName, string]>([
    ["epochs", "a whole number from 1 to 1000000"],
    ["patience", "a whole number from 1 to 1000000000, or none"],
    ["l2", "a number from 0, at most 1000000"],
    ["dropout", "a number from 0, below 1 in float32"],
    ["clip", "a number above 0 in float32, at most 1000000000, or none"],
    ["shuffle", "one of once, every-epoch, never"],
  ])("of %s is %s", (option, words) => {
    expect(expectation(ruleOf(option))).toBe(words);
  });
});

describe("writeOption", () => {
  it.each<[OptionName, string | number]>([
    ["clip", Number.POSITIVE_INFINITY],
    ["epsilon", 1e-8],
    ["noise", 0.1 + 0.2],
    ["learnRate", 1.4e-45],
    ["seed", 2 ** 32 - 1],
    ["solver", "adamw"],
  ])("writes what is read back: %s %s", (option, value) => {
    expect(readOption(option, writeOption(value))).toBe(value);
  });
});

describe("isRead", () => {
  const cnn = { network: "cnn", solver: "sgdm", schedule: "none" } as const;

  it("is so where every choice that is named is made", () => {
    expect(optionRows.epochs.readers).toBeUndefined();
    expect(optionRows.epsilon.readers).toEqual({ solvers: ["adam", "adamw", "rmsprop"] });
    const unread = optionNames.filter((option) => !isRead(option, cnn));
    expect(unread).toEqual([
      ...["hidden", "dropout", "learnRateDropFactor", "learnRateDropPeriod", "warmup"],
      ...["beta1", "beta2", "decay", "epsilon", "weightDecay"],
    ]);
    expect(isRead("warmup", { ...cnn, schedule: "cosine" })).toBe(true);
    expect(isRead("beta1", { ...cnn, solver: "adamw" })).toBe(true);
    expect(isRead("kernel", { ...cnn, network: "bilstm" })).toBe(false);
  });
});
