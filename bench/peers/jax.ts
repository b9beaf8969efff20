/** The post's CNN in jax-js: one compiled function makes a step. */
import {
  defaultDevice,
  getWebGPUDevice,
  init,
  jit,
  lax,
  nn,
  numpy as np,
  tree,
  valueAndGrad,
} from "@jax-js/jax";
import { openDoor, type PeerNetwork } from "../page/peer";
import { batchOf, learnablesOf, learnRates, specOf, type Task } from "../page/task";

/** Every use of an array but its last is of `.ref`: functions free what they are given. */
type Learnables = { [name: string]: np.Array };

const momentum = 0.9;
const epsilon = 1e-5;
const slope = 0.5;

openDoor(async (task): Promise<PeerNetwork> => {
  if (task.network !== "cnn") throw new Error("jax-js has no loop primitive for a recurrent network");
  const available = await init("webgpu");
  if (!available.includes("webgpu")) throw new Error("the WebGPU backend does not start");
  defaultDevice("webgpu");
  const { batch } = task;
  const { steps, channels } = specOf(task).input;
  const curves = batchOf(task);
  const x = np.array(Float32Array.from(curves.x), { shape: [batch, channels, steps] });
  const target = np.array(Float32Array.from(curves.target), { shape: [batch, 1, steps] });
  let learnables = initialLearnables(task);
  let velocities: Learnables = tree.map((values: np.Array) => np.zeros(values.shape), tree.ref(learnables));
  const firstLoss = jit(lossOf);
  const step = jit((weights: Learnables, moments: Learnables, input: np.Array, output: np.Array) => {
    const [loss, gradients] = valueAndGrad(lossOf)(tree.ref(weights), input, output);
    const moved: Learnables = tree.map(
      (velocity: np.Array, gradient: np.Array) => velocity.mul(momentum).sub(gradient.mul(learnRates.cnn)),
      moments,
      gradients,
    );
    const updated: Learnables = tree.map(
      (weight: np.Array, velocity: np.Array) => weight.add(velocity),
      weights,
      tree.ref(moved),
    );
    return [loss, updated, moved] as [np.Array, Learnables, Learnables];
  });
  return {
    device: getWebGPUDevice(),
    parameters: Object.values(learnables).reduce((sum, { size }) => sum + size, 0),
    firstLoss: () => read(firstLoss(tree.ref(learnables), x.ref, target.ref)),
    async step() {
      const [loss, updated, moved] = step(learnables, velocities, x.ref, target.ref);
      learnables = updated;
      velocities = moved;
      return read(loss);
    },
  };
});

const initialLearnables = (task: Task): Learnables =>
  Object.fromEntries(
    learnablesOf(task).map(({ name, shape, data }) => [name, np.array(data, { shape: [...shape] })]),
  );

async function read(loss: np.Array): Promise<number> {
  const [value] = await loss.data();
  return value;
}

/** Half the squared error, summed over a curve, mean over the batch. */
function lossOf(weights: Learnables, x: np.Array, target: np.Array): np.Array {
  const [batch] = x.shape;
  const first = block(x, weights, 1);
  const second = block(first, weights, 2);
  const prediction = convolve(second, weights["conv3.weight"], weights["conv3.bias"]);
  return np
    .square(prediction.sub(target))
    .sum()
    .mul(0.5 / batch);
}

const block = (x: np.Array, weights: Learnables, place: 1 | 2): np.Array => {
  const values = convolve(x, weights[`conv${place}.weight`], weights[`conv${place}.bias`]);
  const normal = normalise(values, weights[`bn${place}.scale`], weights[`bn${place}.offset`]);
  return nn.leakyRelu(normal, slope);
};

/** x (B, Ci, T), weight (Co, Ci, K), bias (Co). */
const convolve = (x: np.Array, weight: np.Array, bias: np.Array): np.Array =>
  lax.conv(x, weight, [1], "SAME").add(bias.reshape([-1, 1]));

/** By the statistics of the batch, over curves and steps. */
const normalise = (x: np.Array, scale: np.Array, offset: np.Array): np.Array =>
  nn
    .standardize(x, [0, 2], { epsilon })
    .mul(scale.reshape([-1, 1]))
    .add(offset.reshape([-1, 1]));
