// What the adapter can do at best, as the yardstick of a profile: multiply-adds in registers, and a plain copy.

import constants::{ROUNDS, LENGTH, EACH};

@group(0) @binding(0) var<storage, read> source: array<vec4f, LENGTH>;
@group(0) @binding(1) var<storage, read_write> destination: array<vec4f, LENGTH>;

// --- multiply_add: 8 independent chains of vec4f, 64·ROUNDS floating-point operations an invocation. Eight hide the latency
// of a multiply-add, and their 32 registers still fit. What is loaded and stored at the ends does not count beside that.

@compute @workgroup_size(64)
fn multiply_add(@builtin(global_invocation_id) id: vec3u) {
  // Not the zeros that a new buffer holds: they cost a GPU less power, and so let it run faster.
  let factor = source[id.x % LENGTH] + 0.5;
  var a = factor;
  var b = factor + 1;
  var c = factor + 2;
  var d = factor + 3;
  var e = factor + 4;
  var f = factor + 5;
  var g = factor + 6;
  var h = factor + 7;
  for (var round = 0; round < ROUNDS; round++) {
    a = fma(a, factor, factor);
    b = fma(b, factor, factor);
    c = fma(c, factor, factor);
    d = fma(d, factor, factor);
    e = fma(e, factor, factor);
    f = fma(f, factor, factor);
    g = fma(g, factor, factor);
    h = fma(h, factor, factor);
  }
  destination[id.x % LENGTH] = a + b + c + d + e + f + g + h;
}

// --- copy: 16 bytes read and 16 written, EACH times an invocation. A workgroup copies one stretch; neighbouring invocations
// copy neighbouring vectors.

@compute @workgroup_size(64)
fn copy(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let start = group.x * 64 * EACH + local;
  for (var n = start; n < start + 64 * EACH; n += 64) {
    destination[n] = source[n];
  }
}
