/** Where the options stand in the form, and what is said of their ranges. */
import { type OptionName, type OptionRow, optionNames, optionRows } from "../../calculus";
import { expectation, type FieldRule } from "../../engine/fields";

const formOf = (option: OptionName): OptionRow["form"] => optionRows[option].form;

/** The form's groups; the seed stands above them. */
export const groups = (
  ["Data", "Network", "Solver", "Learn rate schedule", "Gradients", "Validation"] as const
).map((title) => ({
  title,
  options: optionNames
    .filter((option) => formOf(option).group === title && formOf(option).after === undefined)
    .flatMap((option) => [option, ...optionNames.filter((next) => formOf(next).after === option)]),
}));

/** "6 to 1000000 curves, a multiple of 6", "above 0 to 1": the values an option may take by its rule. */
export function describeRange(option: OptionName, rule: FieldRule): string {
  const { unit, note } = formOf(option);
  const range =
    rule.kind === "choice"
      ? ""
      : expectation(rule)
          .replace(/^a (whole )?number (from )?/, "")
          .replace(", at most", " to")
          .replace(", below", " to below")
          .replaceAll(" in float32", "");
  const counted = unit === undefined ? range : range.replace(/(, or none)?$/, ` ${unit}$1`);
  return [counted, note].filter(Boolean).join(", ");
}
