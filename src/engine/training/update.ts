import type { KernelCall } from "../gpu/kernel";
import type { Memory, Slice } from "../gpu/memory";
import type { ArenaLayout } from "../network/arena";
import type { SolverSpec, TrainingOptions } from "./options";
import { adamStepSize } from "./schedule";

/** Words of one iteration in the history: loss, RMSE, gradient norm, learning rate. */
export const historyWords = 4;

/** Elements of a learnable that one workgroup clips and updates. */
const chunkLength = 2048;

/** Stands for "no threshold": no f32 norm exceeds it. */
const largestFloat = 3.4028234663852886e38;

interface UpdateBuffers {
  readonly parameters: Slice;
  readonly gradients: Slice;
  /** Written by the loss; its first two words are loss and RMSE. */
  readonly score: Slice;
  readonly cursor: Slice;
  /** One rate an iteration. */
  readonly learnRates: Float32Array;
  /** `historyWords` an iteration. */
  readonly history: Slice;
}

/** The end of a training step. */
export interface Update {
  readonly calls: readonly KernelCall[];
  /** What the solver remembers from step to step, by name (`velocity`; `gradient mean` …): arenas, zero at first. */
  readonly moments: ReadonlyMap<string, Slice>;
}

/**
 * L2, clipping, finiteness test, history, cursor (shaders/solver/clip.wgsl) and the solver (shaders/solver/sgdm.wgsl, adam.wgsl,
 * rmsprop.wgsl), in three dispatches over all learnables together.
 */
export function updateCalls(
  memory: Memory,
  layout: ArenaLayout,
  options: Pick<TrainingOptions, "solver" | "l2" | "clip" | "clipMethod">,
  buffers: UpdateBuffers,
): Update {
  const { parameters, gradients, score, cursor, learnRates, history } = buffers;
  const { table, bounds } = cutIntoChunks(layout);
  const count = table.length / 4;
  const groups = bounds.length - 1;
  const chunks = memory.upload("chunks", table);
  const squares = memory.storage("sums of squares", count);
  const factors = memory.storage("clip factors", groups);
  const constants = {
    CHUNKS: count,
    GROUPS: groups,
    ARENA_LENGTH: layout.length,
    ITERATIONS: learnRates.length,
    L2: options.l2,
    THRESHOLD: Math.min(options.clip, largestFloat),
  };
  const perElement = options.clipMethod === "absolute-value";
  const clipping = {
    perGroup: options.clipMethod === "l2norm",
    jointly: options.clipMethod === "global-l2norm",
    perElement,
  };
  const call = (
    file: string,
    entry: string,
    label: string,
    workgroups: number,
    bindings: Record<string, Slice>,
    more: Record<string, number>,
    conditions: Record<string, boolean>,
  ): KernelCall => ({
    label,
    file,
    entry,
    constants: { ...constants, ...more },
    conditions,
    bindings,
    workgroups: [workgroups],
  });
  const clip = (entry: string, label: string, workgroups: number, bindings: Record<string, Slice>) =>
    call("solver/clip", entry, label, workgroups, bindings, { WORKGROUP: 64 }, clipping);
  const rates = memory.upload("learning rates", learnRates);
  const solver = solverInputs(memory, layout, options.solver, rates, learnRates);
  const calls = [
    clip("sum_squares", "gradient norms", count, {
      chunks,
      gradient: gradients,
      weight: parameters,
      square: squares,
    }),
    clip("close_step", "clip factors and history", 1, {
      squares,
      bounds: memory.upload("chunk bounds", bounds),
      score,
      cursor,
      learnRates: rates,
      history,
      factors,
    }),
    call(
      solver.file,
      "update",
      `update (${options.solver.kind})`,
      count,
      {
        chunks,
        gradient: gradients,
        cursor,
        weight: parameters,
        factors,
        ...solver.rates,
        ...solver.moments,
      },
      solver.constants,
      { perElement },
    ),
  ];
  const moments = Object.values(solver.moments).map((arena): [string, Slice] => [arena.buffer.label, arena]);
  return { calls, moments: new Map(moments) };
}

interface SolverInputs {
  readonly file: string;
  /** The rate of every iteration, by binding. */
  readonly rates: Readonly<Record<string, Slice>>;
  /** Arenas by binding. */
  readonly moments: Readonly<Record<string, Slice>>;
  readonly constants: Readonly<Record<string, number>>;
}

function solverInputs(
  memory: Memory,
  layout: ArenaLayout,
  solver: SolverSpec,
  rates: Slice,
  learnRates: Float32Array,
): SolverInputs {
  switch (solver.kind) {
    case "sgdm":
      return {
        file: "solver/sgdm",
        rates: { learnRates: rates },
        moments: { velocity: layout.create(memory, "velocity") },
        constants: { MOMENTUM: solver.momentum },
      };
    case "adam":
    case "adamw": {
      const weightDecay = solver.kind === "adamw" ? solver.weightDecay : 0;
      const steps = new Float32Array(2 * learnRates.length);
      learnRates.forEach((rate, i) => {
        steps[2 * i] = adamStepSize(rate, solver, i + 1);
        steps[2 * i + 1] = rate * weightDecay;
      });
      return {
        file: "solver/adam",
        rates: { steps: memory.upload("step sizes and decay", steps) },
        moments: {
          mean: layout.create(memory, "gradient mean"),
          meanSquare: layout.create(memory, "gradient mean square"),
        },
        constants: { BETA1: solver.beta1, BETA2: solver.beta2, EPSILON: solver.epsilon },
      };
    }
    case "rmsprop":
      return {
        file: "solver/rmsprop",
        rates: { learnRates: rates },
        moments: { meanSquare: layout.create(memory, "gradient mean square") },
        constants: { DECAY: solver.decay, EPSILON: solver.epsilon },
      };
    default:
      throw new RangeError(`unknown solver ${JSON.stringify(solver satisfies never)}`);
  }
}

/**
 * Rows of struct Chunk (shaders/solver/chunk.wgsl) group by group, and the first chunk of each group with one past the
 * last. The learnables of a group need not be neighbours.
 */
function cutIntoChunks({ places }: ArenaLayout): { table: Uint32Array; bounds: Uint32Array } {
  const rows: number[] = [];
  const bounds = [0];
  const float = new Float32Array(1);
  const bits = new Uint32Array(float.buffer);
  const groups = [...new Set(places.map(({ group }) => group))];
  groups.forEach((name, group) => {
    for (const { offset, count, l2Factor } of places.filter((place) => place.group === name)) {
      float[0] = l2Factor;
      for (let start = 0; start < count; start += chunkLength)
        rows.push(offset + start, offset + Math.min(count, start + chunkLength), group, bits[0]);
    }
    bounds.push(rows.length / 4);
  });
  return { table: Uint32Array.from(rows), bounds: Uint32Array.from(bounds) };
}
