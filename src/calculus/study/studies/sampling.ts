import { quotient } from "../by-seed";
import { asTaught } from "../condition";
import { samplingSets } from "../evaluation-set";
import { otherSamplings, taughtSampling } from "../samplings";
import type { Study } from "../study";
import { networkTitles } from "../titles";

export const sampling: Study = {
  name: "sampling",
  question:
    "Do the networks differentiate the six functions where these are sampled otherwise than in training?",
  hypothesis:
    "They have learnt one way of sampling: under every other they lose more than local least squares do, which find some of them harder as well.",
  criterion:
    "with every seed, each network's RMSE over that of local least squares is higher under each other sampling than on new grids like those taught",
  control: "new grids like those taught, and classical opponents on the same curves",
  conditions: [asTaught],
  learntOn: taughtSampling.name,
  sets: samplingSets,
  headline: samplingSets,
  claims: ({ networks, rmse }) =>
    networks.flatMap((network) => {
      const relative = (set: string) =>
        quotient(rmse(network, set, asTaught), rmse("local least squares", set, asTaught));
      return otherSamplings.map(({ name }) => ({
        text: `the ${networkTitles[network]} does worse, beside local least squares, on: ${name}`,
        lower: relative(taughtSampling.name),
        higher: relative(name),
      }));
    }),
};
