import { expect, test } from "vitest";
import { conv1d, type NetworkSpec } from "../../src/nn/spec";
import { gpu } from "../browser/client";
import { singles } from "../kernels/layer";

/** The smallest network that can be trained, on two curves of four points. */
const spec: NetworkSpec & { readonly batch: number } = {
  input: { channels: 1, steps: 4 },
  layers: [conv1d({ filters: 1, kernel: 1 })],
  loss: "observations",
  batch: 2,
};
const curves = { rows: 2, x: singles(8, 1), target: singles(8, 2) };
const small = { spec, config: { train: curves, validation: curves, options: { epochs: 20 } } };

test("the diagnosis of a divergence costs a build one pipeline", async () => {
  const built = await gpu.run(async ({ fluxion, device }, { spec, config }) => {
    const built: string[] = [];
    const counting = {
      ...device,
      gpu: new Proxy(device.gpu, {
        get(target, key) {
          if (key === "createComputePipelineAsync")
            return (descriptor: GPUComputePipelineDescriptor) => {
              built.push(descriptor.label ?? "");
              return target.createComputePipelineAsync(descriptor);
            };
          const value: unknown = Reflect.get(target, key);
          return typeof value === "function" ? value.bind(target) : value;
        },
      }),
    };
    const network = await fluxion.Network.build(counting, spec);
    const trainer = await fluxion.Trainer.build(network, config);
    trainer.dispose();
    network.dispose();
    return built;
  }, small);
  expect(built.filter((label) => label === "scan.scan")).toEqual(["scan.scan"]);
  expect(built.length).toBeLessThan(30);
});
