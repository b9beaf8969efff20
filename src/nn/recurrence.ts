import { type KernelCall, spread } from "../gpu/kernel";
import { type Memory, part, type Slice } from "../gpu/memory";
import type { BuildContext } from "./layer";

/** What a recurrent layer tells of itself. */
export interface RecurrenceParts {
  readonly hidden: number;
  /** 1 or 2. */
  readonly directions: number;
  /** The states have a padded buffer of their own. */
  readonly ragged: boolean;
  /** Constants of the file; a call overrides those of its tile. */
  readonly constants: Readonly<Record<string, number>>;
  /** All but the chunk. */
  readonly bindings: Readonly<Record<string, Slice>>;
}

/** How a recurrence is cut into workgroups and dispatches. */
interface Tiling {
  /** Batch rows of a workgroup, by fours, 1 to 5; none where every time step is a dispatch. */
  readonly rowQuads: number | undefined;
  /** Time steps of a dispatch. */
  readonly chunk: number;
}

/** WebGPU wants bindings to start at multiples of 256 bytes. */
const alignment = 64;

/** Units of an invocation: four gates each forward, one number each backward. */
const softwareTile = { forward: 2, backward: 8 } as const;

/** Batch rows of an invocation by fours, at most (shaders/shared/rows.wgsl). */
const mostRowQuads = 5;

/** Hidden units padded to the largest tile (PADDED in the shader). */
export const paddedUnits = (hidden: number): number => Math.ceil(hidden / 8) * 8;

/** Workgroups that a hardware adapter runs at once, at least: a recurrence lives as long as its last workgroup. */
const hardwareWorkgroups = 128;

/** Calls of a recurrence, forward or backward, in as many dispatches as `context.dispatchFlops` asks for. */
export function recurrenceCalls(
  context: BuildContext,
  name: string,
  pass: "forward" | "backward",
  parts: RecurrenceParts,
): KernelCall[] {
  const { steps, memory } = context;
  const tiling = tilingOf(context, pass, parts);
  const { chunk } = tiling;
  const chunks = Math.ceil(steps / chunk);
  const starts = chunkStarts(memory, `${name} ${pass} chunks`, chunk, chunks);
  const call = cut(context, pass, parts, tiling);
  return Array.from({ length: chunks }, (_, i) => ({
    ...call,
    label: `${name} recurrence ${pass}`,
    bindings: { ...parts.bindings, chunk: part(starts, i * alignment, 4) },
    flops: stepFlops(context, parts) * Math.min(chunk, steps - i * chunk),
  }));
}

/** A chunk of a recurrence, or one step of it. */
function cut(
  { batch, software, quads }: BuildContext,
  pass: "forward" | "backward",
  { hidden, directions, constants, ragged }: RecurrenceParts,
  { rowQuads, chunk }: Tiling,
): Omit<KernelCall, "label" | "bindings"> {
  if (rowQuads === undefined)
    return {
      file: "lstm",
      entry: `step_${pass}`,
      constants,
      conditions: { ...noTile, ragged },
      workgroups: [...spread(hidden * batch), directions],
    };
  const tile = software ? softwareTile[pass] : 1;
  return {
    file: "recurrence",
    entry: pass,
    constants: {
      ...constants,
      CHUNK: chunk,
      ROW_QUADS: rowQuads,
      TILE: tile,
      WORKGROUP: Math.min(software ? 64 : 256, Math.ceil(hidden / tile / 4) * 4),
    },
    conditions: {
      ...noTile,
      quads,
      ragged,
      pair: tile === 2,
      wide: tile === 8,
      rows8: rowQuads >= 2,
      rows12: rowQuads >= 3,
      rows16: rowQuads >= 4,
      rows20: rowQuads >= 5,
    },
    workgroups: [Math.ceil(batch / (4 * rowQuads)), directions],
  };
}

/** Conditions of the entries without tiles. */
export const noTile = {
  quads: false,
  ragged: false,
  transposed: false,
  pair: false,
  wide: false,
  rows8: false,
  rows12: false,
  rows16: false,
  rows20: false,
};

function chunkStarts(memory: Memory, label: string, chunk: number, chunks: number): Slice {
  const table = new Uint32Array(chunks * alignment);
  for (let i = 0; i < chunks; i++) table[i * alignment] = i * chunk;
  return memory.upload(label, table);
}

/** Floating-point operations of one time step in all directions. */
const stepFlops = ({ batch }: BuildContext, { hidden, directions }: RecurrenceParts): number =>
  8 * hidden * hidden * batch * directions;

/** Of a dispatch: with few rows a step costs its latency, whatever it computes. */
const mostSteps = 512;

function tilingOf(context: BuildContext, pass: "forward" | "backward", parts: RecurrenceParts): Tiling {
  const { steps, workgroupBytes, dispatchFlops } = context;
  const { hidden, directions } = parts;
  // h of two steps, a vec4f for each unit and four rows.
  const fitting = Math.min(mostRowQuads, Math.floor(workgroupBytes / (2 * 16 * paddedUnits(hidden))));
  if (fitting < 1) return { rowQuads: undefined, chunk: 1 };
  const affordable = Math.floor(dispatchFlops / stepFlops(context, parts));
  const longest = Math.max(1, Math.min(steps, mostSteps, affordable));
  return {
    // Backward needs no workgroup memory.
    rowQuads: rowQuadsFor(context, directions, pass === "forward" ? fitting : mostRowQuads),
    // Chunks of even length.
    chunk: Math.ceil(steps / Math.ceil(steps / longest)),
  };
}

/**
 * Software: many rows a workgroup, for few loads, yet few rows that only fill up the last. Hardware: few, so that all
 * workgroups run at once and each has little to do in a step.
 */
function rowQuadsFor({ batch, software }: BuildContext, directions: number, fitting: number): number {
  const workgroups = (rowQuads: number) => Math.ceil(batch / (4 * rowQuads));
  const choices = Array.from({ length: fitting }, (_, i) => i + 1);
  if (!software)
    return choices.find((rowQuads) => workgroups(rowQuads) * directions <= hardwareWorkgroups) ?? fitting;
  // A group of four rows costs its multiply-adds; the loads of weights come on top for every workgroup.
  const cost = (rowQuads: number) => workgroups(rowQuads) * (rowQuads + 3);
  return choices.reduce((best, rowQuads) => (cost(rowQuads) <= cost(best) ? rowQuads : best));
}
