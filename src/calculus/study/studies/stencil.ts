import { alike } from "../by-seed";
import { asTaught } from "../condition";
import { testSetName } from "../evaluation-set";
import type { StencilProperty } from "../stencil-properties";
import type { Study } from "../study";
import { networkTitles } from "../titles";
import { continuous } from "./diversity";

const bounds: readonly (readonly [StencilProperty, number, string])[] = [
  ["first moment, beside 1", 0.5, "has weights with a first moment within ½ of 1"],
  ["even share of the weights", 0.5, "has weights more odd than even"],
  ["variation over the curves", 1, "has weights that differ between curves by less than their size"],
];

export const stencil: Study = {
  name: "stencil",
  question: "With which weights does the answer at a point take the samples about it?",
  hypothesis:
    "With roughly those of a derivative: their first moment is within ½ of 1, they are more odd than even, and they differ between curves by less than their size.",
  criterion:
    "with every seed, each network's mean weights at the middle of an equispaced grid, over the six functions, have a first moment within ½ of 1 and an odd share above one half, and weights differ between curves by less than their size",
  control:
    "opponents that are linear in the samples (local least squares have Savitzky and Golay's weights), and predicting zero, which has none",
  conditions: [asTaught, continuous],
  sets: [testSetName],
  stencils: true,
  headline: bounds.map(([property]) => property),
  claims: ({ networks, stencil }) =>
    networks.flatMap((network) =>
      bounds.map(([property, bound, text]) => {
        const figures = stencil(network, property, asTaught);
        return {
          text: `the ${networkTitles[network]} ${text}`,
          lower: figures,
          higher: alike(figures, bound),
        };
      }),
    ),
};
