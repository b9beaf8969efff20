// Long short-term memory, in one or two directions (Hochreiter and Schmidhuber 1997; forget gate by Gers et al. 2000).
// With z = W_ih · x[t] + W_hh · h[t−1] + bias, cut into the gates i, f, g, o:
//
//   i = σ(z_i)   f = σ(z_f)   g = tanh(z_g)   o = σ(z_o)      c[t] = f · c[t−1] + i · g      h[t] = o · tanh(c[t])
//
// and backward, from dy, with dc carried from the step after:
//
//   dh = dy[t] + W_hhᵀ · dz[t+1]        dc = dc[t+1] · f[t+1] + dh · o · (1 − tanh²c)
//   dz_i = dc · g · i(1 − i)    dz_f = dc · c[t−1] · f(1 − f)    dz_g = dc · i · (1 − g²)    dz_o = dh · tanh c · o(1 − o)
//
// The reverse direction does the same from the last step to the first. Step s of a direction is time s or T − 1 − s.
//
// W_ih · x + bias for all steps and both directions is one matrix product (conv1d.wgsl, kernel 1), whose output channels are
// ordered so that vec4f [direction · H + unit][b][t] holds one unit's i, f, g, o. The recurrence activates these in place,
// and backward replaces them by dz; the gradients of the weights are products of dz with x and h afterwards. `cells` holds
// c, and backward dc · f, for each [direction · H + unit][b][t]. So every carried value lies in a buffer, and the time loop can be
// cut into chunks of steps without any difference.

import package::shared::finite::isFinite;
import package::shared::hyperbolic::hyperbolicTangent;
import package::shared::spread::numberOf;
import constants::{BATCH, STEPS, HIDDEN, INPUTS};
import constants::{DIRECTION_LENGTH, RECURRENT_OFFSET, BIAS_OFFSET, BIAS_START, RECURRENT_START, RECURRENT_STRIDE};
import constants::{LEARNABLES_LENGTH, ARRANGED_LENGTH, RECURRENT_LENGTH, CELLS, OUTPUT_LENGTH, STATES_LENGTH};

/// Hidden units padded to the largest tile; weights and states of the padding are zero.
const PADDED: u32 = (HIDDEN + 7) / 8 * 8;

@group(0) @binding(0) var<storage, read> learnables: array<f32, LEARNABLES_LENGTH>;
@group(0) @binding(1) var<storage, read_write> arranged: array<f32, ARRANGED_LENGTH>;
@group(0) @binding(2) var<storage, read> darranged: array<f32, ARRANGED_LENGTH>;
/// Recurrent weights over the four gates; rounded to 16 bits each (`half`), four take the room of two.
@if(half) @group(0) @binding(3) var<storage, read_write> packing: array<vec2u, RECURRENT_LENGTH>;
@if(half) @group(0) @binding(4) var<storage, read> recurrent: array<vec2u, RECURRENT_LENGTH>;
@if(!half) @group(0) @binding(3) var<storage, read_write> packing: array<vec4f, RECURRENT_LENGTH>;
@if(!half) @group(0) @binding(4) var<storage, read> recurrent: array<vec4f, RECURRENT_LENGTH>;
@group(0) @binding(5) var<storage, read_write> gates: array<vec4f, CELLS>;
@group(0) @binding(6) var<storage, read_write> cells: array<f32, CELLS>;
/// (B, DIRECTIONS · H, T) as an activation: [group of four channels][b][t][channel of the group].
@group(0) @binding(7) var<storage, read_write> y: array<f32, OUTPUT_LENGTH>;
/// The same with each direction padded, where H is no multiple of four (`ragged`).
@group(0) @binding(8) var<storage, read_write> states: array<f32, STATES_LENGTH>;
/// First step of a chunk, and one past its last.
@group(0) @binding(9) var<storage, read> chunk: vec4u;
@group(0) @binding(10) var<storage, read> dy: array<f32, OUTPUT_LENGTH>;
@group(0) @binding(11) var<storage, read_write> dlearnables: array<f32, LEARNABLES_LENGTH>;

// --- order of the weights -------------------------------------------------------------------------------------------
// Learnables of a direction: weight_ih (4H, C), weight_hh (4H, H), bias (4H), with rows gate · H + unit. The products want
// rows unit · 4 + gate: `arranged` holds weight_ih (D·4H, C) so, the bias (D·4H) from BIAS_START on, and as a gradient weight_hh
// (4H, H) of each direction from RECURRENT_START on.

/// Where element `e` of a direction's learnables is in `arranged`; beyond its end for words between learnables.
fn arrangedAt(direction: u32, e: u32) -> u32 {
  if (e < 4 * HIDDEN * INPUTS) {
    return (direction * 4 * HIDDEN + unitMajor(e / INPUTS)) * INPUTS + e % INPUTS;
  }
  if (e >= BIAS_OFFSET && e < BIAS_OFFSET + 4 * HIDDEN) {
    return BIAS_START + direction * 4 * HIDDEN + unitMajor(e - BIAS_OFFSET);
  }
  if (e >= RECURRENT_OFFSET && e < RECURRENT_OFFSET + 4 * HIDDEN * HIDDEN) {
    let n = e - RECURRENT_OFFSET;
    return RECURRENT_START + direction * RECURRENT_STRIDE + unitMajor(n / HIDDEN) * HIDDEN + n % HIDDEN;
  }
  return ARRANGED_LENGTH;
}

fn unitMajor(row: u32) -> u32 {
  return row % HIDDEN * 4 + row / HIDDEN;
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

/// weight_hh → vec4f over the gates, [direction][from unit][to unit], or with `transposed` [direction][to unit][from unit]:
/// neighbouring invocations of a recurrence then read neighbouring vectors.
@compute @workgroup_size(64)
fn arrange_recurrent(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let n = numberOf(id, groups);
  if (n >= RECURRENT_LENGTH) {
    return;
  }
  let row = n / PADDED % PADDED;
  let column = n % PADDED;
  if (max(row, column) >= HIDDEN) {
    storePacked(n, vec4f());
    return;
  }
  @if(transposed) let weight = row * HIDDEN + column;
  @else let weight = column * HIDDEN + row;
  let start = n / (PADDED * PADDED) * DIRECTION_LENGTH + RECURRENT_OFFSET + weight;
  storePacked(n, vec4f(
    learnables[start],
    learnables[start + HIDDEN * HIDDEN],
    learnables[start + 2 * HIDDEN * HIDDEN],
    learnables[start + 3 * HIDDEN * HIDDEN],
  ));
}

fn storePacked(n: u32, weights: vec4f) {
  @if(half) packing[n] = vec2u(pack2x16float(weights.xy), pack2x16float(weights.zw));
  @else packing[n] = weights;
}

/// Weights over the gates i, f, g, o.
fn recurrentAt(index: u32) -> vec4f {
  @if(half) {
    let halves = recurrent[index];
    return vec4f(unpack2x16float(halves.x), unpack2x16float(halves.y));
  }
  @else return recurrent[index];
}

// --- one cell -------------------------------------------------------------------------------------------------------

/// Where unit `unit` of a direction is at a step.
struct Place {
  direction: u32,
  unit: u32,
  b: u32,
  step: u32,
}

fn timeOf(place: Place) -> u32 {
  return select(place.step, STEPS - 1 - place.step, place.direction == 1);
}

fn cellAt(place: Place) -> u32 {
  return ((place.direction * HIDDEN + place.unit) * BATCH + place.b) * STEPS + timeOf(place);
}

/// The same place `steps` steps on.
fn moved(place: Place, steps: i32) -> Place {
  return Place(place.direction, place.unit, place.b, u32(i32(place.step) + steps));
}

fn channelAt(channel: u32, b: u32, t: u32) -> u32 {
  return ((channel / 4 * BATCH + b) * STEPS + t) * 4 + channel % 4;
}

fn outputAt(place: Place) -> u32 {
  return channelAt(place.direction * HIDDEN + place.unit, place.b, timeOf(place));
}

/// Beyond ±30 nothing changes in f32, and exp cannot overflow.
fn sigmoid(x: vec4f) -> vec4f {
  return 1 / (1 + exp(-clamp(x, vec4f(-30), vec4f(30))));
}

/// `value`, or NaN where a gate is not finite: clamping would hide it, and the training go on from numbers made up.
fn exposed(value: f32, z: vec4f) -> f32 {
  let finite = isFinite(z.x) && isFinite(z.y) && isFinite(z.z) && isFinite(z.w);
  return bitcast<f32>(select(0x7fc00000u, bitcast<u32>(value), finite));
}

/// One cell forward from its recurrent sum. Returns h.
fn advance(place: Place, sum: vec4f) -> f32 {
  let at = cellAt(place);
  let z = gates[at] + sum;
  let open = sigmoid(z);
  let g = hyperbolicTangent(z.z);
  var c = open.x * g;
  if (place.step > 0) {
    c += open.y * cells[cellAt(moved(place, -1))];
  }
  let h = exposed(open.w * hyperbolicTangent(c), z);
  gates[at] = vec4f(open.xy, g, open.w);
  cells[at] = c;
  y[outputAt(place)] = h;
  @if(ragged) states[channelAt(place.direction * PADDED + place.unit, place.b, timeOf(place))] = h;
  return h;
}

/// One cell backward from the gradient that its h had from the step after. Leaves dz in `gates` and dc · f in `cells`.
fn retreat(place: Place, recurrentGradient: f32) {
  let at = cellAt(place);
  let activated = gates[at];
  let i = activated.x;
  let f = activated.y;
  let g = activated.z;
  let o = activated.w;
  let tanhC = hyperbolicTangent(cells[at]);
  let dh = dy[outputAt(place)] + recurrentGradient;
  var dc = dh * o * (1 - tanhC * tanhC);
  if (place.step + 1 < STEPS) {
    dc += cells[cellAt(moved(place, 1))];
  }
  var before = 0f;
  if (place.step > 0) {
    before = cells[cellAt(moved(place, -1))];
  }
  gates[at] = vec4f(dc * g * i * (1 - i), dc * before * f * (1 - f), dc * i * (1 - g * g), dh * tanhC * o * (1 - o));
  cells[at] = dc * f;
}

// --- one dispatch a step ----------------------------------------------------------------------------------------------
// The recurrence (recurrence.wgsl has the fast one) for layers whose states fit no workgroup, and to check that one against.
// One invocation a cell; step `chunk.x` of the direction, backward counted from the last.

@compute @workgroup_size(64)
fn step_forward(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let n = numberOf(id, groups);
  if (n >= HIDDEN * BATCH) {
    return;
  }
  let place = Place(id.z, n / BATCH, n % BATCH, chunk.x);
  var sum = vec4f();
  if (place.step > 0) {
    for (var source = 0u; source < HIDDEN; source++) {
      let h = y[outputAt(Place(place.direction, source, place.b, place.step - 1))];
      sum += recurrentAt((place.direction * PADDED + source) * PADDED + place.unit) * h;
    }
  }
  advance(place, sum);
}

@compute @workgroup_size(64)
fn step_backward(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let n = numberOf(id, groups);
  if (n >= HIDDEN * BATCH) {
    return;
  }
  let place = Place(id.z, n / BATCH, n % BATCH, STEPS - 1 - chunk.x);
  var sum = 0f;
  if (chunk.x > 0) {
    for (var to = 0u; to < HIDDEN; to++) {
      let dz = gates[cellAt(Place(place.direction, to, place.b, place.step + 1))];
      sum += dot(recurrentAt((place.direction * PADDED + to) * PADDED + place.unit), dz);
    }
  }
  retreat(place, sum);
}
