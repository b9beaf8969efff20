/** A training in the middle, made up, and what reading a bad checkpoint says. */
import { expect } from "vitest";
import { batchNorm, biLstm, conv1d, dropout, type NetworkSpec, resolveLayers } from "../../../src/engine";
import { readCheckpoint } from "../../../src/engine/files/checkpoint";
import { FormatError } from "../../../src/engine/files/error";
import { adam, defaultTrainingOptions } from "../../../src/engine/training/options";
import type { Progress } from "../../../src/engine/training/progress";
import { statisticsShapes, type Tensors, type TrainingState } from "../../../src/engine/training/state";

export const network: NetworkSpec = {
  input: { channels: 2, steps: 4 },
  layers: [conv1d({ filters: 5, kernel: 3 }), batchNorm(), biLstm({ hidden: 2 }), dropout(0.5)],
  loss: "observations",
};
const layers = resolveLayers(network);

/** Values that differ, among them those that a careless copy would change. */
function tensors(shapes: Iterable<readonly [string, readonly number[]]>, start: number): Tensors {
  return new Map(
    Array.from(shapes, ([name, shape], i) => {
      const count = shape.reduce((product, length) => product * length, 1);
      const data = Float32Array.from({ length: count }, (_, j) => start + i + j / 7);
      data[0] = -0;
      return [name, { shape, data }];
    }),
  );
}
const learnableShapes = layers.flatMap(({ learnables }) =>
  learnables.map(({ name, shape }) => [name, shape] as const),
);
const weights = (start: number) => ({
  learnables: tensors(learnableShapes, start),
  statistics: tensors(statisticsShapes(layers), start + 50),
});

export const history: readonly Progress[] = [1, 2, 3, 4].map((iteration) => ({
  iteration,
  epoch: Math.ceil(iteration / 2),
  learnRate: Math.fround(0.01 / iteration),
  loss: Math.fround(1 / iteration),
  rmse: Math.fround(1 / (1 + iteration)),
  gradientNorm: Math.fround(3 / iteration),
  seconds: iteration / 3,
  ...(iteration % 2 === 0 && { validation: { loss: 0.75 / iteration, rmse: 0.5 } }),
}));

export const state: TrainingState = {
  network,
  options: { ...defaultTrainingOptions, batch: 2, epochs: 7, solver: adam(), seed: 4294967295 },
  rows: { training: 5, validation: 3 },
  data: "0123456789abcdef".repeat(4),
  order: Uint32Array.of(4, 0, 3, 1),
  iteration: 4,
  seconds: 1.25,
  ...weights(1),
  moments: new Map([
    ["gradient mean", tensors(learnableShapes, 100)],
    ["gradient mean square", tensors(learnableShapes, 200)],
  ]),
  best: { iteration: 4, loss: 0.1875, ...weights(300) },
  history,
};

/** What reading says; a refusal is one line that names the file. */
export async function refusal(bytes: Uint8Array): Promise<string> {
  try {
    await readCheckpoint(bytes, "file");
  } catch (error) {
    expect(error).toBeInstanceOf(FormatError);
    const { message } = error as FormatError;
    expect(message).toMatch(/^file: \S/);
    expect(message).not.toContain("\n");
    return message;
  }
  return "nothing was thrown";
}
