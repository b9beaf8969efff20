// Convolution of kernel 1 to many output channels, which is a matrix product, where loads are dear (`quads`): no taps overlap,
// so it is x that a quad shares, not the weights. All invocations of a workgroup own the same twenty steps of one curve, and
// eight output channels each: 13 loads for 640 multiply-adds. Layouts are those of conv1d.wgsl.

import package::conv1d::{packed, loadStrip, biasOf, store, TILE_STEPS, TILES_PER_CURVE, IN_GROUPS, OUT_GROUPS, OUT_PAIRS};
import package::shared::quad::broadcast;
import package::shared::strip::{Strip, filled, accumulated};
import constants::{BATCH, STEPS, WORKGROUP};

enable subgroups;

/// Four strips of x from step `t` on, of which each invocation of a quad loads one.
fn loadShared(start: u32, t: u32, lane: u32) -> array<Strip, 4> {
  let own = loadStrip(start, i32(t + lane * 5));
  let r0 = broadcast(own.r0);
  let r1 = broadcast(own.r1);
  let r2 = broadcast(own.r2);
  let r3 = broadcast(own.r3);
  let r4 = broadcast(own.r4);
  return array<Strip, 4>(
    Strip(r0[0], r1[0], r2[0], r3[0], r4[0]),
    Strip(r0[1], r1[1], r2[1], r3[1], r4[1]),
    Strip(r0[2], r1[2], r2[2], r3[2], r4[2]),
    Strip(r0[3], r1[3], r2[3], r3[3], r4[3]),
  );
}

@compute @workgroup_size(WORKGROUP)
fn multiply(
  @builtin(workgroup_id) group: vec3u,
  @builtin(local_invocation_index) local: u32,
  @builtin(subgroup_invocation_id) place: u32,
) {
  let curve = group.x / TILES_PER_CURVE;
  let first = (group.x % TILES_PER_CURVE) * TILE_STEPS;
  let own = group.y * WORKGROUP + local;
  let a = min(own, OUT_PAIRS - 1) * 2;
  let b = a + 1;

  var a0 = filled(biasOf(a));
  var b0 = filled(biasOf(b));
  var a1 = a0;
  var b1 = b0;
  var a2 = a0;
  var b2 = b0;
  var a3 = a0;
  var b3 = b0;
  for (var inGroup = 0u; inGroup < IN_GROUPS; inGroup++) {
    let xs = loadShared((inGroup * BATCH + curve) * STEPS, first, place % 4);
    let index = (inGroup * OUT_PAIRS * 2 + a) * 4;
    let wa = mat4x4f(packed[index], packed[index + 1], packed[index + 2], packed[index + 3]);
    let wb = mat4x4f(packed[index + 4], packed[index + 5], packed[index + 6], packed[index + 7]);
    a0 = accumulated(a0, wa, xs[0]);
    b0 = accumulated(b0, wb, xs[0]);
    a1 = accumulated(a1, wa, xs[1]);
    b1 = accumulated(b1, wb, xs[1]);
    a2 = accumulated(a2, wa, xs[2]);
    b2 = accumulated(b2, wb, xs[2]);
    a3 = accumulated(a3, wa, xs[3]);
    b3 = accumulated(b3, wb, xs[3]);
  }

  if (own >= OUT_PAIRS) {
    return;
  }
  store(a0, a, curve, first);
  store(a1, a, curve, first + 5);
  store(a2, a, curve, first + 10);
  store(a3, a, curve, first + 15);
  if (b < OUT_GROUPS) {
    store(b0, b, curve, first);
    store(b1, b, curve, first + 5);
    store(b2, b, curve, first + 10);
    store(b3, b, curve, first + 15);
  }
}
