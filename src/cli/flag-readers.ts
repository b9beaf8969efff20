/** Flags that only one network, solver or schedule reads: refused where nothing would read them. */
import { adam, adamw, type LearnRateSchedule, rmsprop, type SolverSpec, sgdm } from "../index";
import { UsageError } from "./errors";
import type { TrainFlags } from "./train-flags";

export const networkNames = ["cnn", "bilstm"] as const;
export type NetworkName = (typeof networkNames)[number];

/** Flag, its value, and the choices that read it. */
type Reader<Choice> = readonly [flag: string, value: number | string | undefined, readers: readonly Choice[]];

/** Throws UsageError when a flag belongs to a network that is not trained. */
export function requireNetworkFlags(flags: TrainFlags, networks: readonly NetworkName[]): void {
  const readers: readonly Reader<NetworkName>[] = [
    ["--filters", flags.filters, ["cnn"]],
    ["--kernel", flags.kernel, ["cnn"]],
    ["--batchnorm-statistics", flags.batchnormStatistics, ["cnn"]],
    ["--hidden", flags.hidden, ["bilstm"]],
    ["--dropout", flags.dropout, ["bilstm"]],
  ];
  requireReader(readers, networks, (choices) => `needs the network ${choices}, which is`);
}

/** Throws UsageError when a flag belongs to a solver that no network uses. */
export function requireSolverFlags(flags: TrainFlags, solvers: readonly SolverSpec["kind"][]): void {
  const readers: readonly Reader<SolverSpec["kind"]>[] = [
    ["--momentum", flags.momentum, ["sgdm"]],
    ["--beta1", flags.beta1, ["adam", "adamw"]],
    ["--beta2", flags.beta2, ["adam", "adamw"]],
    ["--epsilon", flags.epsilon, ["adam", "adamw", "rmsprop"]],
    ["--weight-decay", flags.weightDecay, ["adamw"]],
    ["--decay", flags.decay, ["rmsprop"]],
  ];
  requireReader(readers, solvers, (choices) => `needs --solver ${choices}, which is`);
}

function requireScheduleFlags(flags: TrainFlags): void {
  const readers: readonly Reader<LearnRateSchedule["kind"]>[] = [
    ["--learn-rate-drop-factor", flags.learnRateDropFactor, ["piecewise"]],
    ["--learn-rate-drop-period", flags.learnRateDropPeriod, ["piecewise"]],
    ["--warmup", flags.warmup, ["cosine"]],
  ];
  requireReader(
    readers,
    [flags.learnRateSchedule],
    (choices) => `needs --learn-rate-schedule ${choices}, which is`,
  );
}

function requireReader<Choice extends string>(
  readers: readonly Reader<Choice>[],
  chosen: readonly Choice[],
  need: (choices: string) => string,
): void {
  for (const [flag, value, choices] of readers)
    if (value !== undefined && !choices.some((choice) => chosen.includes(choice)))
      throw new UsageError(
        `${flag} ${value}: ${need(choices.join(" or "))} ${[...new Set(chosen)].join(" and ")}`,
      );
}

const solvers: { readonly [Kind in SolverSpec["kind"]]: Extract<SolverSpec, { kind: Kind }> } = {
  sgdm: sgdm(),
  adam: adam(),
  adamw: adamw(),
  rmsprop: rmsprop(),
};

/** The solver that the flags name, or else the preset's, with the settings that the flags give it. */
export function resolveSolver(preset: SolverSpec, flags: TrainFlags): SolverSpec {
  const base = flags.solver === undefined || flags.solver === preset.kind ? preset : solvers[flags.solver];
  switch (base.kind) {
    case "sgdm":
      return sgdm({ momentum: flags.momentum ?? base.momentum });
    case "adam":
      return adam(moments(base, flags));
    case "adamw":
      return adamw({ ...moments(base, flags), weightDecay: flags.weightDecay ?? base.weightDecay });
    case "rmsprop":
      return rmsprop({ decay: flags.decay ?? base.decay, epsilon: flags.epsilon ?? base.epsilon });
    default:
      throw new RangeError(`unknown solver ${JSON.stringify(base satisfies never)}`);
  }
}

const moments = (
  base: Extract<SolverSpec, { kind: "adam" | "adamw" }>,
  { beta1 = base.beta1, beta2 = base.beta2, epsilon = base.epsilon }: TrainFlags,
) => ({ beta1, beta2, epsilon });

export function resolveSchedule(flags: TrainFlags): LearnRateSchedule {
  requireScheduleFlags(flags);
  const kind = flags.learnRateSchedule;
  switch (kind) {
    case "none":
      return { kind };
    case "piecewise":
      return { kind, factor: flags.learnRateDropFactor ?? 0.1, period: flags.learnRateDropPeriod ?? 10 };
    case "cosine":
      return { kind, warmup: flags.warmup ?? 0 };
    default:
      throw new RangeError(`unknown schedule ${kind satisfies never}`);
  }
}
