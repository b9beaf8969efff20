/** What Train would train, in words. */
import { type Experiment, resolveLayers } from "../../index";
import { networkTitles } from "../session/describe";

const count = new Intl.NumberFormat("en");

/** "A CNN of 11,265 parameters, for 600 iterations: …". */
export function describePlan({ network, data, spec, training }: Experiment): string {
  const test = Math.floor(data.curves / 6);
  const trained = data.curves - test;
  const perEpoch = Math.floor(trained / training.batch);
  const parameters = resolveLayers(spec)
    .flatMap(({ learnables }) => learnables)
    .reduce((sum, { shape }) => sum + shape.reduce((product, size) => product * size, 1), 0);
  return (
    `A ${networkTitles[network]} of ${count.format(parameters)} parameters, ` +
    `${count.format(training.epochs * perEpoch)} iterations: ${many(training.epochs, "epoch")} × ` +
    `${many(perEpoch, "mini-batch", "mini-batches")} of ${many(training.batch, "curve")}. ` +
    `${count.format(trained)} curves train, ${count.format(test)} test.`
  );
}

const many = (number: number, one: string, several = `${one}s`): string =>
  `${count.format(number)} ${number === 1 ? one : several}`;
