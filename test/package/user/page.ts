/** A user's page, which trains: what of the library its bundler takes along. */
import {
  conv1d,
  type Device,
  halfMeanSquaredError,
  Network,
  openDevice,
  type Progress,
  Trainer,
} from "fluxion";

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
export const seen: Progress[] = [];
for await (const progress of trainer.run()) seen.push(progress);
export const gpu: GPUDevice = device.gpu;
export const adapter: string = device.adapter.description;
export const prediction: Float32Array = await network.predict(set.x);
