/** Fluxion: 1-D sequence networks trained entirely on the GPU through WebGPU. */
export { type Checkpoint, readCheckpoint, writeCheckpoint } from "./files/checkpoint";
export { FormatError } from "./files/error";
export { type Model, readModel, writeModel } from "./files/model";
export { readSafetensors, writeSafetensors } from "./files/safetensors";
export { type AdapterChoice, type AdapterReport, NoAdapterError } from "./gpu/adapter";
export { type Device, DeviceLostError, openDevice } from "./gpu/device";
export { KernelError } from "./gpu/kernel-error";
export { DisposedError, OutOfMemoryError } from "./gpu/memory";
export { conv1d, dense } from "./layers/convolution/definition";
export type { KernelChoice } from "./layers/layer";
export { halfMeanSquaredError } from "./layers/loss/halfmse";
export { batchNorm, layerNorm } from "./layers/normalisation/definition";
export { dropout, leakyReLU, relu, sigmoid, tanh } from "./layers/pointwise/definition";
export {
  averagePool,
  globalAveragePool,
  globalMaxPool,
  lastStep,
  maxPool,
} from "./layers/pooling/definition";
export { biGru, biLstm, gru, lstm } from "./layers/recurrence/definition";
export type { LayerSpec } from "./layers/registry";
export type { Tuning } from "./layers/variant";
export { type NamedTensor, Network } from "./network/network";
export { type NetworkSpec, type ResolvedLayer, resolveLayers } from "./network/spec";
export type { TrainerConfig } from "./training/config";
export {
  adam,
  adamw,
  defaultTrainingOptions,
  rmsprop,
  sgdm,
  type TrainingOptions,
} from "./training/options";
export {
  DivergedError,
  type Progress,
  type StopReason,
  type TrainingResult,
} from "./training/progress";
export type { SampleSet } from "./training/samples";
export type { TrainingState } from "./training/state";
export { Trainer } from "./training/trainer";
export { tune } from "./tuning/tuner";
