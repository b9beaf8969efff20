// The order of a recurrent layer's weights. Learnables of a direction: weight_ih (G·H, C), weight_hh (G·H, H) and bias (G·H),
// with rows gate · H + unit for the G gates of the cell, which says in which lane of a unit each of them is. The products
// want rows unit · 4 + lane: `arranged` holds weight_ih (D·4H, C) so, the bias (D·4H) from BIAS_START on, and as a gradient
// weight_hh (4H, H) of each direction from RECURRENT_START on. A lane without a gate is zero there.

import package::recurrence::cell::{GATES, inputLane, recurrentLane};
import package::recurrence::place::PADDED;
import package::shared::spread::numberOf;
import constants::{HIDDEN, INPUTS, DIRECTION_LENGTH, RECURRENT_OFFSET, BIAS_OFFSET};
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
  if (e >= BIAS_OFFSET && e < BIAS_OFFSET + GATES * HIDDEN) {
    return BIAS_START + direction * 4 * HIDDEN + inputRow(e - BIAS_OFFSET);
  }
  if (e >= RECURRENT_OFFSET && e < RECURRENT_OFFSET + GATES * HIDDEN * HIDDEN) {
    let n = e - RECURRENT_OFFSET;
    let row = n / HIDDEN % HIDDEN * 4 + recurrentLane(n / HIDDEN / HIDDEN);
    return RECURRENT_START + direction * RECURRENT_STRIDE + row * HIDDEN + n % HIDDEN;
  }
  return ARRANGED_LENGTH;
}

fn inputRow(row: u32) -> u32 {
  return row % HIDDEN * 4 + inputLane(row / HIDDEN);
}

@compute @workgroup_size(64)
fn arrange_input(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let n = numberOf(id, groups);
  let place = arrangedAt(id.z, n);
  if (place < ARRANGED_LENGTH) {
    arranged[place] = learnables[id.z * DIRECTION_LENGTH + n];
  }
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
