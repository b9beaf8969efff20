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
// cut into chunks of CHUNK steps without any difference.

import package::shared::quad::broadcast;
import package::shared::rows::{GateSums, RowSums, withStates, withGates, listed, listedRows};
import constants::{BATCH, STEPS, HIDDEN, INPUTS, CHUNK, WORKGROUP, ROW_QUADS, TILE};
import constants::{DIRECTION_LENGTH, RECURRENT_OFFSET, BIAS_OFFSET, BIAS_START, RECURRENT_START, RECURRENT_STRIDE};
import constants::{LEARNABLES_LENGTH, ARRANGED_LENGTH, RECURRENT_LENGTH, CELLS, OUTPUT_LENGTH, STATES_LENGTH};

@if(quads) enable subgroups;

/// Hidden units padded to the largest tile; weights and states of the padding are zero.
const PADDED: u32 = (HIDDEN + 7) / 8 * 8;

@group(0) @binding(0) var<storage, read> learnables: array<f32, LEARNABLES_LENGTH>;
@group(0) @binding(1) var<storage, read_write> arranged: array<f32, ARRANGED_LENGTH>;
@group(0) @binding(2) var<storage, read> darranged: array<f32, ARRANGED_LENGTH>;
@group(0) @binding(3) var<storage, read_write> packing: array<vec4f, RECURRENT_LENGTH>;
@group(0) @binding(4) var<storage, read> recurrent: array<vec4f, RECURRENT_LENGTH>;
@group(0) @binding(5) var<storage, read_write> gates: array<vec4f, CELLS>;
@group(0) @binding(6) var<storage, read_write> cells: array<f32, CELLS>;
/// (B, DIRECTIONS · H, T) as an activation: [group of four channels][b][t][channel of the group].
@group(0) @binding(7) var<storage, read_write> y: array<f32, OUTPUT_LENGTH>;
/// The same with each direction padded, where H is no multiple of four (`ragged`).
@group(0) @binding(8) var<storage, read_write> states: array<f32, STATES_LENGTH>;
/// First step of a chunk.
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
fn arrange_input(@builtin(global_invocation_id) id: vec3u) {
  let place = arrangedAt(id.y, id.x);
  if (place < ARRANGED_LENGTH) {
    arranged[place] = learnables[id.y * DIRECTION_LENGTH + id.x];
  }
}

@compute @workgroup_size(64)
fn restore(@builtin(global_invocation_id) id: vec3u) {
  let place = arrangedAt(id.y, id.x);
  if (place < ARRANGED_LENGTH) {
    dlearnables[id.y * DIRECTION_LENGTH + id.x] = darranged[place];
  }
}

/// weight_hh → vec4f over the gates, [direction][from unit][to unit], or with `transposed` [direction][to unit][from unit]:
/// neighbouring invocations of a recurrence then read neighbouring vectors.
@compute @workgroup_size(64)
fn arrange_recurrent(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= RECURRENT_LENGTH) {
    return;
  }
  let row = id.x / PADDED % PADDED;
  let column = id.x % PADDED;
  if (max(row, column) >= HIDDEN) {
    packing[id.x] = vec4f();
    return;
  }
  @if(transposed) let n = row * HIDDEN + column;
  @else let n = column * HIDDEN + row;
  let start = id.x / (PADDED * PADDED) * DIRECTION_LENGTH + RECURRENT_OFFSET + n;
  packing[id.x] = vec4f(
    learnables[start],
    learnables[start + HIDDEN * HIDDEN],
    learnables[start + 2 * HIDDEN * HIDDEN],
    learnables[start + 3 * HIDDEN * HIDDEN],
  );
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

/// 1 − 2 / (exp(2|x|) + 1) with the sign of x; it cancels near 0, where a polynomial serves (Cephes tanhf, S. Moshier).
fn hyperbolicTangent(x: f32) -> f32 {
  let size = min(abs(x), 15);
  let square = x * x;
  let small = ((((-5.70498872745e-3 * square + 2.06390887954e-2) * square - 5.37397155531e-2) * square
    + 1.33314422036e-1) * square - 3.33332819422e-1) * square * x + x;
  return select(sign(x) * (1 - 2 / (exp(2 * size) + 1)), small, size < 0.625);
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
  let h = open.w * hyperbolicTangent(c);
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

// --- recurrence -----------------------------------------------------------------------------------------------------
// A workgroup carries ROWS batch rows of one direction through all steps of a chunk; no other workgroup touches them. An
// invocation computes TILE units (forward 1 or 2, `pair`; backward 1 or 8, `wide`) for all these rows, so that a weight is
// loaded once for all of them. Forward hands h on through workgroup memory, double-buffered; backward hands dz on through
// `gates`, where it must go anyway. Either takes one barrier a step.
//
// Where loads are dear (`quads`), four neighbouring invocations load a quarter of what they all need and broadcast it. All
// invocations then stay together: those beyond the last unit compute along and store nothing.

const ROWS: u32 = ROW_QUADS * 4;
/// One parity of `carried`.
const CARRIED: u32 = PADDED * ROW_QUADS;
/// h of the last two steps: [parity][unit][four rows], columns of zeros for the padding.
var<workgroup> carried: array<vec4f, CARRIED * 2>;

/// h of four units from `index` on; a column for each of four rows. `lane` is the invocation's place in its quad.
fn carriedAt(index: u32, lane: u32) -> mat4x4f {
  @if(quads) return transpose(broadcast(carried[index + lane * ROW_QUADS]));
  @else return transpose(mat4x4f(
    carried[index],
    carried[index + ROW_QUADS],
    carried[index + 2 * ROW_QUADS],
    carried[index + 3 * ROW_QUADS],
  ));
}

fn statesAt(index: u32, lane: u32) -> GateSums {
  var h = GateSums();
  h.q0 = carriedAt(index, lane);
  @if(rows8) h.q1 = carriedAt(index + 1, lane);
  @if(rows12) h.q2 = carriedAt(index + 2, lane);
  @if(rows16) h.q3 = carriedAt(index + 3, lane);
  @if(rows20) h.q4 = carriedAt(index + 4, lane);
  return h;
}

/// Weights from four units to one; `index` is of the first.
fn weightsAt(index: u32) -> mat4x4f {
  return mat4x4f(
    recurrent[index],
    recurrent[index + PADDED],
    recurrent[index + 2 * PADDED],
    recurrent[index + 3 * PADDED],
  );
}

/// h of four rows of one unit, as the chunk before left it.
fn stateBefore(direction: u32, unit: u32, row: u32) -> vec4f {
  var h = vec4f();
  for (var i = 0u; i < 4; i++) {
    if (unit < HIDDEN && row + i < BATCH) {
      h[i] = y[outputAt(Place(direction, unit, row + i, chunk.x - 1))];
    }
  }
  return h;
}

@compute @workgroup_size(WORKGROUP)
fn forward(
  @builtin(workgroup_id) group: vec3u,
  @builtin(local_invocation_index) local: u32,
  @if(quads) @builtin(subgroup_invocation_id) invocation: u32,
) {
  @if(quads) let lane = invocation % 4;
  @else let lane = 0u;
  let direction = group.y;
  let first = group.x * ROWS;
  if (chunk.x > 0) {
    for (var n = local; n < CARRIED; n += WORKGROUP) {
      let row = first + n % ROW_QUADS * 4;
      carried[(chunk.x + 1) % 2 * CARRIED + n] = stateBefore(direction, n / ROW_QUADS, row);
    }
  }
  workgroupBarrier();
  for (var step = chunk.x; step < min(chunk.x + CHUNK, STEPS); step++) {
    let now = step % 2 * CARRIED;
    let before = CARRIED - now;
    for (var base = 0u; base < HIDDEN; base += WORKGROUP * TILE) {
      let own = base + local * TILE;
      let unit = min(own, PADDED - TILE);
      var a = GateSums();
      @if(pair) var b = GateSums();
      if (step > 0) {
        for (var source = 0u; source < HIDDEN; source += 4) {
          let h = statesAt(before + source * ROW_QUADS, lane);
          let index = (direction * PADDED + source) * PADDED + unit;
          a = withStates(a, weightsAt(index), h);
          @if(pair) b = withStates(b, weightsAt(index + 1), h);
        }
      }
      var sums: array<array<mat4x4f, ROW_QUADS>, TILE>;
      sums[0] = listed(a);
      @if(pair) sums[1] = listed(b);
      for (var n = 0u; n < TILE * ROWS; n++) {
        let place = Place(direction, own + n / ROWS, first + n % ROWS, step);
        if (place.unit < HIDDEN && place.b < BATCH) {
          carried[now + place.unit * ROW_QUADS + n % ROWS / 4][n % 4] = advance(place, sums[n / ROWS][n % ROWS / 4][n % 4]);
        }
      }
    }
    workgroupBarrier();
  }
}

/// dz of one unit for four rows from `row` on, a column each; rows beyond the batch repeat the last.
fn gradientAt(unit: u32, row: u32, t: u32, lane: u32) -> mat4x4f {
  @if(quads) return broadcast(gradientOf(unit, row + lane, t));
  @else return mat4x4f(
    gradientOf(unit, row, t),
    gradientOf(unit, row + 1, t),
    gradientOf(unit, row + 2, t),
    gradientOf(unit, row + 3, t),
  );
}

fn gradientOf(unit: u32, row: u32, t: u32) -> vec4f {
  return gates[(unit * BATCH + min(row, BATCH - 1)) * STEPS + t];
}

fn gradientsAt(unit: u32, row: u32, t: u32, lane: u32) -> GateSums {
  var gradients = GateSums();
  gradients.q0 = gradientAt(unit, row, t, lane);
  @if(rows8) gradients.q1 = gradientAt(unit, row + 4, t, lane);
  @if(rows12) gradients.q2 = gradientAt(unit, row + 8, t, lane);
  @if(rows16) gradients.q3 = gradientAt(unit, row + 12, t, lane);
  @if(rows20) gradients.q4 = gradientAt(unit, row + 16, t, lane);
  return gradients;
}

@compute @workgroup_size(WORKGROUP)
fn backward(
  @builtin(workgroup_id) group: vec3u,
  @builtin(local_invocation_index) local: u32,
  @if(quads) @builtin(subgroup_invocation_id) invocation: u32,
) {
  @if(quads) let lane = invocation % 4;
  @else let lane = 0u;
  let direction = group.y;
  let first = group.x * ROWS;
  for (var done = chunk.x; done < min(chunk.x + CHUNK, STEPS); done++) {
    let step = STEPS - 1 - done;
    let after = timeOf(Place(direction, 0, 0, step + 1));
    for (var base = 0u; base < HIDDEN; base += WORKGROUP * TILE) {
      let own = base + local * TILE;
      let unit = min(own, PADDED - TILE);
      var s0 = RowSums();
      @if(wide) var s1 = RowSums();
      @if(wide) var s2 = RowSums();
      @if(wide) var s3 = RowSums();
      @if(wide) var s4 = RowSums();
      @if(wide) var s5 = RowSums();
      @if(wide) var s6 = RowSums();
      @if(wide) var s7 = RowSums();
      if (done > 0) {
        for (var to = 0u; to < HIDDEN; to++) {
          let dz = gradientsAt(direction * HIDDEN + to, first, after, lane);
          let index = (direction * PADDED + to) * PADDED + unit;
          s0 = withGates(s0, recurrent[index], dz);
          @if(wide) s1 = withGates(s1, recurrent[index + 1], dz);
          @if(wide) s2 = withGates(s2, recurrent[index + 2], dz);
          @if(wide) s3 = withGates(s3, recurrent[index + 3], dz);
          @if(wide) s4 = withGates(s4, recurrent[index + 4], dz);
          @if(wide) s5 = withGates(s5, recurrent[index + 5], dz);
          @if(wide) s6 = withGates(s6, recurrent[index + 6], dz);
          @if(wide) s7 = withGates(s7, recurrent[index + 7], dz);
        }
      }
      var sums: array<array<vec4f, ROW_QUADS>, TILE>;
      sums[0] = listedRows(s0);
      @if(wide) sums[1] = listedRows(s1);
      @if(wide) sums[2] = listedRows(s2);
      @if(wide) sums[3] = listedRows(s3);
      @if(wide) sums[4] = listedRows(s4);
      @if(wide) sums[5] = listedRows(s5);
      @if(wide) sums[6] = listedRows(s6);
      @if(wide) sums[7] = listedRows(s7);
      for (var n = 0u; n < TILE * ROWS; n++) {
        let place = Place(direction, own + n / ROWS, first + n % ROWS, step);
        if (place.unit < HIDDEN && place.b < BATCH) {
          retreat(place, sums[n / ROWS][n % ROWS / 4][n % 4]);
        }
      }
    }
    storageBarrier();
  }
}

// --- one dispatch a step ----------------------------------------------------------------------------------------------
// For layers whose states fit no workgroup, and to check the recurrence against. One invocation a cell; step `chunk.x` of the
// direction, backward counted from the last.

@compute @workgroup_size(64)
fn step_forward(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= HIDDEN * BATCH) {
    return;
  }
  let place = Place(id.y, id.x / BATCH, id.x % BATCH, chunk.x);
  var sum = vec4f();
  if (place.step > 0) {
    for (var source = 0u; source < HIDDEN; source++) {
      let h = y[outputAt(Place(place.direction, source, place.b, place.step - 1))];
      sum += recurrent[(place.direction * PADDED + source) * PADDED + place.unit] * h;
    }
  }
  advance(place, sum);
}

@compute @workgroup_size(64)
fn step_backward(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= HIDDEN * BATCH) {
    return;
  }
  let place = Place(id.y, id.x / BATCH, id.x % BATCH, STEPS - 1 - chunk.x);
  var sum = 0f;
  if (chunk.x > 0) {
    for (var to = 0u; to < HIDDEN; to++) {
      let dz = gates[cellAt(Place(place.direction, to, place.b, place.step + 1))];
      sum += dot(recurrent[(place.direction * PADDED + to) * PADDED + place.unit], dz);
    }
  }
  retreat(place, sum);
}
