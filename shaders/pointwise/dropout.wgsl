// Dropout with inverted scaling (Srivastava et al. 2014), while training:
//
//   y = x · mask,  dx = dy · mask,  mask = SCALE = 1 / (1 − p) with probability 1 − p, otherwise 0
//
// The mask is a function of (seed, layer, iteration, place), so forward and backward draw the same one and none is
// stored. Value (b, c, t) takes word (b·T + t) · 4 · GROUPS + c of its iteration; it is kept when the upper 24 bits of the
// word are not below THRESHOLD = p · 2²⁴.

import package::shared::cursor::Cursor;
import package::shared::spread::numberOf;
import package::shared::threefry::threefry;
import constants::{LENGTH, ROWS, GROUPS, SEED, STREAM, THRESHOLD, SCALE};

@group(0) @binding(0) var<storage, read> x: array<vec4f, LENGTH>;
@group(0) @binding(1) var<storage, read> cursor: Cursor;
@group(0) @binding(2) var<storage, read_write> y: array<vec4f, LENGTH>;

/// Of four channels at one step: element `n` of an activation, [group of four channels][b][t].
fn maskAt(n: u32) -> vec4f {
  let block = (n % ROWS * GROUPS + n / ROWS) * 2;
  let key = vec2u(SEED, STREAM);
  let words = vec4u(threefry(key, vec2u(block, cursor.index)), threefry(key, vec2u(block + 1, cursor.index)));
  return select(vec4f(), vec4f(SCALE), words >> vec4u(8) >= vec4u(THRESHOLD));
}

/// Forward on x, and backward with dy in its place.
@compute @workgroup_size(64)
fn mask(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let n = numberOf(id, groups);
  if (n >= LENGTH) {
    return;
  }
  y[n] = x[n] * maskAt(n);
}

/// At prediction every value passes.
@compute @workgroup_size(64)
fn keep(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let n = numberOf(id, groups);
  if (n >= LENGTH) {
    return;
  }
  y[n] = x[n];
}
