/** What Train would train, in words. */
import { describeLeftOver, type Experiment, trainingCurves } from "../../calculus";
import { resolveLayers } from "../../engine";
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
    describeRest(data.curves, training)
  );
}

/** What becomes of the curves that fill no mini-batch. */
function describeRest(curves: number, training: Experiment["training"]): string {
  const clause = describeLeftOver(curves, training);
  return clause === undefined ? "" : ` ${clause[0].toUpperCase()}${clause.slice(1)}.`;
}

const many = (number: number, one: string, several = `${one}s`): string =>
  `${count.format(number)} ${number === 1 ? one : several}`;
