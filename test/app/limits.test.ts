import { expect, test } from "vitest";
import { describeRange, groups } from "../../src/app/controls/fields";
import { readLink, writeLink } from "../../src/app/session/link";
import { chosenValues, readOptions } from "../../src/app/session/values";
import {
  networkNames,
  OptionError,
  type OptionName,
  optionNames,
  presetNames,
  readOption,
  resolveExperiment,
  ruleWithin,
} from "../../src/calculus";

const settingsOf = presetNames.flatMap((preset) =>
  networkNames.map((network) => ({ preset, network, options: {} })),
);

/** What the form, the link and the command line say to this value; nothing where they take it. */
function refusal({ preset, network }: (typeof settingsOf)[number], option: OptionName, value: number) {
  try {
    resolveExperiment(preset, network, { [option]: readOption(option, String(value)) });
    return undefined;
  } catch (error) {
    if (error instanceof OptionError) return error.message;
    throw error;
  }
}

test("hint, message and link name the same end of every option's range", () => {
  let looked = 0;
  for (const settings of settingsOf)
    for (const option of readOptions(settings)) {
      const rule = ruleWithin(option, chosenValues(settings));
      const hint = describeRange(option, rule);
      if (rule.kind !== "whole") {
        expect(hint).toBe(
          describeRange(option, ruleWithin(option, { ...chosenValues(settings), curves: 6 })),
        );
        continue;
      }
      looked++;
      const what = `${option} of ${settings.preset} ${settings.network}`;
      expect(hint, what).toContain(`${rule.from} to ${rule.to}`);
      // So many curves leave nothing of the others' ranges, and those are named.
      if (option !== "curves") expect(refusal(settings, option, rule.to), what).toBeUndefined();
      const message = refusal(settings, option, rule.to + 1);
      expect(message, what).toMatch(new RegExp(`(at most|from ${rule.from} to) ${rule.to}\\b`));
      const link = `${writeLink(settings)}&${option}=${"9".repeat(12)}`;
      expect(readLink(link).problems, what).toEqual([
        `${option} is "${"9".repeat(12)}", expected a whole number from ${rule.from} to ${rule.to}${rule.none ? ", or none" : ""}`,
      ]);
    }
  expect(looked).toBeGreaterThan(optionNames.length);
});

test("every option, but the seed, stands once in the form", () => {
  expect(groups.flatMap(({ options }) => options).toSorted()).toEqual(
    optionNames.filter((option) => option !== "seed").toSorted(),
  );
});
