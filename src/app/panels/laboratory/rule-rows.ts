/** Rules of calculus and who keeps them, as rows of a table. */
import { calculusRules, kindTitles, plusMinus, type RuleName, ruleNames, setKinds } from "../../../calculus";
import type { ShownCondition } from "../../recorded/study/compact";
import { ruleKeepers } from "./looks";

/** What the defect of each is, in one sentence; the formula follows. */
const sentences: Readonly<Record<RuleName, string>> = {
  "fundamental theorem": "The answers, summed up along the curve, give the curve back",
  sign: "The curve turned over is answered by the answer turned over",
  reflection: "The curve read from right to left has the answer in its mirror",
  "constant shift": "The curve lifted by a constant has the same answer",
  scaling: "Half the curve has half the answer",
  linearity: "The mean of two curves has the mean of their answers",
  "product rule": "A product is answered by both factors and their answers",
  "chain rule": "A composition is answered by the outer answer at the inner curve, times the inner answer",
};

const statements = new Map(calculusRules.map(({ name, statement }) => [name, statement]));

export interface RuleRow {
  /** "product rule" */
  readonly title: string;
  readonly sentence: string;
  readonly statement: string;
  /** Defect over its scale, in the order of `ruleKeepers`; "–" for who was not asked. */
  readonly ratios: readonly string[];
}

/** Curves of one kind. */
export interface RuleTable {
  readonly title: string;
  readonly rows: readonly RuleRow[];
}

/** In the order of the rules, those that were asked about. */
export const tabulateRules = (rules: ShownCondition["rules"]): RuleTable[] =>
  setKinds.flatMap((kind) => {
    const rows = ruleNames.flatMap((rule) =>
      rules
        .filter((row) => row.kind === kind && (row.name === rule || row.name.startsWith(`${rule}, `)))
        .map(({ name, predictors }) => ({
          title: name,
          sentence: sentences[rule],
          statement: statements.get(rule) ?? "",
          ratios: ruleKeepers.map((keeper) => {
            const found = predictors.find(({ predictor }) => predictor === keeper);
            if (!found) return "–";
            // Both sides are 0 throughout, as they are for one who answers 0.
            return found.spread ? plusMinus(found.spread) : "0/0";
          }),
        })),
    );
    return rows.length > 0 ? [{ title: kindTitles[kind], rows }] : [];
  });
