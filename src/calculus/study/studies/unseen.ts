import { sevenUnseen, unseenFamilies } from "../../families/families";
import { countBelow, halfWay, linearHalfWay, meanOf, placeBetween } from "../by-seed";
import { asTaught } from "../condition";
import { functionSets, testSetName } from "../evaluation-set";
import { zeroName } from "../respondent";
import type { Study } from "../study";
import { networkTitles } from "../titles";

const fit = "local least squares";
const matcher = "matcher";

export const unseen: Study = {
  name: "unseen",
  question: "Does what the networks learn carry to functions that they were not taught?",
  hypothesis:
    "On functions not taught they are nearer to the matcher, which knows patterns alone, than to local least squares, on a logarithmic scale.",
  criterion:
    "with every seed, each network's RMSE on the seven unseen is above the geometric mean of local least squares' and the matcher's",
  control: "classical opponents on the same curves, which nobody trained",
  conditions: [asTaught],
  sets: functionSets,
  headline: [testSetName, sevenUnseen.name],
  claims: ({ networks, rmse }) => {
    const of = (predictor: string) => rmse(predictor, sevenUnseen.name, asTaught);
    return networks.map((network) => ({
      text: `the ${networkTitles[network]} is nearer to the matcher than to local least squares on the seven unseen`,
      lower: halfWay(of(fit), of(matcher)),
      higher: of(network),
    }));
  },
  remarks: ({ networks, seeds, kindOf, rmse }) => {
    const of = (predictor: string, set = sevenUnseen.name) => rmse(predictor, set, asTaught);
    const places = networks.flatMap((network) => {
      const place = meanOf(placeBetween(of(network), of(fit), of(matcher)));
      return place === undefined ? [] : [`${networkTitles[network]} ${place.toFixed(2)}`];
    });
    const linearly = networks.flatMap((network) => {
      const { below, of: measured } = countBelow(linearHalfWay(of(fit), of(matcher)), of(network));
      return measured === 0 ? [] : [`${networkTitles[network]} with ${below} of ${measured} seeds`];
    });
    const families = unseenFamilies.filter(({ name }) => kindOf(name, asTaught) === "unseen");
    const better = networks.flatMap((network) => {
      const counts = families.map(({ name }) => countBelow(of(network, name), of(zeroName, name)));
      if (counts.some(({ of: measured }) => measured < seeds)) return [];
      return [`${networkTitles[network]} ${counts.filter(({ below }) => below === seeds).length}`];
    });
    return [
      ...(places.length > 0
        ? [
            `Place on the seven unseen, from local least squares (0) to the matcher (1) on a logarithmic scale: ${places.join(", ")}.`,
          ]
        : []),
      ...(linearly.length > 0 ? [`On a linear scale nearer to the matcher: ${linearly.join(", ")}.`] : []),
      ...(better.length > 0
        ? [
            `Families not taught, of ${families.length}, on which it is better with every seed than predicting zero: ${better.join(", ")}.`,
          ]
        : []),
    ];
  },
};
