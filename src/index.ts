/** Fluxion: 1-D sequence networks trained entirely on the GPU through WebGPU. The library's public face. */
export * from "./calculus/curves";
export * from "./calculus/description";
export * from "./calculus/evaluation";
export * from "./calculus/experiment";
export { type FunctionFamily, functionFamilies } from "./calculus/families/taught";
export * from "./calculus/functions";
export * from "./calculus/limits";
export * from "./calculus/networks";
export * from "./calculus/opponents/differences";
export * from "./calculus/opponents/least-squares";
export * from "./calculus/opponents/matcher";
export * from "./calculus/opponents/opponents";
export * from "./calculus/opponents/smoothing-spline";
export * from "./calculus/options";
export * from "./calculus/predictions";
export * from "./calculus/presets";
export * from "./calculus/rules/questions";
export type { Rule, TrialKind } from "./calculus/rules/rule";
export * from "./calculus/rules/rules";
export * from "./calculus/scores";
export * from "./calculus/stencil/answer";
export * from "./calculus/stencil/question";
export * from "./calculus/stencil/stencil";
export * from "./calculus/verdict";
export {
  type Benchmark,
  type BenchmarkSubject,
  benchmark,
  type NetworkBenchmark,
} from "./check/benchmark";
export { layerGradients } from "./check/operations";
export type { Peak } from "./check/peak";
export { profileStep, type StepProfile } from "./check/profile";
export { type KernelReport, sumKernels, type Throughput } from "./check/roofline";
export { type CaseResult, runCase } from "./check/run";
export { type KernelCheck, selfTest } from "./check/self-test";
export type { TensorResult } from "./check/tolerance";
export { expectation, type FieldRule, type Interval, type NumberRule } from "./fields";
export { type Checkpoint, readCheckpoint, writeCheckpoint } from "./formats/checkpoint";
export * from "./formats/csv";
export * from "./formats/error";
export { type Model, type ModelTensor, readModel, writeModel } from "./formats/model";
export { readSafetensors, type Safetensors, type Tensor, writeSafetensors } from "./formats/safetensors";
export {
  type AdapterChoice,
  type AdapterReport,
  isCalled,
  NoAdapterError,
  nameAdapter,
} from "./gpu/adapter";
export { type Device, DeviceLostError, openDevice } from "./gpu/device";
export { KernelError } from "./gpu/kernel";
export { DisposedError, OutOfMemoryError } from "./gpu/memory";
export type { KernelChoice } from "./nn/layer";
export { type NamedTensor, Network } from "./nn/network";
export * from "./nn/spec";
export type { Trial } from "./nn/trial";
export { describeTuning, type Finding, isFaster, type TuningResult, tune, tuningKey } from "./nn/tuner";
export { type Choice, isTuning, type Tuning } from "./nn/variant";
export { type RandomStream, randomStream, type StreamName } from "./random";
export type { TrainerConfig } from "./train/config";
export type { CurveSet } from "./train/curves";
export type { LearnableValues } from "./train/inspector";
export * from "./train/options";
export {
  type BestScore,
  DivergedError,
  type DivergedResult,
  type Progress,
  type Score,
  type StopReason,
  type TrainingResult,
} from "./train/progress";
export type { Tensors, TrainingState, Weights } from "./train/state";
export { Trainer } from "./train/trainer";
