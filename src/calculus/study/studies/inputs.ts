import { sevenUnseen } from "../../families/families";
import { asTaught, type Condition } from "../condition";
import { testSetName } from "../evaluation-set";
import type { Study } from "../study";
import { networkTitles } from "../titles";

const withGrid: Condition = { ...asTaught, name: "with x" };
const withoutGrid: Condition = { name: "without x", options: {}, withoutGrid: true };

export const inputs: Study = {
  name: "inputs",
  question: "Do the networks need to be told where a curve was sampled?",
  hypothesis: "A slope is a difference in f over a difference in x: without x their error grows.",
  criterion:
    "with every seed, each network has a higher RMSE without x, on Moler's six and on the seven unseen",
  control: "the same networks with x, and classical opponents, which always have it",
  conditions: [withGrid, withoutGrid],
  sets: [testSetName, sevenUnseen.name],
  headline: [testSetName, sevenUnseen.name],
  claims: ({ networks, rmse }) =>
    networks.flatMap((network) =>
      [testSetName, sevenUnseen.name].map((set) => ({
        text: `the ${networkTitles[network]} does worse on ${set} without x`,
        lower: rmse(network, set, withGrid),
        higher: rmse(network, set, withoutGrid),
      })),
    ),
};
