import { sevenUnseen } from "../../families/families";
import { asTaught, type Condition } from "../condition";
import { testSetName } from "../evaluation-set";
import type { Study } from "../study";
import { networkTitles } from "../titles";

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
  question: "Does the outcome hang on what was chosen in 2018 besides the networks?",
  hypothesis:
    "No: with each of these choices changed, the BiLSTM still does better than the CNN on the six functions.",
  criterion: "with every seed and under every condition, the BiLSTM's RMSE on Moler's six is below the CNN's",
  control:
    "2018's choices, of which one at a time is changed, and classical opponents, whom they do not concern",
  conditions,
  sets: [testSetName, sevenUnseen.name],
  headline: [testSetName, sevenUnseen.name],
  claims: ({ networks, rmse }) =>
    networks.length < 2
      ? []
      : conditions.map((condition) => ({
          text: `the ${networkTitles.bilstm} does better than the ${networkTitles.cnn} on ${testSetName}: ${condition.name}`,
          lower: rmse("bilstm", testSetName, condition),
          higher: rmse("cnn", testSetName, condition),
        })),
};
