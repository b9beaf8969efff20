/** What Train would train, in words. */
import { type Experiment, resolveLayers, trainingCurves } from "../../index";
import { networkTitles } from "../session/describe";

const count = new Intl.NumberFormat("en");

/** "A CNN of 11,265 parameters, 600 iterations: …". */
export function describePlan({ network, data, spec, training }: Experiment): string {
  const trained = trainingCurves(data.curves);
  const perEpoch = Math.floor(trained / training.batch);
  const parameters = resolveLayers(spec)
    .flatMap(({ learnables }) => learnables)
    .reduce((sum, { shape }) => sum + shape.reduce((product, size) => product * size, 1), 0);
  return (
    `A ${networkTitles[network]} of ${count.format(parameters)} parameters, ` +
    `${count.format(training.epochs * perEpoch)} iterations: ${many(training.epochs, "epoch")} × ` +
    `${many(perEpoch, "mini-batch", "mini-batches")} of ${many(training.batch, "curve")}. ` +
    `${count.format(trained)} curves train, ${count.format(data.curves - trained)} test.` +
    describeRest(trained - perEpoch * training.batch, training)
  );
}

/** What becomes of the curves that do not fill a mini-batch. */
function describeRest(rest: number, { epochs, shuffle }: Experiment["training"]): string {
  if (rest === 0) return "";
  const left = many(rest, "curve");
  return shuffle === "every-epoch" && epochs > 1
    ? ` Mini-batches leave over ${left} in every epoch, others each time.`
    : ` Mini-batches leave over ${left}, which ${rest === 1 ? "is" : "are"} never trained on.`;
}

const many = (number: number, one: string, several = `${one}s`): string =>
  `${count.format(number)} ${number === 1 ? one : several}`;
