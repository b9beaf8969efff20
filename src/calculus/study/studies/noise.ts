import { sevenUnseen } from "../../families/families";
import { times } from "../by-seed";
import type { Condition } from "../condition";
import { testSetName } from "../evaluation-set";
import type { Study } from "../study";
import { networkTitles } from "../titles";

const at = (noise: string): Condition => ({ name: `noise ${noise}`, options: { noise: Number(noise) } });
const [none, little, more, much] = ["0", "0.001", "0.01", "0.1"].map(at);

export const noise: Study = {
  name: "noise",
  question: "How much noise on curves and targets do the networks bear?",
  hypothesis:
    "They bear ten times the noise of the experiment: a noise of 0.01 costs less than a tenth of their error.",
  criterion:
    "with every seed, each network's RMSE on Moler's six at a noise of 0.01 is below 1.1 times that without noise",
  control: "classical opponents on the same curves; of them, the spline alone is told of the noise",
  conditions: [none, little, more, much],
  sets: [testSetName, sevenUnseen.name],
  headline: [testSetName],
  claims: ({ networks, rmse }) =>
    networks.map((network) => ({
      text: `the ${networkTitles[network]} with noise 0.01 stays below 1.1 times its error without noise`,
      lower: rmse(network, testSetName, more),
      higher: times(1.1, rmse(network, testSetName, none)),
    })),
};
