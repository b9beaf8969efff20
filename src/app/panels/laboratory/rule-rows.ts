/** Rules of calculus and who keeps them, as rows of a table. */
import type { SetKind } from "../../../expressions";
import { calculusRules, plusMinus, type RuleName, ruleNames } from "../../../index";
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

const askedTitles: Readonly<Record<SetKind, string>> = {
  taught: "taught",
  related: "of families taught",
  unseen: "not taught",
};

const statements = new Map(calculusRules.map(({ name, statement }) => [name, statement]));

export interface RuleRow {
  /** "taught" */
  readonly asked: string;
  /** Defect over its scale, in the order of `ruleKeepers`; "–" for who was not asked. */
  readonly ratios: readonly string[];
}

export interface RuleBlock {
  readonly rule: RuleName;
  readonly sentence: string;
  readonly statement: string;
  /** Curves of each kind in a row of their own. */
  readonly rows: readonly RuleRow[];
}

/** In the order of the rules, those that were asked about. */
export function tabulateRules(rules: ShownCondition["rules"]): RuleBlock[] {
  return ruleNames.flatMap((rule) => {
    const own = rules.filter(({ name }) => name === rule || name.startsWith(`${rule}, `));
    if (own.length === 0) return [];
    return [
      {
        rule,
        sentence: sentences[rule],
        statement: statements.get(rule) ?? "",
        rows: own.map(({ name, kind, predictors }) => ({
          asked: askedTitles[kind] + name.slice(rule.length),
          ratios: ruleKeepers.map((keeper) => {
            const found = predictors.find(({ predictor }) => predictor === keeper);
            if (!found) return "–";
            // Both sides are 0 throughout, as they are for one who answers 0.
            return found.spread ? plusMinus(found.spread) : "0/0";
          }),
        })),
      },
    ];
  });
}
