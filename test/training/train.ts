import type { NamedTensor } from "../../src/nn/network";
import type { NetworkSpec } from "../../src/nn/spec";
import type { TrainerConfig } from "../../src/train/config";
import type { Progress, TrainingResult } from "../../src/train/progress";
import { gpu } from "../browser/client";
import type { AdapterKind } from "../kernels/adapter";

export interface TrainingRequest {
  readonly spec: NetworkSpec;
  readonly batch: number;
  readonly config: TrainerConfig;
  /** The kernels to use; those of the adapter where nothing is said. */
  readonly kind?: AdapterKind;
}

export interface Trained {
  readonly progress: readonly Progress[];
  readonly result: TrainingResult;
  /** Learnables and inference statistics after training. */
  readonly tensors: ReadonlyMap<string, NamedTensor>;
}

/** Builds a network, trains it to the end and frees it, all in the page. */
export function train(request: TrainingRequest): Promise<Trained> {
  return gpu.run(async ({ fluxion, device }, { spec, batch, config, kind }) => {
    const software = kind === undefined ? device.adapter.software : kind === "software";
    const network = await fluxion.Network.build(
      { ...device, adapter: { ...device.adapter, software } },
      { ...spec, batch },
    );
    try {
      const trainer = await fluxion.Trainer.build(network, config);
      const progress: Progress[] = [];
      const steps = trainer.run();
      let step = await steps.next();
      for (; !step.done; step = await steps.next()) progress.push(step.value);
      const tensors = await network.readTensors();
      trainer.dispose();
      return { progress, result: step.value, tensors };
    } finally {
      network.dispose();
    }
  }, request);
}

/** The data of every tensor by name. */
export function dataOf(
  tensors: ReadonlyMap<string, { readonly data: Float32Array }>,
): Map<string, Float32Array> {
  return new Map(Array.from(tensors, ([name, { data }]) => [name, data]));
}
