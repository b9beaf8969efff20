import { sevenUnseen } from "../../families/families";
import { agreement, alike, quotient } from "../by-seed";
import { asTaught, type Condition } from "../condition";
import { testSetName } from "../evaluation-set";
import type { Study } from "../study";

const choice = (name: string, changes: Partial<Condition>): Condition => ({ name, options: {}, ...changes });

const conditions: readonly Condition[] = [
  asTaught,
  choice("Glorot initialisation", { options: { init: "glorot" } }),
  choice("global clipping", { options: { clipMethod: "global-l2norm" } }),
  choice("shuffled every epoch", { options: { shuffle: "every-epoch" } }),
  choice("loss scales exchanged", { exchangedLoss: true }),
];

export const choices: Study = {
  name: "choices",
  question: "Does the outcome hang on what else was chosen, besides the networks?",
  hypothesis: "No: with each of these choices changed, the better network stays the better one.",
  criterion:
    "with every seed and each choice changed, the network with the lower RMSE on Moler's six is the one that has it as taught",
  control:
    "the preset's choices (moler's are those of 2018), of which one at a time is changed, and classical opponents, whom they do not concern",
  conditions,
  sets: [testSetName, sevenUnseen.name],
  headline: [testSetName, sevenUnseen.name],
  claims: ({ networks, conditions, rmse }) => {
    if (networks.length < 2) return [];
    const relative = (condition: Condition) =>
      quotient(rmse("bilstm", testSetName, condition), rmse("cnn", testSetName, condition));
    return conditions.slice(1).map((condition) => {
      const agrees = agreement(relative(asTaught), relative(condition));
      return {
        text: `the better network on ${testSetName} stays the better one: ${condition.name}`,
        lower: alike(agrees, 0),
        higher: agrees,
      };
    });
  },
};
