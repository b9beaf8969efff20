/** The answer of a study in one paragraph: figures and what follows from them, nothing else. */
import { networkNames } from "../options";
import { figure, plusMinus, type Spread } from "../scores";
import type { ConditionSummary, SetSummary, StudyResult } from "./summary";

const names = { cnn: "The CNN", bilstm: "The recurrent net" } as const;

export function answerStudy(study: Omit<StudyResult, "answer">): string {
  const { done, planned } = study.cells;
  return [
    ...(done < planned ? [`Not finished: ${done} of ${planned} cells are done.`] : []),
    ...(study.diverged.length > 0 ? [`Diverged, and not in the figures: ${study.diverged.join(", ")}.`] : []),
    ...describeFindings(study),
  ].join(" ");
}

function describeFindings({ name, conditions }: Omit<StudyResult, "answer">): string[] {
  switch (name) {
    case "unseen":
      return describeUnseen(conditions[0]);
    case "noise":
      return compareConditions(conditions, "taught", "without noise");
    case "inputs":
      return (["taught", "unseen"] as const).flatMap((kind) => compareConditions(conditions, kind, "with x"));
    default:
      throw new RangeError(`unknown study ${name satisfies never}`);
  }
}

const rmseOf = (set: SetSummary | undefined, predictor: string): Spread | undefined =>
  set?.predictors.find((score) => score.predictor === predictor)?.rmse;

function describeUnseen({ sets }: ConditionSummary): string[] {
  const taught = sets.find(({ kind }) => kind === "taught");
  const seven = sets.find(({ set }) => set === "seven unseen");
  const fit = rmseOf(seven, "local least squares");
  const matcher = rmseOf(seven, "matcher");
  const zero = rmseOf(seven, "zero");
  if (!fit || !matcher || !zero) return ["The classical opponents are missing, so nothing follows yet."];
  return [
    ...networkNames.flatMap((network) => {
      const [home, away] = [rmseOf(taught, network), rmseOf(seven, network)];
      if (!home || !away) return [];
      const families = sets.filter(({ kind, set }) => kind === "unseen" && set !== "seven unseen");
      const better = families.filter((set) => isBelow(rmseOf(set, network), rmseOf(set, "zero")));
      return [
        `${names[network]} has mean RMSE ${plusMinus(home)} on the six functions taught and ${plusMinus(away)} on the ` +
          `seven unseen, where its place on a logarithmic scale from local least squares (0) to the matcher (1) is ` +
          `${place(away.mean, fit.mean, matcher.mean)}; of the ${families.length} unseen families it is better than predicting ` +
          `zero, with every seed, on ${better.length}.`,
      ];
    }),
    `On the seven, local least squares has ${plusMinus(fit)}, the matcher ${plusMinus(matcher)} and predicting zero ${plusMinus(zero)}.`,
    ...compareNetworks(seven),
  ];
}

/** Whether all runs of one are below all of the other. */
const isBelow = (low: Spread | undefined, high: Spread | undefined): boolean =>
  low !== undefined && high !== undefined && low.most < high.least;

const place = (value: number, from: number, to: number): string =>
  (Math.log(value / from) / Math.log(to / from)).toFixed(2);

function compareNetworks(set: SetSummary | undefined): string[] {
  const [cnn, bilstm] = [rmseOf(set, "cnn"), rmseOf(set, "bilstm")];
  if (!cnn || !bilstm) return [];
  if (cnn.runs < 2 || bilstm.runs < 2) return ["One seed cannot tell which network does better there."];
  if (isBelow(cnn, bilstm))
    return ["With every seed the CNN has the lower error there than the recurrent net."];
  if (isBelow(bilstm, cnn))
    return ["With every seed the recurrent net has the lower error there than the CNN."];
  return ["The ranges of the two networks over the seeds overlap there."];
}

const onSet = { taught: "the six functions taught", unseen: "the seven unseen" } as const;

/**
 * On the first set of a kind.
 * @param baseline what distinguishes the first condition, with which all others are compared
 */
function compareConditions(
  conditions: readonly ConditionSummary[],
  kind: SetSummary["kind"],
  baseline: string,
): string[] {
  return ([...networkNames, "local least squares"] as const).flatMap((predictor) => {
    const title = predictor === "local least squares" ? "Local least squares" : names[predictor];
    const scores = conditions.flatMap(({ condition, sets }) => {
      const rmse = rmseOf(
        sets.find((set) => set.kind === kind),
        predictor,
      );
      return rmse ? [{ condition, rmse }] : [];
    });
    const [first, ...others] = scores;
    if (first === undefined || first.condition !== conditions[0].condition) return [];
    const figures = scores.map(({ condition, rmse }) => `${plusMinus(rmse)} (${condition})`).join(", ");
    const measured = `${title} has on ${onSet[kind]} the mean RMSE ${figures}`;
    if (scores.some(({ rmse }) => rmse.runs < 2)) return [`${measured}, with one seed at most.`];
    const worse = others.find((_, i) => others.slice(i).every(({ rmse }) => isBelow(first.rmse, rmse)));
    if (worse === undefined) return [`${measured}; it does not end worse with every seed than ${baseline}.`];
    const increase = figure(worse.rmse.mean - first.rmse.mean);
    const from = others.length > 1 ? `from ${worse.condition} on` : worse.condition;
    return [`${measured}; ${from} it is worse with every seed than ${baseline}, there by ${increase}.`];
  });
}
