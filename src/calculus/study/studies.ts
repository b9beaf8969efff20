/** The laboratory's studies. */
import { randomFamilies, sevenUnseen, unseenFamilies } from "../families/families";
import type { RuleName } from "../rules/rules";
import {
  agreement,
  constant,
  countBelow,
  halfWay,
  linearHalfWay,
  meanOf,
  placeBetween,
  quotient,
  times,
} from "./by-seed";
import { asTaught, type Condition } from "./condition";
import { functionSets, samplingSets, testSetName } from "./evaluation-set";
import { zeroName } from "./predictor";
import { otherSamplings, taughtSampling } from "./samplings";
import type { StencilProperty } from "./stencil-properties";
import type { Study } from "./study";
import { networkTitles } from "./titles";

/** A fresh random function for every training curve. */
const continuous: Condition = { name: "continuous family", options: { family: "continuous" } };
const fit = "local least squares";
const matcher = "matcher";

const unseen: Study = {
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

/** Those that the post says a learner cannot have. */
const denied: readonly RuleName[] = ["product rule", "chain rule", "fundamental theorem"];

const rules: Study = {
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

const bounds: readonly (readonly [StencilProperty, number, string])[] = [
  ["first moment, beside 1", 0.5, "has weights with a first moment within ½ of 1"],
  ["even share of the weights", 0.5, "has weights more odd than even"],
  ["variation over the curves", 1, "has weights that differ between curves by less than their size"],
];

const stencil: Study = {
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
          higher: constant(figures, bound),
        };
      }),
    ),
};

const six: Condition = { name: "six functions", options: { family: "six" } };
const twelve: Condition = { name: "twelve functions", options: { family: "twelve" } };
const sixty: Condition = { name: "sixty functions", options: { family: "sixty" } };

const ladder = [six, twelve, sixty, continuous];

const diversity: Study = {
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

const withGrid: Condition = { ...asTaught, name: "with x" };
const withoutGrid: Condition = { name: "without x", options: {}, withoutGrid: true };

const inputs: Study = {
  name: "inputs",
  question: "Do the networks need to be told where a curve was sampled?",
  hypothesis: "A slope is a difference in f over a difference in x: without x their error grows.",
  criterion:
    "with every seed, each network has a higher RMSE without x, on Moler's six and on the seven unseen",
  control: "the same networks with x, and classical opponents, which always have it",
  conditions: [withGrid, withoutGrid],
  sets: [testSetName, sevenUnseen.name],
  headline: [testSetName, sevenUnseen.name],
  claims: ({ networks, rmse }) =>
    networks.flatMap((network) =>
      [testSetName, sevenUnseen.name].map((set) => ({
        text: `the ${networkTitles[network]} does worse on ${set} without x`,
        lower: rmse(network, set, withGrid),
        higher: rmse(network, set, withoutGrid),
      })),
    ),
};

const at = (noise: string): Condition => ({ name: `noise ${noise}`, options: { noise: Number(noise) } });
const [none, little, more, much] = ["0", "0.001", "0.01", "0.1"].map(at);

const noise: Study = {
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

const sampling: Study = {
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

/** No training has its grids, whichever way curves are split: all are asked the same. */
const set = taughtSampling.name;

const byCurve: Condition = { ...asTaught, name: "split by curve" };
const byGrid: Condition = { name: "split by grid", options: {}, splitByGrid: true };

const split: Study = {
  name: "split",
  question:
    "Does it flatter the networks that the grids of the test curves stand in the training set as well?",
  hypothesis: "Hardly: with whole grids held out their error is less than a tenth higher.",
  criterion:
    "with every seed, each network's RMSE on Moler's six, on new grids that are the same for both, is below 1.1 times as much where the split is by grid as where it is by curve",
  control: "the experiment's own split, by curve, and classical opponents, which learn from no grid",
  conditions: [byCurve, byGrid],
  learntOn: set,
  sets: [testSetName, set, sevenUnseen.name],
  headline: [testSetName, set],
  claims: ({ networks, rmse }) =>
    networks.map((network) => ({
      text: `the ${networkTitles[network]} stays below 1.1 times its error where whole grids are held out`,
      lower: rmse(network, set, byGrid),
      higher: times(1.1, rmse(network, set, byCurve)),
    })),
};

const sixIntegrals: Condition = {
  name: "integral of six functions",
  options: { family: "six" },
  inverse: true,
};
const continuousIntegrals: Condition = {
  name: "integral of a continuous family",
  options: { family: "continuous" },
  inverse: true,
};

const families = randomFamilies.map(({ name }) => name);

const inverse: Study = {
  name: "inverse",
  question: "Is an integral more like an image or a sound? From f′ back to f(x) − f(−1).",
  hypothesis:
    "An integral needs the whole curve: the CNN, which sees 13 samples at a time, fails where it cannot recognise the function, and the BiLSTM does not.",
  criterion:
    "taught a continuous family, with every seed, on each family's other members: the BiLSTM's RMSE is below the CNN's and below half of predicting zero, the CNN's above that",
  control:
    "the same on six functions, which a window may recognise; the trapezoid rule, predicting zero and a matcher of the twelve",
  conditions: [sixIntegrals, continuousIntegrals],
  sets: functionSets,
  headline: [testSetName, ...families],
  claims: ({ networks, rmse }) => {
    // Half of the hypothesis is none.
    if (networks.length < 2) return [];
    const of = (predictor: string, family: string) => rmse(predictor, family, continuousIntegrals);
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

const choice = (name: string, changes: Partial<Condition>): Condition => ({ name, options: {}, ...changes });

const trainingChoices: readonly Condition[] = [
  asTaught,
  choice("Glorot initialisation", { options: { init: "glorot" } }),
  choice("global clipping", { options: { clipMethod: "global-l2norm" } }),
  choice("shuffled every epoch", { options: { shuffle: "every-epoch" } }),
  choice("loss scales exchanged", { exchangedLoss: true }),
];

const choices: Study = {
  name: "choices",
  question: "Does the outcome hang on what else was chosen, besides the networks?",
  hypothesis: "No: with each of these choices changed, the better network stays the better one.",
  criterion:
    "with every seed and each choice changed, the network with the lower RMSE on Moler's six is the one that has it as taught",
  control:
    "the preset's choices (moler's are those of 2018), of which one at a time is changed, and classical opponents, whom they do not concern",
  conditions: trainingChoices,
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
        lower: constant(agrees, 0),
        higher: agrees,
      };
    });
  },
};

/** In the order in which they are told. */
export const studies: readonly Study[] = [
  unseen,
  rules,
  stencil,
  diversity,
  inputs,
  noise,
  sampling,
  split,
  inverse,
  choices,
];
