// Brings a mini-batch into place and predictions out of it.
//
// Data sets lie as f32 (rows, channels, T), as the host writes them; activations as vec4f [group of four channels][b][t]
// (see conv1d.wgsl). Channels beyond the last are zero.

import package::shared::cursor::Cursor;
import package::shared::spread::numberOf;
import constants::{BATCH, STEPS, CHANNELS, ROWS, ORDER_STEPS, ORDER_LENGTH, DATA_LENGTH, ACTIVATION_LENGTH};

@group(0) @binding(0) var<storage, read> cursor: Cursor;
@group(0) @binding(1) var<storage, read> order: array<u32, ORDER_LENGTH>;
@group(0) @binding(2) var<storage, read> data: array<f32, DATA_LENGTH>;
@group(0) @binding(3) var<storage, read_write> activation: array<vec4f, ACTIVATION_LENGTH>;
@group(0) @binding(4) var<storage, read> source: array<vec4f, ACTIVATION_LENGTH>;
@group(0) @binding(5) var<storage, read_write> destination: array<f32, DATA_LENGTH>;
@group(0) @binding(6) var<storage, read_write> next: Cursor;
/// Real steps of each row of the data set, and of each of the batch.
@group(0) @binding(7) var<storage, read> rowLengths: array<u32, ROWS>;
@group(0) @binding(8) var<storage, read_write> batchLengths: array<u32, BATCH>;

// --- gather: activation[b] = data[row of the batch]. With `ordered`, rows stand in `order` (steps, B), which repeats;
// otherwise they follow one another, and the last repeats where the batch is longer than what is left. With `lengths`, what
// stands in a row behind its real steps is never read, and is zero in the activation.

@compute @workgroup_size(64)
fn gather(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let n = numberOf(id, groups);
  if (n >= BATCH * STEPS) {
    return;
  }
  let b = n / STEPS;
  let t = n % STEPS;
  let row = rowOf(b);
  let channel = id.z * 4;
  @if(lengths) {
    if (t >= rowLengths[row]) {
      activation[id.z * BATCH * STEPS + n] = vec4f();
      return;
    }
  }
  activation[id.z * BATCH * STEPS + n] = vec4f(
    value(row, channel, t),
    value(row, channel + 1, t),
    value(row, channel + 2, t),
    value(row, channel + 3, t),
  );
}

@compute @workgroup_size(64)
fn gather_lengths(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let b = numberOf(id, groups);
  if (b < BATCH) {
    batchLengths[b] = rowLengths[rowOf(b)];
  }
}

fn rowOf(b: u32) -> u32 {
  @if(ordered) return order[cursor.index % ORDER_STEPS * BATCH + b];
  @else return min(cursor.index * BATCH + b, ROWS - 1);
}

fn value(row: u32, channel: u32, t: u32) -> f32 {
  if (channel >= CHANNELS) {
    return 0;
  }
  return data[(row * CHANNELS + channel) * STEPS + t];
}

// --- scatter: destination (B, channels, T) = source, as the host reads it.

@compute @workgroup_size(64)
fn scatter(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let n = numberOf(id, groups);
  if (n >= BATCH * STEPS) {
    return;
  }
  let b = n / STEPS;
  let t = n % STEPS;
  let values = source[id.z * BATCH * STEPS + n];
  for (var lane = 0u; lane < 4; lane++) {
    let channel = id.z * 4 + lane;
    if (channel < CHANNELS) {
      destination[(b * CHANNELS + channel) * STEPS + t] = values[lane];
    }
  }
}

// --- rewind and advance: an evaluation's way through ROWS samples.

@compute @workgroup_size(1)
fn rewind() {
  next.index = 0;
  next.rows = min(BATCH, ROWS);
}

@compute @workgroup_size(1)
fn advance() {
  next.index += 1;
  next.rows = min(BATCH, ROWS - min(ROWS, next.index * BATCH));
}
