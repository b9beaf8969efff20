import { expect, test } from "vitest";
import { dense, type NetworkSpec } from "../../../src/engine";
import { adamw, rmsprop } from "../../../src/engine/training/options";
import { gpu } from "../../browser/client";

const spec: NetworkSpec = {
  input: { channels: 2, steps: 3 },
  layers: [dense({ outputs: 1 })],
  loss: "observations",
};
const curves = { rows: 4, x: new Float32Array(24), target: new Float32Array(12) };

test("learnables of another size, or that the network has not, are refused and nothing is kept", async () => {
  const { messages, left } = await gpu.run(
    async ({ fluxion, device }, { spec, curves, given }) => {
      const network = await fluxion.Network.build(device, { ...spec, batch: 2 });
      const messages: string[] = [];
      for (const learnables of given)
        await fluxion.Trainer.build(network, { train: curves, validation: curves, learnables }).catch(
          ({ name, message }: Error) => messages.push(`${name}: ${message}`),
        );
      // A network whose Trainer was not built has none.
      const trainer = await fluxion.Trainer.build(network, { train: curves, validation: curves });
      trainer.dispose();
      network.dispose();
      return { messages, left: trainer.bytesOnDevice };
    },
    {
      spec,
      curves,
      given: [
        new Map([["fc.weight", { data: new Float32Array(3) }]]),
        new Map([["conv1.weight", { data: new Float32Array(3) }]]),
      ],
    },
  );
  expect(messages).toEqual([
    "RangeError: fc.weight: expected 2 values, got 3",
    "RangeError: the network has no learnable conv1.weight",
  ]);
  expect(left).toBe(0);
});

test("the learning rate and L2 follow the solver where they are not set", async () => {
  const chosen = await gpu.run(
    async ({ fluxion, device }, { spec, curves, solvers }) => {
      const options: { learnRate: number; l2: number }[] = [];
      for (const given of solvers) {
        const network = await fluxion.Network.build(device, { ...spec, batch: 2 });
        const trainer = await fluxion.Trainer.build(network, {
          train: curves,
          validation: curves,
          options: given,
        });
        options.push({ learnRate: trainer.options.learnRate, l2: trainer.options.l2 });
        trainer.dispose();
        network.dispose();
      }
      return options;
    },
    { spec, curves, solvers: [{}, { solver: adamw() }, { solver: rmsprop() }, { solver: adamw(), l2: 0.5 }] },
  );
  expect(chosen).toEqual([
    { learnRate: 0.01, l2: 1e-4 },
    { learnRate: 0.001, l2: 0 },
    { learnRate: 0.001, l2: 1e-4 },
    { learnRate: 0.001, l2: 0.5 },
  ]);
});
