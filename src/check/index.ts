/** What proves and measures the kernels on a device: conformance vectors, the self-test, the benchmark and the roofline. */
export {
  type Benchmark,
  type BenchmarkSubject,
  benchmark,
  type NetworkBenchmark,
} from "./benchmark";
export { layerGradients } from "./operations";
export type { Peak } from "./peak";
export { profileStep, type StepProfile } from "./profile";
export { type KernelReport, sumKernels, type Throughput } from "./roofline";
export { type CaseResult, runCase } from "./run";
export { type KernelCheck, selfTest } from "./self-test";
export type { TensorResult } from "./tolerance";
