/** The page of Fluxion: the benchmark of the command line, and what peers are compared with. */

import { defaultBilstmOptions, resolveExperiment } from "../../src/calculus";
import { benchmark } from "../../src/check";
import { timeTraining } from "../../src/check/steps";
import { trainOnce } from "../../src/check/training";
import { type Device, NoAdapterError, openDevice, tune } from "../../src/engine";
import { describeTuning } from "../../src/engine/tuning/tuner";
import { type KernelWishes, nameAdapter, type OwnDoor } from "./door";
import { batchOf, learnablesOf, specOf, type Task } from "./task";

let opened: Device | undefined;

function device(): Device {
  if (opened === undefined) throw new Error("the device is not open");
  return opened;
}

let wishes: KernelWishes = { tuned: false, recurrentWeights: "f32" };

/** The post's network and training, as on the command line. */
const subjectOf = (task: Task) => ({
  spec: specOf(task),
  options: { solver: resolveExperiment("moler", task.network).training.solver },
});

/** The same with the kernels that suit it on this adapter. */
async function tunedSubjectOf(task: Task) {
  const { tuned, recurrentWeights } = wishes;
  const subject = subjectOf(task);
  if (!tuned) return { ...subject, kernels: { recurrentWeights } };
  const { tuning, findings, milliseconds } = await tune(
    device(),
    { ...subject.spec, batch: task.batch },
    { kernels: { recurrentWeights } },
  );
  await window.say(`${task.network}: ${describeTuning(findings, milliseconds)}`);
  return { ...subject, kernels: { recurrentWeights, tuning } };
}

const own: OwnDoor = {
  async open(choice, kernels) {
    wishes = kernels;
    try {
      opened = await openDevice({ adapter: choice });
      return opened.adapter;
    } catch (error) {
      if (error instanceof NoAdapterError) return { missing: error.message };
      throw error;
    }
  },

  async benchmark({ networks, batch, steps }) {
    await window.say(`measuring the peak, then ${networks.join(" and ")}, batch ${batch}`);
    const subjects = [];
    for (const network of networks)
      subjects.push({
        name: network,
        ...(await tunedSubjectOf({ network, batch, dropout: defaultBilstmOptions.dropout })),
      });
    return benchmark(device(), { networks: subjects, batch, steps });
  },

  async prepare(task) {
    await window.say("computing the first loss");
    const { batch } = task;
    const learnables = learnablesOf(task);
    const curves = batchOf(task);
    const { spec, options } = subjectOf({ ...task, dropout: 0 });
    const { outputs } = await trainOnce(
      device(),
      { ...spec, batch },
      {
        train: curves,
        validation: curves,
        batches: Uint32Array.from({ length: batch }, (_, row) => row),
        learnables: new Map(learnables.map((learnable) => [learnable.name, learnable])),
        options,
      },
    );
    const firstLoss = outputs.get("loss")?.[0];
    if (firstLoss === undefined) throw new Error("the first step has no loss");
    return {
      adapter: nameAdapter(device().gpu.adapterInfo),
      parameters: learnables.reduce((sum, { data }) => sum + data.length, 0),
      firstLoss,
    };
  },

  async time(task, steps) {
    await window.say("timing steps");
    return timeTraining(
      device(),
      { batch: task.batch, ...(await tunedSubjectOf(task)) },
      // One step a submit, as peers make them.
      { profiles: { most: 2, milliseconds: 0 }, steps, submitMilliseconds: 0 },
    );
  },
};

window.own = own;
