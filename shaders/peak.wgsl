// What the adapter can do at best, as the yardstick of a bench: multiply-adds in registers, and a plain copy.

import constants::{ROUNDS, LENGTH};

@group(0) @binding(0) var<storage, read> source: array<vec4f, LENGTH>;
@group(0) @binding(1) var<storage, read_write> destination: array<vec4f, LENGTH>;

// --- multiply_add: 8 independent chains of vec4f, 64·ROUNDS floating-point operations an invocation.

@compute @workgroup_size(64)
fn multiply_add(@builtin(global_invocation_id) id: vec3u) {
  let factor = source[id.x % LENGTH];
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

// --- copy: 16 bytes read and 16 written an invocation.

@compute @workgroup_size(64)
fn copy(@builtin(global_invocation_id) id: vec3u) {
  if (id.x < LENGTH) {
    destination[id.x] = source[id.x];
  }
}
