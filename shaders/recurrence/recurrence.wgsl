// The time loop of a recurrent layer in one dispatch, or in chunks of steps. Its cell brings the mathematics (lstm.wgsl, gru.wgsl):
// W_ih · x + bias of all steps and both directions is one matrix product (conv1d.wgsl, kernel 1) into `gates`, the recurrence
// adds W_hh · h step by step, and the gradients of the weights are products over all steps afterwards.
//
// A workgroup carries ROWS batch rows of one direction through all steps of a chunk; no other workgroup touches them. An
// invocation computes TILE units (forward 1 or 2, `pair`; backward 1 or 8, `wide`) for all these rows, so that a weight is
// loaded once for all of them. Forward hands h on through workgroup memory, double-buffered; backward hands dz on through
// `gates`, where it must go anyway. Either takes one barrier a step.
//
// Where loads are dear (`quads`), four neighbouring invocations load a quarter of what they all need and broadcast it. All
// invocations then stay together: those beyond the last unit compute along and store nothing.

import package::recurrence::cell::{Lanes, FourLanes, lanesOf};
import package::recurrence::place::{Place, outputAt, timeOf, recurrentAt, gates, y, chunk, PADDED};
import package::recurrence::stepwise::{advanceTo, retreatFrom};
import package::shared::quad::broadcast;
import package::recurrence::rows::{GateSums, RowSums, States, withStates, withGates, listed, listedRows};
import constants::{BATCH, STEPS, HIDDEN, WORKGROUP, ROW_QUADS, TILE};

@if(quads) enable subgroups;

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

fn statesAt(index: u32, lane: u32) -> States {
  var h = States();
  h.q0 = carriedAt(index, lane);
  @if(rows8) h.q1 = carriedAt(index + 1, lane);
  @if(rows12) h.q2 = carriedAt(index + 2, lane);
  @if(rows16) h.q3 = carriedAt(index + 3, lane);
  @if(rows20) h.q4 = carriedAt(index + 4, lane);
  return h;
}

/// Weights from four units to one; `index` is of the first.
fn weightsAt(index: u32) -> FourLanes {
  return FourLanes(
    recurrentAt(index),
    recurrentAt(index + PADDED),
    recurrentAt(index + 2 * PADDED),
    recurrentAt(index + 3 * PADDED),
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
  for (var step = chunk.x; step < chunk.y; step++) {
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
      var sums: array<array<FourLanes, ROW_QUADS>, TILE>;
      sums[0] = listed(a);
      @if(pair) sums[1] = listed(b);
      for (var n = 0u; n < TILE * ROWS; n++) {
        let place = Place(direction, own + n / ROWS, first + n % ROWS, step);
        if (place.unit < HIDDEN && place.b < BATCH) {
          carried[now + place.unit * ROW_QUADS + n % ROWS / 4][n % 4] = advanceTo(place, sums[n / ROWS][n % ROWS / 4][n % 4]);
        }
      }
    }
    workgroupBarrier();
  }
}

/// dz of one unit for four rows from `row` on, a column each; rows beyond the batch repeat the last.
fn gradientAt(unit: u32, row: u32, t: u32, lane: u32) -> FourLanes {
  @if(quads) let own = gradientOf(unit, row + lane, t);
  @if(quads) return FourLanes(
    quadBroadcast(own, 0),
    quadBroadcast(own, 1),
    quadBroadcast(own, 2),
    quadBroadcast(own, 3),
  );
  @else return FourLanes(
    gradientOf(unit, row, t),
    gradientOf(unit, row + 1, t),
    gradientOf(unit, row + 2, t),
    gradientOf(unit, row + 3, t),
  );
}

fn gradientOf(unit: u32, row: u32, t: u32) -> Lanes {
  return lanesOf(gates[(unit * BATCH + min(row, BATCH - 1)) * STEPS + t]);
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
  for (var done = chunk.x; done < chunk.y; done++) {
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
          s0 = withGates(s0, recurrentAt(index), dz);
          @if(wide) s1 = withGates(s1, recurrentAt(index + 1), dz);
          @if(wide) s2 = withGates(s2, recurrentAt(index + 2), dz);
          @if(wide) s3 = withGates(s3, recurrentAt(index + 3), dz);
          @if(wide) s4 = withGates(s4, recurrentAt(index + 4), dz);
          @if(wide) s5 = withGates(s5, recurrentAt(index + 5), dz);
          @if(wide) s6 = withGates(s6, recurrentAt(index + 6), dz);
          @if(wide) s7 = withGates(s7, recurrentAt(index + 7), dz);
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
          retreatFrom(place, sums[n / ROWS][n % ROWS / 4][n % 4]);
        }
      }
    }
    storageBarrier();
  }
}
