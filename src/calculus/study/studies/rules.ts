import type { RuleName } from "../../rules/rules";
import { countBelow, halfWay, linearHalfWay } from "../by-seed";
import { asTaught } from "../condition";
import { testSetName } from "../evaluation-set";
import type { Study } from "../study";
import { networkTitles } from "../titles";
import { continuous } from "./diversity";

/** Those that the post says a learner cannot have. */
const denied: readonly RuleName[] = ["product rule", "chain rule", "fundamental theorem"];

export const rules: Study = {
  name: "rules",
  question: "Do the networks keep the rules of calculus, which can be tested without a known derivative?",
  hypothesis:
    "Where functions are not taught they break the product rule, the chain rule and the fundamental theorem more like the matcher than like local least squares, on a logarithmic scale.",
  criterion:
    "with every seed, each network's defect (over its scale, on functions not taught) is above the geometric mean of local least squares' and the matcher's, for each of the three rules",
  control:
    "classical opponents on the same curves, and the exact derivative in the noise of training; a rule may be kept by one who is wrong, as predicting zero shows",
  conditions: [asTaught, continuous],
  sets: [testSetName],
  headline: denied,
  rules: true,
  claims: ({ networks, defect }) =>
    networks.flatMap((network) =>
      denied.map((rule) => {
        const of = (predictor: string) => defect(predictor, rule, "unseen", asTaught);
        return {
          text: `the ${networkTitles[network]} breaks the ${rule} more like the matcher than like local least squares`,
          lower: halfWay(of("local least squares"), of("matcher")),
          higher: of(network),
        };
      }),
    ),
  remarks: ({ networks, defect }) => {
    const linearly = networks.flatMap((network) =>
      denied.flatMap((rule) => {
        const of = (predictor: string) => defect(predictor, rule, "unseen", asTaught);
        const middle = linearHalfWay(of("local least squares"), of("matcher"));
        const { below, of: measured } = countBelow(middle, of(network));
        return measured === 0
          ? []
          : [`${networkTitles[network]}, ${rule}, with ${below} of ${measured} seeds`];
      }),
    );
    return linearly.length > 0 ? [`On a linear scale more like the matcher: ${linearly.join("; ")}.`] : [];
  },
};
