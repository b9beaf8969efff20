/** Asks trained networks and their classical opponents what the studies of the command line ask. */
import {
  asTaught,
  classicalPredictors,
  functionSets,
  measure,
  type Predictor,
  ruleRows,
  setRows,
} from "../../calculus";
import type { PredictRequest } from "./predictors";
import type { AskedNetwork, MeasuredRows, Request } from "./protocol";

type MeasureRequest = Extract<Request, { readonly kind: "measure" }>;
type Predict = (question: PredictRequest) => Promise<Float32Array<ArrayBuffer>>;

export interface MeasureProgress {
  readonly done: number;
  readonly planned: number;
}

/** Functions that are not of the test set are sampled on so many: a visitor waits. */
const grids = 10;
/** Curves of a slice. */
const slice = 16;
/** Milliseconds after which the worker listens to the page again. */
const patience = 20;

/**
 * The networks first. Nobody has the worker for long: a training under way goes on between two slices.
 * @param tell hears of every question that was answered
 */
export async function answerMeasure(
  { networks, data, test }: MeasureRequest,
  predict: Predict,
  tell: (progress: MeasureProgress) => void,
): Promise<MeasuredRows> {
  const predictors = [
    ...networks.map((network) => predictorOf(network, predict)),
    ...classicalPredictors(asTaught, data.noise),
  ];
  // The sets, and the rules.
  const planned = predictors.length * (functionSets.length + 1);
  let done = 0;
  const asked = predictors.map((predictor) => {
    const { name, answer } = inSlices(predictor);
    return {
      name,
      answer: async (question: Parameters<Predictor["answer"]>[0]) => {
        const answers = await answer(question);
        tell({ done: ++done, planned });
        return answers;
      },
    };
  });
  const measured = await measure(asTaught, data, test, grids, asked, functionSets);
  const runs = [{ seed: data.seed, ...measured }];
  return { sets: setRows(runs, functionSets, data.family), rules: ruleRows(runs, data.family) };
}

const predictorOf = ({ name, run, model }: AskedNetwork, predict: Predict): Predictor => ({
  name,
  answer: ({ x }) => predict({ kind: "predict", run, model, x }),
});

/** The same answers, a few curves at a time. */
const inSlices = ({ name, answer }: Predictor): Predictor => ({
  name,
  answer: async ({ samples, x, target }) => {
    const answers = new Float64Array(target.length);
    let since = performance.now();
    for (let from = 0; from < answers.length; from += slice * samples) {
      const to = Math.min(from + slice * samples, answers.length);
      const part = { samples, x: x.slice(2 * from, 2 * to), target: target.slice(from, to) };
      answers.set(await answer(part), from);
      if (performance.now() - since < patience) continue;
      await new Promise((resolve) => setTimeout(resolve));
      since = performance.now();
    }
    return answers;
  },
});
