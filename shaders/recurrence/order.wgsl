// The order of a recurrent layer's weights. Learnables of a direction: weight_ih (G·H, C), weight_hh (G·H, H) and a bias (G·H)
// or two, with rows gate · H + unit for the G gates of the cell, which says in which lane of a unit each of them is. The
// products want rows unit · 4 + lane: `arranged` holds weight_ih (D·4H, C) so, the biases (D·4H) from BIAS_START on, and as a
// gradient weight_hh (4H, H) of each direction from RECURRENT_START on. A lane without a gate is zero there.
//
// Of two biases one is the input's and one the recurrence's. Where they fall in one lane they are added, and have one gradient.
// Where there is one, both offsets are its own.

import package::recurrence::cell::{GATES, inputLane, recurrentLane};
import package::recurrence::place::PADDED;
import package::shared::spread::numberOf;
import constants::{HIDDEN, INPUTS, DIRECTION_LENGTH, RECURRENT_OFFSET, BIAS_OFFSET, RECURRENT_BIAS_OFFSET};
import constants::{BIAS_START, RECURRENT_START, RECURRENT_STRIDE, LEARNABLES_LENGTH, ARRANGED_LENGTH, RECURRENT_LENGTH};

@group(0) @binding(0) var<storage, read> learnables: array<f32, LEARNABLES_LENGTH>;
@group(0) @binding(1) var<storage, read_write> arranged: array<f32, ARRANGED_LENGTH>;
@group(0) @binding(2) var<storage, read> darranged: array<f32, ARRANGED_LENGTH>;
@group(0) @binding(11) var<storage, read_write> dlearnables: array<f32, LEARNABLES_LENGTH>;
@if(half) @group(0) @binding(3) var<storage, read_write> packing: array<vec2u, RECURRENT_LENGTH>;
@if(!half) @group(0) @binding(3) var<storage, read_write> packing: array<vec4f, RECURRENT_LENGTH>;

/// Where element `e` of a direction's learnables is in `arranged`; beyond its end for words between learnables.
fn arrangedAt(direction: u32, e: u32) -> u32 {
  if (e < GATES * HIDDEN * INPUTS) {
    return (direction * 4 * HIDDEN + inputRow(e / INPUTS)) * INPUTS + e % INPUTS;
  }
  if (isBias(e, BIAS_OFFSET)) {
    return BIAS_START + direction * 4 * HIDDEN + inputRow(e - BIAS_OFFSET);
  }
  if (isBias(e, RECURRENT_BIAS_OFFSET)) {
    return BIAS_START + direction * 4 * HIDDEN + recurrentRow(e - RECURRENT_BIAS_OFFSET);
  }
  if (e >= RECURRENT_OFFSET && e < RECURRENT_OFFSET + GATES * HIDDEN * HIDDEN) {
    let n = e - RECURRENT_OFFSET;
    return RECURRENT_START + direction * RECURRENT_STRIDE + recurrentRow(n / HIDDEN) * HIDDEN + n % HIDDEN;
  }
  return ARRANGED_LENGTH;
}

fn inputRow(row: u32) -> u32 {
  return row % HIDDEN * 4 + inputLane(row / HIDDEN);
}

fn recurrentRow(row: u32) -> u32 {
  return row % HIDDEN * 4 + recurrentLane(row / HIDDEN);
}

fn isBias(e: u32, offset: u32) -> bool {
  return e >= offset && e < offset + GATES * HIDDEN;
}

/// Whether two biases are added in the lane of a row.
fn isShared(row: u32) -> bool {
  return RECURRENT_BIAS_OFFSET != BIAS_OFFSET && inputRow(row) == recurrentRow(row);
}

@compute @workgroup_size(64)
fn arrange_input(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let n = numberOf(id, groups);
  let place = arrangedAt(id.z, n);
  let start = id.z * DIRECTION_LENGTH;
  if (place >= ARRANGED_LENGTH || (isBias(n, RECURRENT_BIAS_OFFSET) && isShared(n - RECURRENT_BIAS_OFFSET))) {
    return;
  }
  var value = learnables[start + n];
  if (isBias(n, BIAS_OFFSET) && isShared(n - BIAS_OFFSET)) {
    value += learnables[start + n - BIAS_OFFSET + RECURRENT_BIAS_OFFSET];
  }
  arranged[place] = value;
}

@compute @workgroup_size(64)
fn restore(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let n = numberOf(id, groups);
  let place = arrangedAt(id.z, n);
  if (place < ARRANGED_LENGTH) {
    dlearnables[id.z * DIRECTION_LENGTH + n] = darranged[place];
  }
}

/// weight_hh → vec4f over the lanes, [direction][from unit][to unit], or with `transposed` [direction][to unit][from unit]:
/// neighbouring invocations of a recurrence then read neighbouring vectors.
@compute @workgroup_size(64)
fn arrange_recurrent(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let n = numberOf(id, groups);
  if (n >= RECURRENT_LENGTH) {
    return;
  }
  let row = n / PADDED % PADDED;
  let column = n % PADDED;
  var weights = vec4f();
  if (max(row, column) < HIDDEN) {
    @if(transposed) let weight = row * HIDDEN + column;
    @else let weight = column * HIDDEN + row;
    let start = n / (PADDED * PADDED) * DIRECTION_LENGTH + RECURRENT_OFFSET + weight;
    for (var gate = 0u; gate < GATES; gate++) {
      weights[recurrentLane(gate)] = learnables[start + gate * HIDDEN * HIDDEN];
    }
  }
  @if(half) packing[n] = vec2u(pack2x16float(weights.xy), pack2x16float(weights.zw));
  @else packing[n] = weights;
}
