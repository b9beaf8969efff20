import { type KernelCall, spread } from "../gpu/kernel";
import type { Memory, Slice } from "../gpu/memory";
import { type Activation, activationLength, type BuildContext, groupsOf } from "../layers/layer";

/** A set of samples on the GPU: f32 (rows, channels, T). */
export interface SampleBuffer {
  readonly slice: Slice;
  readonly rows: number;
  readonly channels: number;
  readonly steps: number;
  /** Real steps of each row, u32 (rows), where sequences have lengths. */
  readonly lengths?: Slice;
}

/** Row numbers (steps, B), repeated when training outlasts them. */
export interface BatchOrder {
  readonly slice: Slice;
  readonly steps: number;
}

/** Words of a cursor: index, rows, halted, unused (shaders/shared/cursor.wgsl). */
export const cursorWords = 4;

/** A cursor at the start whose batches are full. */
export function createCursor(memory: Memory, label: string, batch: number): Slice {
  return memory.upload(label, Uint32Array.of(0, batch, 0, 0));
}

/** Brings a batch into an activation: in `order` for training, one after another without it. */
export function gatherCall(
  context: BuildContext,
  data: SampleBuffer,
  activation: Activation,
  cursor: Slice,
  order?: BatchOrder,
): KernelCall {
  return {
    label: `gather ${activation.slice.buffer.label}`,
    file: "training/batch",
    entry: "gather",
    constants: {
      ...sizes(context, data),
      ...(order && { ORDER_STEPS: order.steps, ORDER_LENGTH: order.slice.size / 4 }),
    },
    conditions: { ordered: order !== undefined, lengths: data.lengths !== undefined },
    bindings: {
      cursor,
      data: data.slice,
      activation: activation.slice,
      ...(order && { order: order.slice }),
      ...(data.lengths && { rowLengths: data.lengths }),
    },
    workgroups: [...spread(context.batch * data.steps), groupsOf(data.channels)],
    // Of the data set and of its order, those of the batch.
    bytes:
      cursor.size +
      context.batch * (data.channels * data.steps + (order ? 1 : 0)) * 4 +
      activation.slice.size,
  };
}

/** Brings the lengths of a batch into place, where its sequences have such. */
export function gatherLengths(
  context: BuildContext,
  data: SampleBuffer,
  { lengths }: Activation,
  cursor: Slice,
  order?: BatchOrder,
): readonly KernelCall[] {
  if (!lengths || !data.lengths) return [];
  const gathered = gatherCall(context, data, { ...data, slice: lengths }, cursor, order);
  return [
    {
      ...gathered,
      label: "gather lengths",
      entry: "gather_lengths",
      conditions: { ordered: order !== undefined },
      bindings: {
        cursor,
        rowLengths: data.lengths,
        batchLengths: lengths,
        ...(order && { order: order.slice }),
      },
      workgroups: spread(context.batch),
      bytes: cursor.size + context.batch * (order ? 12 : 8),
    },
  ];
}

/** Brings an activation out as f32 (B, channels, T). */
export function scatterCall(context: BuildContext, source: Activation, destination: Slice): KernelCall {
  const { channels, steps } = source;
  return {
    label: "scatter predictions",
    file: "training/batch",
    entry: "scatter",
    constants: sizes(context, { slice: destination, rows: context.batch, channels, steps }),
    bindings: { source: source.slice, destination },
    workgroups: [...spread(context.batch * steps), groupsOf(channels)],
  };
}

/** Moves an evaluation's cursor to the first batch (`rewind`) or to the next (`advance`). */
export function cursorCall(
  context: BuildContext,
  entry: "rewind" | "advance",
  rows: number,
  cursor: Slice,
): KernelCall {
  return {
    label: `${entry} evaluation`,
    file: "training/batch",
    entry,
    constants: sizes(context, { slice: cursor, rows, channels: 1, steps: 1 }),
    bindings: { next: cursor },
    workgroups: [1],
  };
}

const sizes = (context: BuildContext, { rows, channels, steps }: SampleBuffer) => ({
  BATCH: context.batch,
  STEPS: steps,
  CHANNELS: channels,
  ROWS: rows,
  DATA_LENGTH: rows * channels * steps,
  ACTIVATION_LENGTH: activationLength(context, { channels, steps }),
});
