/** The networks of Moler's experiment. */
import { batchNorm, conv1d, halfMeanSquaredError, leakyReLU, type NetworkSpec } from "../nn/spec";

export interface CnnOptions {
  readonly filters: number;
  readonly kernel: number;
  /** Of the leaky ReLU below zero. */
  readonly slope: number;
  /** Points of a curve (T). */
  readonly samples: number;
}

export const defaultCnnOptions: CnnOptions = { filters: 128, kernel: 5, slope: 0.5, samples: 100 };

/** Two blocks of convolution, batch normalisation and leaky ReLU, then a convolution to one channel. */
export function molerCnn(options: Partial<CnnOptions> = {}): NetworkSpec {
  const { filters, kernel, slope, samples } = { ...defaultCnnOptions, ...options };
  const block = [conv1d({ filters, kernel }), batchNorm(), leakyReLU(slope)];
  return {
    input: { channels: 2, steps: samples },
    layers: [...block, ...block, conv1d({ filters: 1, kernel })],
    loss: halfMeanSquaredError("observations"),
  };
}
