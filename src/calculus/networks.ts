/** The networks of Moler's experiment. */

import { conv1d, dense } from "../engine/layers/convolution/definition";
import { halfMeanSquaredError } from "../engine/layers/loss/halfmse";
import { batchNorm } from "../engine/layers/normalisation/definition";
import { dropout, leakyReLU } from "../engine/layers/pointwise/definition";
import { biLstm } from "../engine/layers/recurrence/definition";
import type { NetworkSpec } from "../engine/network/spec";

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

export interface BilstmOptions {
  /** Hidden units of each direction (H). */
  readonly hidden: number;
  /** Probability with which a value between the two layers is dropped while training. */
  readonly dropout: number;
  /** Points of a curve (T). */
  readonly samples: number;
}

export const defaultBilstmOptions: BilstmOptions = { hidden: 128, dropout: 0.5, samples: 100 };

/** A bidirectional LSTM, dropout, another bidirectional LSTM, then the same affine map at every step. */
export function molerBilstm(options: Partial<BilstmOptions> = {}): NetworkSpec {
  const { hidden, dropout: probability, samples } = { ...defaultBilstmOptions, ...options };
  return {
    input: { channels: 2, steps: samples },
    layers: [biLstm({ hidden }), dropout(probability), biLstm({ hidden }), dense({ outputs: 1 })],
    loss: halfMeanSquaredError("observations-and-steps"),
  };
}
