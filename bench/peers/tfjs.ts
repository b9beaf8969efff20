/** The post's networks in TensorFlow.js: its layers, its optimizers, its WebGPU backend. */
import { WebGPUBackend } from "@tensorflow/tfjs-backend-webgpu";
import * as tf from "@tensorflow/tfjs-core";
// Its layers call operations as methods of tensors.
import "@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops";
import * as layers from "@tensorflow/tfjs-layers";
import { openDoor, type PeerNetwork } from "../page/peer";
import { batchOf, learnablesOf, learnRates, specOf, type Task } from "../page/task";

openDoor(async (task): Promise<PeerNetwork> => {
  if (!(await tf.setBackend("webgpu"))) throw new Error("the WebGPU backend does not start");
  await tf.ready();
  const backend = tf.backend();
  if (!(backend instanceof WebGPUBackend)) throw new Error(`the backend is ${tf.getBackend()}`);
  const { network, batch } = task;
  const { steps, channels } = specOf(task).input;
  const model = network === "cnn" ? cnn(steps, channels) : bilstm(steps, channels, task.dropout);
  writeLearnables(model, task);
  const curves = batchOf(task);
  // Channels come last.
  const x = tf.tidy(() => tf.transpose(tf.tensor3d(curves.x, [batch, channels, steps]), [0, 2, 1]));
  const target = tf.tensor3d(curves.target, [batch, steps, 1]);
  const divisor = 2 * batch * (network === "cnn" ? 1 : steps);
  const lossOf = (training: boolean): tf.Scalar => {
    const prediction = model.apply(x, { training });
    if (!(prediction instanceof tf.Tensor)) throw new Error("the model has more than one output");
    return tf.div(tf.sum(tf.square(tf.sub(prediction, target))), divisor);
  };
  const optimizer =
    network === "cnn"
      ? tf.train.momentum(learnRates.cnn, 0.9)
      : tf.train.adam(learnRates.bilstm, 0.9, 0.999, 1e-8);
  const read = async (loss: tf.Scalar | null): Promise<number> => {
    if (loss === null) throw new Error("the step has no loss");
    const [value] = await loss.data();
    loss.dispose();
    return value;
  };
  return {
    device: backend.device,
    parameters: model.trainableWeights.reduce((sum, { shape }) => sum + elements(shape), 0),
    // Batch normalisation takes the statistics of the batch in training alone; the BiLSTM would drop values there.
    firstLoss: () => read(tf.tidy(() => lossOf(network === "cnn"))),
    step: () => read(optimizer.minimize(() => lossOf(true), true)),
  };
});

function cnn(steps: number, channels: number): layers.Sequential {
  const convolution = (filters: number, inputShape?: [number, number]) =>
    layers.layers.conv1d({ filters, kernelSize: 5, padding: "same", ...(inputShape ? { inputShape } : {}) });
  const rest = () => [
    layers.layers.batchNormalization({ epsilon: 1e-5, momentum: 0.9 }),
    layers.layers.leakyReLU({ alpha: 0.5 }),
  ];
  return layers.sequential({
    layers: [convolution(128, [steps, channels]), ...rest(), convolution(128), ...rest(), convolution(1)],
  });
}

function bilstm(steps: number, channels: number, rate: number): layers.Sequential {
  const recurrent = (inputShape?: [number, number]) =>
    layers.layers.bidirectional({
      layer: layers.layers.lstm({
        units: 128,
        activation: "tanh",
        recurrentActivation: "sigmoid",
        returnSequences: true,
      }) as layers.RNN,
      mergeMode: "concat",
      ...(inputShape ? { inputShape } : {}),
    });
  return layers.sequential({
    layers: [
      recurrent([steps, channels]),
      layers.layers.dropout({ rate }),
      recurrent(),
      layers.layers.dense({ units: 1 }),
    ],
  });
}

/** Its layout is that of the learnables with all axes reversed: taps, inputs, outputs. */
function writeLearnables(model: layers.Sequential, task: Task): void {
  const learnables = learnablesOf(task);
  const { trainableWeights } = model;
  if (trainableWeights.length !== learnables.length)
    throw new Error(`the model has ${trainableWeights.length} learnables instead of ${learnables.length}`);
  trainableWeights.forEach((weight, i) => {
    const { shape, data } = learnables[i];
    weight.write(tf.tidy(() => tf.transpose(tf.tensor(data, [...shape]))));
  });
}

const elements = (shape: readonly (number | null)[]): number =>
  shape.reduce<number>((product, size) => product * (size ?? 0), 1);
