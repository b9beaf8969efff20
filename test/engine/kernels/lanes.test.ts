import { expect, test } from "vitest";
import {
  averagePool,
  batchNorm,
  globalMaxPool,
  type LayerSpec,
  lastStep,
  layerNorm,
  leakyReLU,
  maxPool,
  relu,
  sigmoid,
  tanh,
} from "../../../src/engine";
import { gpu } from "../../browser/client";
import { singles } from "./layer";

const [batch, channels, steps] = [2, 5, 6];

const layers: readonly LayerSpec[] = [
  relu(),
  leakyReLU(),
  sigmoid(),
  tanh(),
  batchNorm(),
  layerNorm(),
  maxPool({ size: 2 }),
  averagePool({ size: 3 }),
  lastStep(),
  globalMaxPool(),
];

test("lanes beyond the last channel stay zero, in outputs and in gradients", async () => {
  const found = await gpu.run(
    async ({ fluxion, internals, device }, { layers, batch, channels, steps, values }) => {
      const kinds: Record<string, readonly Float32Array[]> = {};
      for (const layer of layers) {
        const spec = { input: { channels, steps }, layers: [layer], loss: "observations", batch } as const;
        const network = await fluxion.Network.build(device, spec);
        const memory = new internals.Memory(device);
        try {
          const { context, input, output, layout } = network;
          const ones = new Map(
            layout.places.map(({ name, count }) => [name, { data: new Float32Array(count).fill(1) }]),
          );
          network.writeLearnables(ones);
          const cursor = internals.createCursor(memory, "cursor", batch);
          const pass = new internals.Backpropagation(network, memory, {
            inputGradient: true,
            cursor,
            seed: 0,
          });
          if (!pass.dInput) throw new Error("there is no gradient of the input");
          const samples = (label: string, { channels, steps }: typeof input) => ({
            slice: memory.upload(label, values.slice(0, batch * channels * steps)),
            rows: batch,
            channels,
            steps,
          });
          const plan = await internals.Plan.build(device, [
            internals.gatherCall(context, samples("x", input), input, cursor),
            internals.gatherCall(context, samples("dy", output), { ...output, slice: pass.dOutput }, cursor),
            ...pass.forward(cursor),
            ...pass.backward,
          ]);
          plan.submit(device);
          kinds[layer.kind] = [
            await internals.readWords(device, output.slice),
            await internals.readWords(device, pass.dInput),
          ];
        } finally {
          memory.dispose();
          network.dispose();
        }
      }
      return kinds;
    },
    { layers, batch, channels, steps, values: singles(batch * channels * steps, 1) },
  );
  for (const [kind, buffers] of Object.entries(found))
    for (const words of buffers) {
      // The second of two groups holds one channel.
      const beyond = words.filter((_, i) => i >= words.length / 2 && i % 4 > 0);
      expect(beyond.length, kind).toBeGreaterThan(5);
      expect(
        Array.from(beyond).filter((value) => value !== 0),
        kind,
      ).toEqual([]);
      expect(words, kind).not.toEqual(new Float32Array(words.length));
    }
});
