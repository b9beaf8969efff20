import type { SolverSpec, TrainingOptions } from "./options";

/** Throws RangeError, in one line that names the option, unless training can be computed with these options. */
export function requireOptions(
  options: Pick<TrainingOptions, "solver" | "learnRate" | "l2" | "clip"> & Partial<TrainingOptions>,
): void {
  const { solver, schedule, learnRate, l2, clip, patience, epochs, validationEvery } = options;
  requirePositive("learnRate", learnRate);
  requireSolver(solver);
  requireNotNegative("l2", l2);
  requireThat("clip", clip, Math.fround(clip) > 0, "positive");
  if (epochs !== undefined) requireCount("epochs", epochs);
  if (validationEvery !== undefined) requireCount("validationEvery", validationEvery);
  if (patience !== undefined) requireThat("patience", patience, patience >= 1, "at least 1");
  if (schedule?.kind === "piecewise") {
    requirePositive("schedule.factor", schedule.factor);
    requireCount("schedule.period", schedule.period);
  }
  if (schedule?.kind === "cosine") requireNotNegative("schedule.warmup", schedule.warmup);
}

function requireSolver(solver: SolverSpec): void {
  const requireDecay = (name: string, value: number) =>
    requireThat(name, value, value >= 0 && Math.fround(value) < 1, "from 0 to below 1");
  switch (solver.kind) {
    case "sgdm":
      requireDecay("momentum", solver.momentum);
      break;
    case "adam":
    case "adamw":
      requireDecay("beta1", solver.beta1);
      requireDecay("beta2", solver.beta2);
      requirePositive("epsilon", solver.epsilon);
      if (solver.kind === "adamw") requireNotNegative("weightDecay", solver.weightDecay);
      break;
    case "rmsprop":
      requireDecay("decay", solver.decay);
      requirePositive("epsilon", solver.epsilon);
      break;
    default:
      throw new RangeError(`unknown solver ${JSON.stringify(solver satisfies never)}`);
  }
}

/** Throws RangeError unless the value is a positive whole number. */
export function requireCount(name: string, value: number): void {
  requireThat(name, value, Number.isSafeInteger(value) && value >= 1, "a positive whole number");
}

/** Throws RangeError unless the value is positive and finite in f32, in which it must neither overflow nor vanish. */
export function requirePositive(name: string, value: number): void {
  const rounded = Math.fround(value);
  requireThat(name, value, rounded > 0 && Number.isFinite(rounded), "positive and finite");
}

function requireNotNegative(name: string, value: number): void {
  requireThat(name, value, value >= 0 && Number.isFinite(Math.fround(value)), "zero or positive, and finite");
}

function requireThat(name: string, value: number, valid: boolean, expected: string): void {
  if (!valid) throw new RangeError(`${name} must be ${expected}, got ${value}`);
}
