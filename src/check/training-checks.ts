/** Trainings of the self-test, each to its end: gathering, every layer, the loss, clipping, a solver, validations. */
import { generateCurves } from "../calculus/curves";
import { molerBilstm, molerCnn } from "../calculus/networks";
import type { NetworkSpec } from "../engine/network/spec";
import { initialise } from "../engine/training/initialise";
import { adam, defaultTrainingOptions, type TrainingOptions } from "../engine/training/options";
import { trainToEnd } from "../reference/outcome";
import { expectedOutcome, trainingTolerance } from "./expected-training";
import { exponentials, type SelfCheck } from "./self-check";
import { trainOnce } from "./training";

/** The last batch of either set is short. */
const [batch, rows, validationRows] = [5, 18, 6];
const steps = 6;
const samples = 33;

const cnn = molerCnn({ filters: 12, samples });
const bilstm = molerBilstm({ hidden: 5, dropout: 0.5, samples });

interface TrainingCase {
  readonly shape: string;
  readonly spec: NetworkSpec;
  readonly own: Partial<TrainingOptions>;
}

/** What a training begins with, and what the reference makes of its first `count` steps. */
function prepare({ spec, own }: TrainingCase, count = steps) {
  const options: TrainingOptions = {
    ...defaultTrainingOptions,
    initialisation: "glorot",
    validationEvery: 2,
    batch,
    ...own,
  };
  const train = generateCurves({ curves: rows, samples, seed: 5 });
  const validation = generateCurves({ curves: validationRows, samples, seed: 6 });
  const batches = Uint32Array.from({ length: steps * batch }, (_, i) => (7 * i) % rows);
  const start = initialise(spec, options.initialisation, options.seed);
  const outcome = trainToEnd(spec, options, start, { train, validation }, batches.subarray(0, count * batch));
  return {
    config: {
      train,
      validation,
      options,
      batches,
      learnables: new Map(Array.from(start, ([name, data]) => [name, { data }])),
    },
    expected: expectedOutcome(spec, options, outcome, exponentials * trainingTolerance),
  };
}

function trainingCheck(training: TrainingCase): SelfCheck {
  const { shape, spec } = training;
  return {
    kernel: "training",
    shape,
    async run(device) {
      const { config, expected } = prepare(training);
      return { got: (await trainOnce(device, { ...spec, batch }, config)).outputs, expected };
    },
  };
}

/** A step whose loss is beyond float32 must change nothing, and what was wrong must be named. */
function divergenceCheck(training: TrainingCase): SelfCheck {
  const accepted = 2;
  return {
    kernel: "scan",
    shape: training.shape,
    async run(device) {
      const { config, expected } = prepare(training, accepted);
      const target = config.train.target.slice();
      target[config.batches[(accepted + 1) * batch - 1] * samples + samples - 1] = 1e25;
      const { outputs, result } = await trainOnce(
        device,
        { ...training.spec, batch },
        { ...config, train: { ...config.train, target } },
      );
      const named = result.detail === `iteration ${accepted + 1}: the loss is not finite`;
      return {
        got: new Map([...outputs, ["named", Float32Array.of(named ? 1 : 0)]]),
        expected: [...expected, { tensor: "named", expected: [1], allowed: () => 0 }],
      };
    },
  };
}

/** In the order in which they run. */
export const trainingChecks: readonly SelfCheck[] = [
  trainingCheck({
    shape: `CNN, ${steps} steps, population statistics`,
    spec: cnn,
    own: { learnRate: 0.01 },
  }),
  trainingCheck({
    // At this rate the fourth iteration is better than the last one, which must not be what remains.
    shape: `CNN, ${steps} steps, the best of them`,
    spec: cnn,
    own: { learnRate: 0.1, batchNormStatistics: "moving", restore: "best" },
  }),
  trainingCheck({
    // The last iteration is the best and not among those that are validated on the way.
    shape: `BiLSTM, ${steps} steps`,
    spec: bilstm,
    own: { solver: adam(), learnRate: 0.001, clip: 0.05, validationEvery: 4, restore: "best" },
  }),
  divergenceCheck({
    shape: "CNN, a third step beyond float32",
    spec: cnn,
    own: { learnRate: 0.01, batchNormStatistics: "moving" },
  }),
];
