import { sevenUnseen } from "../../families/families";
import { times } from "../by-seed";
import { asTaught, type Condition } from "../condition";
import { testSetName } from "../evaluation-set";
import { taughtSampling } from "../samplings";
import type { Study } from "../study";
import { networkTitles } from "../titles";

/** No training has its grids, whichever way curves are split: all are asked the same. */
const set = taughtSampling.name;

const byCurve: Condition = { ...asTaught, name: "split by curve" };
const byGrid: Condition = { name: "split by grid", options: {}, splitByGrid: true };

export const split: Study = {
  name: "split",
  question:
    "Does it flatter the networks that the grids of the test curves stand in the training set as well?",
  hypothesis: "Hardly: with whole grids held out their error is less than a tenth higher.",
  criterion:
    "with every seed, each network's RMSE on Moler's six, on new grids that are the same for both, is below 1.1 times as much where the split is by grid as where it is by curve",
  control: "the experiment's own split, by curve, and classical opponents, which learn from no grid",
  conditions: [byCurve, byGrid],
  learntOn: set,
  sets: [testSetName, set, sevenUnseen.name],
  headline: [testSetName, set],
  claims: ({ networks, rmse }) =>
    networks.map((network) => ({
      text: `the ${networkTitles[network]} stays below 1.1 times its error where whole grids are held out`,
      lower: rmse(network, set, byGrid),
      higher: times(1.1, rmse(network, set, byCurve)),
    })),
};
