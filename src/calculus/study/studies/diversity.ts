import { sevenUnseen } from "../../families/families";
import type { Condition } from "../condition";
import { functionSets, testSetName } from "../evaluation-set";
import type { Study } from "../study";
import { networkTitles } from "../titles";

const six: Condition = { name: "six functions", options: { family: "six" } };
const twelve: Condition = { name: "twelve functions", options: { family: "twelve" } };
const sixty: Condition = { name: "sixty functions", options: { family: "sixty" } };
/** A fresh random function for every training curve. */
export const continuous: Condition = { name: "continuous family", options: { family: "continuous" } };

const ladder = [six, twelve, sixty, continuous];

export const diversity: Study = {
  name: "diversity",
  question: "Does a network that is taught more functions find the principle behind them?",
  hypothesis:
    "The more functions are taught, the lower is the error on functions none of which was drawn or taught.",
  criterion:
    "with every seed, each step from six to twelve to sixty functions to a continuous family lowers each network's RMSE on the seven unseen",
  control:
    "the same number of curves and iterations on every step, and classical opponents; of the seven x^5, x^2/2 and sin(2*pi*x) lie in the span of the continuous family, whose polynomials have degree 8 and whose waves four harmonics at most",
  conditions: ladder,
  sets: functionSets,
  headline: [testSetName, sevenUnseen.name],
  claims: ({ networks, rmse }) =>
    networks.flatMap((network) =>
      ladder.slice(1).map((richer, i) => ({
        text: `the ${networkTitles[network]} does better on the seven unseen with the ${richer.name} than with the ${ladder[i].name}`,
        lower: rmse(network, sevenUnseen.name, richer),
        higher: rmse(network, sevenUnseen.name, ladder[i]),
      })),
    ),
};
