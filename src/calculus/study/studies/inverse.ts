import { randomFamilies } from "../../families/families";
import { times } from "../by-seed";
import type { Condition } from "../condition";
import { functionSets, testSetName } from "../evaluation-set";
import { zeroName } from "../respondent";
import type { Study } from "../study";
import { networkTitles } from "../titles";

const six: Condition = { name: "integral of six functions", options: { family: "six" }, inverse: true };
const continuous: Condition = {
  name: "integral of a continuous family",
  options: { family: "continuous" },
  inverse: true,
};

const families = randomFamilies.map(({ name }) => name);

export const inverse: Study = {
  name: "inverse",
  question: "Is an integral more like an image or a sound? From f′ back to f(x) − f(−1).",
  hypothesis:
    "An integral needs the whole curve: the CNN, which sees 13 samples at a time, fails where it cannot recognise the function, and the BiLSTM does not.",
  criterion:
    "taught a continuous family, with every seed, on each family's other members: the BiLSTM's RMSE is below the CNN's and below half of predicting zero, the CNN's above that",
  control:
    "the same on six functions, which a window may recognise; the trapezoid rule, predicting zero and a matcher of the twelve",
  conditions: [six, continuous],
  sets: functionSets,
  headline: [testSetName, ...families],
  claims: ({ networks, rmse }) => {
    // Half of the hypothesis is none.
    if (networks.length < 2) return [];
    const of = (predictor: string, family: string) => rmse(predictor, family, continuous);
    const { cnn, bilstm } = networkTitles;
    return families.flatMap((family) => {
      const halfOfZero = times(0.5, of(zeroName, family));
      return [
        {
          text: `the ${cnn} fails on ${family}, with more than half the error of predicting zero`,
          lower: halfOfZero,
          higher: of("cnn", family),
        },
        {
          text: `the ${bilstm} does not fail on ${family}, with less than half the error of predicting zero`,
          lower: of("bilstm", family),
          higher: halfOfZero,
        },
        {
          text: `the ${bilstm} does better than the ${cnn} on ${family}`,
          lower: of("bilstm", family),
          higher: of("cnn", family),
        },
      ];
    });
  },
};
