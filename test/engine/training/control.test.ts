import { describe, expect, test } from "vitest";
import { batchNorm, biLstm, conv1d, dense, dropout, leakyReLU, type NetworkSpec } from "../../../src/engine";
import { adam, sgdm } from "../../../src/engine/training/options";
import { gpu } from "../../browser/client";
import { singles } from "../kernels/layer";
import { type Controlled, control } from "./control";
import { dataOf, type Trained, type TrainingRequest, train } from "./train";

const convolutional: NetworkSpec = {
  input: { channels: 1, steps: 8 },
  layers: [conv1d({ filters: 5, kernel: 3 }), batchNorm(), leakyReLU(0.5), dense({ outputs: 1 })],
  loss: "observations-and-steps",
};
const recurrent: NetworkSpec = {
  ...convolutional,
  layers: [biLstm({ hidden: 3 }), dropout(0.3), dense({ outputs: 1 })],
};
const rows = 9;
const curves = { rows, x: singles(rows * 8, 1), target: singles(rows * 8, 2) };
const others = { rows: 3, x: singles(24, 3), target: singles(24, 4) };

/** Four steps an epoch. */
function request(
  spec: NetworkSpec,
  options: TrainingRequest["config"]["options"] = {},
  pace: Partial<TrainingRequest["config"]> = {},
): TrainingRequest {
  return {
    spec,
    batch: 2,
    config: {
      train: curves,
      validation: others,
      options: { epochs: 10, validationEvery: 4, initialisation: "glorot", learnRate: 0.02, ...options },
      ...pace,
    },
  };
}

/** Submits that end within ten iterations and still overlap. */
const brisk = { stepsPerSubmit: 2, submitMilliseconds: 1000 };
/** One step a submit, however quick. */
const oneByOne = { stepsPerSubmit: 1, submitMilliseconds: 1e-6 };

const first = (count: number) => Array.from({ length: count }, (_, i) => i + 1);
const told = ({ progress }: Pick<Trained, "progress">) => progress.map(({ iteration }) => iteration);

/** What must agree bit for bit: all but times and submits. */
const traces = ({ progress, result, tensors }: Trained | Controlled) => ({
  progress: progress.map((each) => ({ ...each, seconds: 0 })),
  ending: [result?.stopReason, result?.iterations, result?.best, result?.validation],
  tensors: dataOf(tensors),
});

describe("a training that is paused", () => {
  test.for([
    { what: "convolutional", spec: convolutional, options: { restore: "best" } },
    { what: "recurrent, with dropout", spec: recurrent, options: { solver: adam() } },
    { what: "patient", spec: convolutional, options: { patience: 1000 } },
  ] as const)("makes the same bits as one that is not: $what", async ({ spec, options }) => {
    const from = request(spec, options, brisk);
    const whole = await train(from);
    const held = await control(from, "fc", {
      pauseAt: [0, 9],
      atHold: [
        ["be idle", "step", "step", "step"],
        ["predict", "inspect", "save", "resume"],
        ["step"],
        ["save", "predict", "step"],
        ["resume"],
      ],
      every: { predict: 3, inspect: 2, save: 7 },
      checkpoint: {},
    });
    expect(traces(held)).toEqual(traces(whole));
    expect(held.result?.buffersCreatedWhileTraining).toBe(0);
    // How far it was ahead at the second pause is a matter of time.
    const ahead = held.holds[2];
    expect(ahead).toBeGreaterThanOrEqual(9);
    expect(held.holds).toEqual([0, 3, ahead, ahead + 1, ahead + 2]);
  });

  test("lets come back what was submitted, and then nothing more", async () => {
    const from = request(convolutional, { epochs: 500 }, { stepsPerSubmit: 4, submitMilliseconds: 1000 });
    const { holds, progress, result } = await control(from, "fc", {
      pauseAt: [4],
      atHold: [["be idle", "stop"]],
    });
    expect(result?.stopReason).toBe("stopped");
    expect(holds).toEqual([result?.iterations]);
    expect(told({ progress })).toEqual(first(holds[0]));
    expect(holds[0]).toBeLessThan(100);
  });

  test("before it begins, waits for its first step, and several steps add up", async () => {
    const { holds, result, predicted } = await control(request(convolutional), "fc", {
      pauseAt: [0],
      atHold: [
        ["predict", "step"],
        ["step", "step"],
        ["predict", "stop"],
      ],
    });
    expect(holds).toEqual([0, 1, 3]);
    expect(result).toMatchObject({ stopReason: "stopped", iterations: 3 });
    expect(predicted[1]).not.toEqual(predicted[0]);
  });

  test("and resumed and paused again while its state is saved, holds anew and tells it", async () => {
    const holds = await gpu.run(async ({ fluxion, internals, device }) => {
      const { spec, training, data } = internals.resolveExperiment("quick", "cnn", {
        curves: 12,
        samples: 8,
        filters: 4,
        batch: 10,
      });
      const { train, test } = internals.splitCurves(internals.generateCurves(data), data.seed);
      const network = await fluxion.Network.build(device, { ...spec, batch: training.batch });
      const told: number[] = [];
      const trainer = await fluxion.Trainer.build(network, {
        train,
        validation: test,
        options: training,
        checkpoint: {
          save: () => {
            if (told.length > 1) return;
            trainer.resume();
            trainer.pause();
          },
        },
        onHold: (iteration) => {
          told.push(iteration);
          if (told.length === 1) trainer.requestSave();
          else trainer.stop();
        },
      });
      trainer.pause();
      const run = trainer.run();
      await run.next();
      trainer.dispose();
      network.dispose();
      return told;
    });
    expect(holds).toEqual([0, 0]);
  });

  test("does not count the time", async () => {
    const { progress, result } = await control(request(convolutional), "fc", {
      pauseAt: [0],
      atHold: [
        ["pass an hour", "step"],
        ["pass an hour", "stop"],
      ],
    });
    expect(told({ progress })).toEqual([1]);
    expect(result?.seconds).toBeGreaterThanOrEqual(progress[0].seconds);
    expect(result?.seconds).toBeLessThan(3600);
  });

  test("where no step is left, ends", async () => {
    const { holds, result } = await control(request(convolutional, { epochs: 1 }, oneByOne), "fc", {
      pauseAt: [4],
    });
    expect(holds).toEqual([]);
    expect(result?.stopReason).toBe("completed");
  });

  test("can be disposed of: its run rejects", async () => {
    const { progress, thrown } = await control(request(convolutional), "fc", {
      pauseAt: [0],
      atHold: [["step"], ["dispose"]],
    });
    expect(told({ progress })).toEqual([1]);
    expect(thrown).toBe("DisposedError: the Trainer was disposed");
  });

  test.for([
    { what: "while it holds", script: { pauseAt: [0], atHold: [["step"], ["lose the device"]] } },
    { what: "just as it is resumed", script: { pauseAt: [0], atHold: [["lose the device", "resume"]] } },
    { what: "just as it is stopped", script: { pauseAt: [0], atHold: [["lose the device", "stop"]] } },
    {
      what: "just as a state is asked for",
      script: { pauseAt: [0], atHold: [["lose the device", "save"]], checkpoint: {} },
    },
    { what: "before it holds", script: { pauseAt: [9], every: { "lose the device": 9 } } },
    {
      what: "while steps are in flight",
      script: { every: { "lose the device": 20, inspect: 20, predict: 20 } },
    },
  ] as const)("is told when the device is lost $what", async ({ script }) => {
    const { thrown } = await control(request(convolutional, { epochs: 100 }, brisk), "fc", script);
    expect(thrown).toBe("DeviceLostError: the GPU device was disposed");
  });
});

describe("a state that is asked for", () => {
  test("is saved while training runs, and training goes on from it", async () => {
    const from = request(recurrent, {}, brisk);
    const whole = await control(from, "fc", { every: { save: 5 }, checkpoint: {} });
    expect(whole.result).toMatchObject({ stopReason: "completed", buffersCreatedWhileTraining: 0 });
    expect(whole.states.length).toBeGreaterThan(0);
    for (const state of whole.states) {
      expect(told({ progress: state.history })).toEqual(first(state.iteration));
      const rest = await train({ ...from, config: { ...from.config, resume: state } });
      const { progress, ...ending } = traces(whole);
      expect(traces(rest)).toEqual({ progress: progress.slice(state.iteration), ...ending });
    }
  });

  test("is saved while training holds, once, beside those that fall due", async () => {
    const { holds, states } = await control(request(convolutional, { epochs: 3 }, oneByOne), "fc", {
      pauseAt: [4],
      atHold: [
        ["save", "await the state", "save", "be idle", "step"],
        ["step"],
        ["save", "await the state", "resume"],
      ],
      checkpoint: { every: 5 },
    });
    expect(holds).toEqual([4, 5, 6]);
    expect(states.map(({ iteration }) => iteration)).toEqual([4, 5, 6, 10]);
  });

  test("before training begins, is that of the beginning", async () => {
    const from = request(convolutional, { epochs: 2 });
    const { states } = await control(from, "fc", {
      pauseAt: [0],
      atHold: [["save", "await the state", "resume"]],
      checkpoint: {},
    });
    expect(states.map(({ iteration }) => iteration)).toEqual([0]);
    const again = await train({ ...from, config: { ...from.config, resume: states[0] } });
    expect(traces(again)).toEqual(traces(await train(from)));
  });

  test("needs a checkpoint to go through", async () => {
    const { refused, result } = await control(request(convolutional, { epochs: 1 }), "fc", {
      pauseAt: [0],
      atHold: [["save", "resume"]],
    });
    expect(refused).toEqual(["this Trainer has no checkpoint to save through"]);
    expect(result?.stopReason).toBe("completed");
  });
});

describe("the learnables of a layer", () => {
  const options = { solver: sgdm({ momentum: 0 }), l2: 0, clip: Number.POSITIVE_INFINITY } as const;
  const from = (spec: NetworkSpec) => request(spec, { ...options, epochs: 3 }, brisk);
  const stepByStep = (spec: NetworkSpec, layer: string) =>
    control(from(spec), layer, {
      pauseAt: [0],
      atHold: Array.from({ length: 12 }, () => ["inspect", "step"] as const),
    });

  test.for([
    { spec: convolutional, layer: "conv1", learnables: ["conv1.weight 5,1,3", "conv1.bias 5"] },
    { spec: convolutional, layer: "bn1", learnables: ["bn1.scale 5", "bn1.offset 5"] },
    {
      spec: recurrent,
      layer: "bilstm1",
      learnables: ["forward", "reverse"].flatMap((direction) => [
        `bilstm1.${direction}.weight_ih 12,1`,
        `bilstm1.${direction}.weight_hh 12,3`,
        `bilstm1.${direction}.bias 12`,
      ]),
    },
  ])("come with the gradients that led to them: $layer", async ({ spec, layer, learnables }) => {
    const { inspected } = await stepByStep(spec, layer);
    expect(inspected).toHaveLength(12);
    inspected.forEach((values, step) => {
      expect(values.map(({ name, shape }) => `${name} ${shape}`)).toEqual(learnables);
      values.forEach(({ name, weights, gradients }, i) => {
        if (step === 0) {
          expect(gradients, name).toEqual(new Float32Array(weights.length));
          return;
        }
        const before = inspected[step - 1][i].weights;
        weights.forEach((weight, k) => {
          expect(Math.abs(weight - (before[k] - 0.02 * gradients[k]))).toBeLessThan(1e-6);
        });
        expect(gradients.some((gradient) => gradient !== 0)).toBe(true);
      });
    });
  });

  test("are a pair of one moment while training runs", async () => {
    const { inspected: moments, tensors } = await stepByStep(convolutional, "conv1");
    const { inspected } = await control(from(convolutional), "conv1", {
      every: { inspect: 1, predict: 2 },
    });
    expect(inspected).toHaveLength(12);
    for (const values of inspected) {
      const moment = moments.find((each) => each[0].weights.join() === values[0].weights.join());
      if (moment) expect(values).toEqual(moment);
      else expect(values[0].weights).toEqual(tensors.get("conv1.weight")?.data);
    }
  });

  test("are none where a layer has none, and an unknown layer is refused", async () => {
    const script = { pauseAt: [0], atHold: [["inspect", "resume"]] } as const;
    expect((await control(from(convolutional), "relu1", script)).inspected).toEqual([[]]);
    const { refused } = await control(from(convolutional), "conv2", script);
    expect(refused).toEqual(["the network has no layer conv2"]);
  });
});
