/** A user's program: what the faces export, with the types that they promise. */
import {
  conv1d,
  type Device,
  halfMeanSquaredError,
  Network,
  openDevice,
  type Progress,
  Trainer,
} from "fluxion";
import { readExpression } from "fluxion/expressions";

const device: Device = await openDevice();
const network = await Network.build(device, {
  input: { channels: 1, steps: 50 },
  batch: 10,
  layers: [conv1d({ filters: 1, kernel: 5 })],
  loss: halfMeanSquaredError("observations"),
});
// @ts-expect-error: there is no such option.
conv1d({ filters: 1, kernel: 5, stride: 2 });
const set = { rows: 10, x: new Float32Array(500), target: new Float32Array(500) };
const trainer = await Trainer.build(network, { train: set, validation: set });
const seen: Progress[] = [];
for await (const progress of trainer.run()) seen.push(progress);
export const gpu: GPUDevice = device.gpu;
export const adapter: string = device.adapter.description;
export const prediction: Float32Array = await network.predict(set.x);
export const slope: string = readExpression("x^2").writtenDerivative;
