// Batch rows that one invocation of a recurrence computes together, held in registers by fours: ROW_QUADS of them, as the
// conditions `rows8` … `rows20` say. Members are named, never indexed, as in strip.wgsl.

import package::recurrence::cell::{Lanes, FourLanes};
import constants::ROW_QUADS;

/// Sums over the lanes of one unit; a column for each row.
struct GateSums {
  q0: FourLanes,
  @if(rows8) q1: FourLanes,
  @if(rows12) q2: FourLanes,
  @if(rows16) q3: FourLanes,
  @if(rows20) q4: FourLanes,
}

/// h of four units; a column for each row.
struct States {
  q0: mat4x4f,
  @if(rows8) q1: mat4x4f,
  @if(rows12) q2: mat4x4f,
  @if(rows16) q3: mat4x4f,
  @if(rows20) q4: mat4x4f,
}

/// sums + weights · h. The columns of `weights` belong to four hidden units, those of `h` to rows.
fn withStates(sums: GateSums, weights: FourLanes, h: States) -> GateSums {
  var next = sums;
  next.q0 += weights * h.q0;
  @if(rows8) next.q1 += weights * h.q1;
  @if(rows12) next.q2 += weights * h.q2;
  @if(rows16) next.q3 += weights * h.q3;
  @if(rows20) next.q4 += weights * h.q4;
  return next;
}

/// Sums of one number for each row.
struct RowSums {
  q0: vec4f,
  @if(rows8) q1: vec4f,
  @if(rows12) q2: vec4f,
  @if(rows16) q3: vec4f,
  @if(rows20) q4: vec4f,
}

/// sums + weight · dz over the lanes of one unit; the columns of `dz` belong to rows.
fn withGates(sums: RowSums, weight: Lanes, dz: GateSums) -> RowSums {
  var next = sums;
  next.q0 += weight * dz.q0;
  @if(rows8) next.q1 += weight * dz.q1;
  @if(rows12) next.q2 += weight * dz.q2;
  @if(rows16) next.q3 += weight * dz.q3;
  @if(rows20) next.q4 += weight * dz.q4;
  return next;
}

/// The sums where a loop can index them; a sum that is still to grow must not be kept so.
fn listed(sums: GateSums) -> array<FourLanes, ROW_QUADS> {
  var list: array<FourLanes, ROW_QUADS>;
  list[0] = sums.q0;
  @if(rows8) list[1] = sums.q1;
  @if(rows12) list[2] = sums.q2;
  @if(rows16) list[3] = sums.q3;
  @if(rows20) list[4] = sums.q4;
  return list;
}

fn listedRows(sums: RowSums) -> array<vec4f, ROW_QUADS> {
  var list: array<vec4f, ROW_QUADS>;
  list[0] = sums.q0;
  @if(rows8) list[1] = sums.q1;
  @if(rows12) list[2] = sums.q2;
  @if(rows16) list[3] = sums.q3;
  @if(rows20) list[4] = sums.q4;
  return list;
}
