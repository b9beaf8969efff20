/** The sets of a study or of the visitor's networks as rows of a picture. */
import { kindTitles, setKinds } from "../../../calculus";
import { marksOf } from "../../../charts/experiment";
import type { RowGroup } from "../../../charts/rows";
import type { ShownCondition } from "../../recorded/study/compact";

/** A study that asks about more sets shows the first two of them, and the others on demand. */
const mostSets = 8;

type Conditions = readonly Pick<ShownCondition, "condition" | "sets">[];

/** Names of the sets, in their order: those that are shown at once, and those that are one family each. */
export function namesOfSets(conditions: Conditions): {
  readonly shown: readonly string[];
  readonly others: readonly string[];
} {
  const names = [...new Set(conditions.flatMap(({ sets }) => sets.map(({ name }) => name)))];
  const shown = names.length > mostSets ? 2 : names.length;
  return { shown: names.slice(0, shown), others: names.slice(shown) };
}

/** The sets of these names by kind, and under several conditions one row for each of them. */
export function placeSets(conditions: Conditions, names: readonly string[]): RowGroup[] {
  const rows = names.flatMap((name) =>
    conditions.flatMap(({ condition, sets }) =>
      sets
        .filter((row) => row.name === name)
        .map(({ kind, predictors }) => ({
          label: conditions.length > 1 ? `${name} · ${condition}` : name,
          kind,
          // Differences amplify the noise so far that all others would be crowded.
          marks: marksOf(predictors.filter(({ predictor }) => !predictor.endsWith(" differences"))),
        })),
    ),
  );
  return setKinds.flatMap((kind) => {
    const own = rows.filter((row) => row.kind === kind && row.marks.length > 0);
    return own.length > 0 ? [{ title: kindTitles[kind], rows: own }] : [];
  });
}
