import { type KernelCall, spread } from "../../gpu/kernel";
import { part, type Slice } from "../../gpu/memory";
import type { BuildContext } from "../layer";
import { choiceOf, type Variant } from "../variant";
import { cellModule, type RecurrentCell } from "./cell";

/** What a recurrent layer tells of itself. */
export interface RecurrenceParts {
  readonly cell: RecurrentCell;
  readonly hidden: number;
  /** Time steps. */
  readonly steps: number;
  /** 1 or 2. */
  readonly directions: number;
  /** The states have a padded buffer of their own. */
  readonly ragged: boolean;
  /** Its weights are packed in 16 bits each. */
  readonly half: boolean;
  /** Each sequence has a number of real steps of its own. */
  readonly hasLengths: boolean;
  /** Packs the weights, as the pass wants them. */
  readonly pack: KernelCall;
  /** Constants of the file; a call overrides those of its tile. */
  readonly constants: Readonly<Record<string, number>>;
  /** All but the chunk. */
  readonly bindings: Readonly<Record<string, Slice>>;
}

/** How a recurrence is cut into workgroups and invocations. */
interface Tiling {
  /** Batch rows of a workgroup, by fours, 1 to 5. */
  readonly rowQuads: number;
  /** Units of an invocation: four lanes each forward, one number each backward. */
  readonly tile: 1 | 2 | 8;
  /** Invocations of a workgroup, at most. */
  readonly threads: number;
  /** Four neighbouring invocations share loads. */
  readonly quads: boolean;
}

/** A pass of a layer's recurrence. */
interface Setting {
  readonly context: BuildContext;
  readonly name: string;
  readonly pass: "forward" | "backward";
  readonly parts: RecurrenceParts;
}

/** WebGPU wants bindings to start at multiples of 256 bytes. */
const alignment = 64;

/** Batch rows of an invocation by fours, at most (shaders/recurrence/rows.wgsl). */
const mostRowQuads = 5;

/** Hidden units padded to the largest tile (PADDED in the shader). */
export const paddedUnits = (hidden: number): number => Math.ceil(hidden / 8) * 8;

/** Workgroups that a hardware adapter runs at once, at least: a recurrence lives as long as its last workgroup. */
const hardwareWorkgroups = 128;

/** Of a dispatch: with few rows a step costs its latency, whatever it computes. */
const mostSteps = 512;

/** Seconds of a dispatch, where it has been measured how fast it runs. */
const dispatchSeconds = 0.05;

/** Calls of a recurrence, forward or backward, in dispatches of about 50 ms. */
export function recurrenceCalls(
  context: BuildContext,
  name: string,
  pass: "forward" | "backward",
  parts: RecurrenceParts,
): readonly KernelCall[] {
  const { batch } = context;
  const { cell, hidden, steps, directions, half, hasLengths, pack } = parts;
  const { recurrent: _, ...rest } = parts.bindings;
  const kind = `recurrence ${pass}` as const;
  const sizes = `${hidden} ${cell.units}, ${directions} directions, ${batch} × ${steps}${half ? ", f16 weights" : ""}${hasLengths ? ", lengths" : ""}`;
  const setting: Setting = { context, name, pass, parts };
  const chunk = chunkOf(context, parts, choiceOf(context.tuning, { kind, sizes })?.gflops);
  const last = steps - Math.min(chunk, excerptSteps(context, parts));
  const inSteps = (begin: number) => [pack, ...dispatches(setting, stepwise(setting), 1, begin)];
  const inChunks = (tiling: Tiling, begin: number) => [
    pack,
    ...dispatches(setting, tiled(setting, tiling), chunk, begin),
  ];
  const plain: Variant = {
    name: "a dispatch a step",
    calls: () => inSteps(0),
    excerpt: () => ({ calls: inSteps(last) }),
  };
  const by = (tiling: Tiling): Variant => ({
    name: nameOf(tiling),
    calls: () => inChunks(tiling, 0),
    excerpt: () => ({ calls: inChunks(tiling, last) }),
  });
  const [first = plain, ...others] = tilingsFor(setting).map(by);
  return context.choose({
    kind,
    sizes,
    flops: stepFlops(context, parts) * steps,
    // The weights that are packed are made from the learnables. Noise in the place of lengths is beyond any time step.
    data: [...Object.values(rest), pack.bindings.learnables],
    variants: [first, ...others],
    plain,
  });
}

/** Time steps of an excerpt: the last ones, for all rows. */
const excerptSteps = (context: BuildContext, parts: RecurrenceParts): number =>
  Math.max(1, Math.min(16, Math.round((context.software ? 4e7 : 4e9) / stepFlops(context, parts))));

const nameOf = ({ rowQuads, tile, threads, quads }: Tiling): string =>
  `${4 * rowQuads} rows, ${tile} units, ${threads} threads${quads ? ", quads" : ""}`;

type Cut = Pick<KernelCall, "file" | "modules" | "entry" | "constants" | "conditions" | "workgroups">;

/** The steps from `begin` on, `chunk` of them in a dispatch. */
function dispatches(
  { context, name, pass, parts }: Setting,
  cut: Cut,
  chunk: number,
  begin: number,
): KernelCall[] {
  const { memory } = context;
  const { steps } = parts;
  const chunks = Math.ceil((steps - begin) / chunk);
  const table = new Uint32Array(chunks * alignment);
  for (let i = 0; i < chunks; i++)
    table.set([begin + i * chunk, Math.min(begin + (i + 1) * chunk, steps)], i * alignment);
  const starts = memory.upload(`${name} ${pass} chunks`, table);
  return Array.from({ length: chunks }, (_, i) => {
    const start = begin + i * chunk;
    const count = Math.min(chunk, steps - start);
    return {
      ...cut,
      label: `${name} recurrence ${pass}`,
      bindings: { ...parts.bindings, chunk: part(starts, i * alignment, 4) },
      flops: stepFlops(context, parts) * count,
      bytes: chunkBytes(context, pass, parts, start, count),
    };
  });
}

/** One time step of all rows: an invocation for each cell, no workgroup memory. */
const stepwise = ({ context: { batch }, pass, parts }: Setting): Cut => ({
  file: "recurrence/stepwise",
  modules: cellModule(parts.cell),
  entry: `step_${pass}`,
  constants: parts.constants,
  conditions: { half: parts.half, ragged: parts.ragged, lengths: parts.hasLengths },
  workgroups: [...spread(parts.hidden * batch), parts.directions],
});

/** A chunk of time steps, some rows for each workgroup; how long it is does not matter to the pipeline. */
function tiled({ context, pass, parts }: Setting, tiling: Tiling): Cut {
  const { cell, directions, constants, half, ragged, hasLengths } = parts;
  const { rowQuads, tile, threads, quads } = tiling;
  return {
    file: "recurrence/recurrence",
    modules: cellModule(cell),
    entry: pass,
    constants: { ...constants, ROW_QUADS: rowQuads, TILE: tile, WORKGROUP: threads },
    conditions: {
      quads,
      half,
      ragged,
      lengths: hasLengths,
      pair: tile === 2,
      wide: tile === 8,
      rows8: rowQuads >= 2,
      rows12: rowQuads >= 3,
      rows16: rowQuads >= 4,
      rows20: rowQuads >= 5,
    },
    workgroups: [Math.ceil(context.batch / (4 * rowQuads)), directions],
  };
}

/** Bytes that `count` steps from `first` on must move: the weights, and of each unit what its cell and the loop do. */
function chunkBytes(
  { batch }: BuildContext,
  pass: "forward" | "backward",
  { cell, hidden, steps, directions, ragged, bindings }: RecurrenceParts,
  first: number,
  count: number,
): number {
  const { step, begun, left } = cell.bytes[pass];
  // h out, twice where the states have a place of their own; or dy in.
  const each = step + (pass === "forward" && ragged ? 8 : 4);
  // From the step before h, or the gradients of the gates.
  const before = begun + (pass === "forward" ? 4 : 16);
  const unit = each * count + (first > 0 ? before : 0) + (first + count < steps ? left : 0);
  return bindings.recurrent.size + 16 + batch * hidden * directions * unit;
}

/** Floating-point operations of one time step in all directions. */
const stepFlops = ({ batch }: BuildContext, { cell, hidden, directions }: RecurrenceParts): number =>
  2 * cell.gates * hidden * hidden * batch * directions;

/** Time steps of a dispatch, so that all have about as many. */
function chunkOf(context: BuildContext, parts: RecurrenceParts, gflops: number | undefined): number {
  const { dispatchFlops } = context;
  const { steps } = parts;
  // An excerpt of few steps looks slower than a chunk is: it can only show that more are affordable.
  const allowed = Math.max(dispatchFlops, (gflops ?? 0) * 1e9 * dispatchSeconds);
  const affordable = Math.floor(allowed / stepFlops(context, parts));
  const longest = Math.max(1, Math.min(steps, mostSteps, affordable));
  return Math.ceil(steps / Math.ceil(steps / longest));
}

/** The tiling by the rules, then others worth a try on the device; none where h fits no workgroup. */
function tilingsFor({ context, pass, parts }: Setting): readonly Tiling[] {
  const { software, quads, subgroups, workgroupBytes } = context;
  const { hidden, directions } = parts;
  // h of two steps, a vec4f for each unit and four rows.
  const states = Math.min(mostRowQuads, Math.floor(workgroupBytes / (2 * 16 * paddedUnits(hidden))));
  if (states < 1) return [];
  // Backward needs no workgroup memory, but goes by steps where forward does.
  const fitting = pass === "forward" ? states : mostRowQuads;
  const wide = pass === "forward" ? 2 : 8;
  const threadsFor = (tile: number, most: number) => Math.min(most, Math.ceil(hidden / tile / 4) * 4);
  const tilings: Tiling[] = [];
  const offer = (rowQuads: number, tile: 1 | 2 | 8, most: number, shares: boolean) => {
    const tiling = { rowQuads, tile, threads: threadsFor(tile, most), quads: shares };
    if (rowQuads > fitting || (shares && !subgroups)) return;
    if (tilings.every((known) => nameOf(known) !== nameOf(tiling))) tilings.push(tiling);
  };
  const rule = rowQuadsFor(context, directions, fitting);
  const most = software ? 64 : 256;
  offer(rule, software ? wide : 1, most, quads);
  for (const rowQuads of software ? [rule - 1, rule + 1, 5, 3, 2] : [1, 2, 4])
    if (rowQuads >= 1) offer(rowQuads, software ? wide : 1, most, quads);
  offer(rule, software ? wide : 1, most, !quads);
  if (!software) for (const rowQuads of [1, 2, 4]) offer(rowQuads, wide, most, false);
  offer(rule, software ? wide : 1, most / 2, quads);
  offer(rule, software ? 1 : wide, most, quads);
  return tilings;
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
