import { numberIn, requireFields, requireValue } from "../fields";
import type { Device } from "../gpu/device";
import { guardMemory, Memory, OutOfMemoryError, type Slice } from "../gpu/memory";
import { shaderRevision } from "../gpu/shader";
import { chooseKernels, type KernelChoice } from "../layers/layer";
import { type Choice, keyOf, type Problem, type Tuning } from "../layers/variant";
import { Backpropagation } from "../network/backpropagation";
import { createCursor } from "../network/batch";
import { layOutNetwork } from "../network/build";
import { type NetworkSpec, resolveLayers } from "../network/spec";
import { Bench, createNoise, type Trial } from "./trial";

/** What was found out about a problem. */
export interface Finding {
  /** As it stands in a tuning: kind and sizes. */
  readonly problem: string;
  readonly choice: Choice;
  /** The variant by the rules. */
  readonly rule: string;
  /** In the order in which they were tried. */
  readonly trials: readonly Trial[];
}

export interface TuningResult {
  /** What was known already and what was found now. */
  readonly tuning: Tuning;
  readonly findings: readonly Finding[];
  readonly milliseconds: number;
}

/** Whether another variant than the rules' was chosen for being faster. */
export const isFaster = ({ choice, trials, rule }: Finding): boolean =>
  choice.variant !== rule && trials.some(({ variant }) => variant === choice.variant);

/** In one line. */
export const describeTuning = (findings: readonly Finding[], milliseconds: number): string =>
  `tuned ${findings.length} kernels in ${(milliseconds / 1000).toFixed(1)} s, ${findings.filter(isFaster).length} by other than the rules`;

/** Milliseconds for trials; what is not tried by then goes by the rules. */
const budgets = { software: 1800, hardware: 270 };

/** Variants that are compiled together and timed in one submit: on software adapters each of them takes long. */
const atOnce = { software: 1, hardware: 4 };

/** Larger ones go by the rules: their plain kernel would sum over millions of points in one invocation. */
const mostPoints = 1 << 20;

/** Another variant must be so much faster than that of the rules: measurements are noisy. */
const margin = 1.1;

/** Times that the rules' variant is measured again beside the one that seems faster. */
const duels = 2;

/** Goes up when what was found before cannot be trusted or names other variants. */
const revision = 2;

/**
 * Under what a tuning is kept: it holds for one adapter with one driver, and for these kernels.
 * @param host the browser or runtime with its version
 */
export const tuningKey = ({ adapter }: Device, host: string): string =>
  [
    adapter.vendor,
    adapter.architecture,
    adapter.description,
    host,
    `kernels ${shaderRevision()}`,
    `tuner ${revision}`,
  ].join(" · ");

/**
 * Measures on the device which variants of the kernels suit a network, the largest problems first, and checks each against the
 * plain kernel before. Takes up to 0.3 s on hardware and 2 s on software adapters, apart from compiling what the rules
 * choose, which training without a tuner would do as well.
 * @param spec the network, the samples of a batch, and whether these have lengths, as it will be built
 * @param options.known what was found earlier, on the same adapter with the same browser and driver
 * @param options.milliseconds for trials, instead of the usual
 * @param options.kernels with which the network will be built
 */
export async function tune(
  device: Device,
  spec: NetworkSpec & { readonly batch: number; readonly lengths?: boolean },
  options: {
    readonly known?: Tuning;
    readonly milliseconds?: number;
    readonly kernels?: Pick<KernelChoice, "recurrentWeights">;
  } = {},
): Promise<TuningResult> {
  requireFields("tune's options", options, ["known", "milliseconds", "kernels"]);
  requireValue("milliseconds", options.milliseconds ?? 0, numberIn({ from: 0, to: 1e6 }));
  const kind = device.adapter.software ? "software" : "hardware";
  const { known = {}, milliseconds = budgets[kind], kernels = {} } = options;
  const begun = performance.now();
  const findings: Finding[] = [];
  const memory = new Memory(device);
  try {
    const problems = (await survey(device, memory, spec, kernels)).filter(
      (problem) => known[keyOf(problem)] === undefined,
    );
    const noise = createNoise(memory);
    let left = milliseconds;
    let flops = problems.reduce((sum, problem) => sum + problem.flops, 0);
    for (const problem of problems.sort((a, b) => urgency(device, b) - urgency(device, a))) {
      // Time is shared out by the work that there is to gain on.
      const share = (left * problem.flops) / flops;
      const free = memory.mark();
      const { trials, spent } =
        left > 0 && spec.batch * longestOf(spec) <= mostPoints
          ? await tryVariants(device, memory, problem, noise, share).catch(untried)
          : { trials: [], spent: 0 };
      free();
      left -= spent;
      flops -= problem.flops;
      findings.push({
        problem: keyOf(problem),
        choice: best(problem, trials),
        rule: problem.variants[0].name,
        trials,
      });
    }
  } catch (error) {
    untried(error);
  } finally {
    memory.dispose();
  }
  const found = Object.fromEntries(findings.map(({ problem, choice }) => [problem, choice]));
  return { tuning: { ...known, ...found }, findings, milliseconds: performance.now() - begun };
}

/** Steps of the longest activation of a network. */
export const longestOf = (spec: NetworkSpec): number =>
  Math.max(spec.input.steps, ...resolveLayers(spec).map(({ output }) => output.steps));

/** For want of memory. Training will say what is too large; or it fits, since it needs no room for trials. */
function untried(error: unknown): { readonly trials: readonly Trial[]; readonly spent: number } {
  if (!(error instanceof OutOfMemoryError)) throw error;
  return { trials: [], spent: 0 };
}

/**
 * Tries the rule's variant, then others as long as there is time.
 * @returns what came of it and the milliseconds that it took, apart from the rule's variant
 */
async function tryVariants(
  device: Device,
  memory: Memory,
  problem: Problem,
  noise: Slice,
  milliseconds: number,
): Promise<{ readonly trials: readonly Trial[]; readonly spent: number }> {
  const begun = performance.now();
  const [rule, ...others] = problem.variants;
  const bench = await Bench.open(device, memory, problem, noise);
  const compiling = performance.now();
  const first = await bench.begin(rule);
  const excluded = performance.now() - compiling;
  const spent = () => performance.now() - begun - excluded;
  const { software } = device.adapter;
  // On hardware the first trial was small: the rules' variant is timed once more beside the others.
  const again = !software && first.refused === undefined;
  const trials = again ? [] : [first];
  const waiting = again ? [rule, ...others] : [...others];
  while (waiting.length > 0 && spent() < milliseconds)
    trials.push(...(await bench.try(waiting.splice(0, atOnce[software ? "software" : "hardware"]))));
  // Whoever seems faster proves it: on a busy machine one measurement tells little.
  for (let round = 0; round < duels; round++) {
    const leading = best(problem, trials).variant;
    const rival = others.find(({ name }) => name === leading);
    if (rival) trials.push(...(await bench.try([rule, rival])));
  }
  return { trials, spent: spent() };
}

/** Large problems come first; on software adapters recurrences, which compile for seconds, last. */
const urgency = ({ adapter }: Device, { kind, flops }: Problem): number =>
  adapter.software && kind.startsWith("recurrence") ? -1 / flops : flops;

/** The fastest that computes the right thing; the plain one where none does, the rules' where nothing was tried. */
function best({ variants: [rule], plain }: Problem, trials: readonly Trial[]): Choice {
  const refused = new Set(trials.flatMap(({ variant, refused }) => (refused === undefined ? [] : [variant])));
  const sound = trials.filter(({ variant }) => !refused.has(variant));
  if (sound.length === 0) return { variant: refused.has(rule.name) ? plain.name : rule.name };
  const rate = ({ variant, gflops = 0 }: Trial) => gflops * (variant === rule.name ? margin : 1);
  const { variant, gflops } = sound.reduce((a, b) => (rate(b) > rate(a) ? b : a));
  return { variant, ...(gflops !== undefined && { gflops: Number(gflops.toPrecision(3)) }) };
}

/** The problems of a network's training, each once, with buffers. */
async function survey(
  device: Device,
  memory: Memory,
  { batch, lengths = false, ...spec }: NetworkSpec & { readonly batch: number; readonly lengths?: boolean },
  given: Partial<KernelChoice>,
): Promise<Problem[]> {
  const problems = new Map<string, Problem>();
  const kernels = chooseKernels(device, {
    ...given,
    choose(problem) {
      if (!problems.has(keyOf(problem))) problems.set(keyOf(problem), problem);
      return problem.variants[0].calls();
    },
  });
  await guardMemory(device, async () => {
    const parts = layOutNetwork(memory, spec, batch, kernels, lengths);
    const cursor = createCursor(memory, "tuning cursor", batch);
    new Backpropagation(parts, memory, { inputGradient: false, cursor, seed: 0 });
    return memory;
  });
  return [...problems.values()];
}
