// Convolution of kernel 1 to many output channels, which is a matrix product, where loads are dear (`quads`): no taps overlap,
// so it is x that a quad shares, not the weights. All invocations of a workgroup own the same twenty steps of one sample, and
// eight output channels each: 13 loads for 640 multiply-adds. Layouts are those of conv1d.wgsl.

import package::convolution::conv1d::{packed, loadStrip, storeTile, TILE_STEPS, TILES_PER_SAMPLE};
import package::convolution::shared::{biasOf, IN_GROUPS, OUT_GROUPS, OUT_PAIRS};
import package::shared::quad::broadcast;
import package::convolution::strip::Strip;
import package::convolution::tile::{Window, begun, withTap};
import constants::{BATCH, STEPS, WORKGROUP};

enable subgroups;

/// Four strips of x from step `t` on, of which each invocation of a quad loads one.
fn loadShared(start: u32, t: u32, lane: u32) -> Window {
  let own = loadStrip(start, i32(t + lane * 5));
  let r0 = broadcast(own.r0);
  let r1 = broadcast(own.r1);
  let r2 = broadcast(own.r2);
  let r3 = broadcast(own.r3);
  let r4 = broadcast(own.r4);
  return Window(
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
  let sample = group.x / TILES_PER_SAMPLE;
  let first = (group.x % TILES_PER_SAMPLE) * TILE_STEPS;
  let own = group.y * WORKGROUP + local;
  let a = min(own, OUT_PAIRS - 1) * 2;
  let part = group.z;

  var tile = begun(biasOf(a), biasOf(a + 1));
  for (var inGroup = 0u; inGroup < IN_GROUPS; inGroup++) {
    let window = loadShared(((part * IN_GROUPS + inGroup) * BATCH + sample) * STEPS, first, place % 4);
    let index = ((part * IN_GROUPS + inGroup) * OUT_PAIRS * 2 + a) * 4;
    let wa = mat4x4f(packed[index], packed[index + 1], packed[index + 2], packed[index + 3]);
    let wb = mat4x4f(packed[index + 4], packed[index + 5], packed[index + 6], packed[index + 7]);
    tile = withTap(tile, wa, wb, window);
  }
  if (own < OUT_PAIRS) {
    storeTile(tile, part * OUT_GROUPS, a, sample, first);
  }
}
