import { asTaught } from "../condition";
import { samplingSets } from "../evaluation-set";
import { otherSamplings, taughtSampling } from "../samplings";
import type { Study } from "../study";
import { networkTitles } from "../titles";

export const sampling: Study = {
  name: "sampling",
  question:
    "Do the networks differentiate the six functions where these are sampled otherwise than in training?",
  hypothesis: "They have learnt one way of sampling: under every other their error is higher.",
  criterion:
    "with every seed, each network's RMSE is higher under each other sampling than on new grids like those taught",
  control: "new grids like those taught, and classical opponents on the same curves",
  conditions: [asTaught],
  sets: samplingSets,
  headline: samplingSets,
  claims: ({ networks, rmse }) =>
    networks.flatMap((network) =>
      otherSamplings.map(({ name }) => ({
        text: `the ${networkTitles[network]} does worse on: ${name}`,
        lower: rmse(network, taughtSampling.name, asTaught),
        higher: rmse(network, name, asTaught),
      })),
    ),
};
