// 1-D convolution, stride 1, "same" padding:
//
//   y[b, o, t] = bias[o] + Σ_i Σ_k weight[o, i, k] · x[b, i, t + k − LEFT]          LEFT = ⌊(KERNEL − 1) / 2⌋
//   dx[b, i, t] = Σ_o Σ_k weight[o, i, KERNEL − 1 − k] · dy[b, o, t + k − (KERNEL − 1 − LEFT)]
//   dweight[o, i, k] = Σ_b Σ_t dy[b, o, t] · x[b, i, t + k − LEFT]
//   dbias[o] = Σ_b Σ_t dy[b, o, t]
//
// x (B, Ci, T), weight (Co, Ci, K), y (B, Co, T); steps outside 0 … T−1 count as zero. dx is the same sum as y with the
// weights transposed and flipped, so one entry, `convolve`, serves both: IN and OUT then change places.
//
// Activations lie as vec4f [group of four channels][b][t]: every load is one aligned vec4f whatever the tap, and
// neighbouring threads read neighbouring steps. Channels beyond the last are zero.

// Where loads are dear (`quads`, software adapters), four neighbouring invocations that need the same four vectors load one
// each and broadcast them. All invocations of a workgroup then stay together: those beyond the end repeat the last and
// store nothing.

import package::convolution::shared::{x, load, weightColumn, biasOf, IN_GROUPS, OUT_GROUPS, OUT_PAIRS, OWN_GROUPS};
@if(summed) import package::normalisation::gradientsums::{Sums, Normalisation, normalisationOf, withValue, storeSums};
import package::shared::quad::broadcast;
import package::shared::spread::numberOf;
import package::convolution::strip::Strip;
import package::convolution::tile::{Tile, Window, begun, withTap, slid};
import constants::{BATCH, STEPS, KERNEL, LEFT, WORKGROUP, STRIPS, Y_LENGTH, PACKED_LENGTH};

@if(quads) enable subgroups;

@group(0) @binding(1) var<storage, read> packed: array<vec4f, PACKED_LENGTH>;
@group(0) @binding(3) var<storage, read_write> y: array<vec4f, Y_LENGTH>;
@group(0) @binding(5) var<storage, read_write> packing: array<vec4f, PACKED_LENGTH>;

// --- pack -----------------------------------------------------------------------------------------------------------
// weight (Co, Ci, K) → packed [input group][tap][output group, padded to pairs][input channel of the group], each a
// vec4f over four output channels: the order in which `convolve` reads. With `transposed`, the weights of dx.

@compute @workgroup_size(64)
fn pack(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let n = numberOf(id, groups);
  if (n >= PACKED_LENGTH) {
    return;
  }
  let lane = n % 4;
  let outGroup = (n / 4) % (OUT_PAIRS * 2);
  let tap = (n / (OUT_PAIRS * 8)) % KERNEL;
  let inGroup = n / (OUT_PAIRS * 8 * KERNEL);
  packing[n] = weightColumn(outGroup, inGroup * 4 + lane, tap);
}

// --- convolve -------------------------------------------------------------------------------------------------------
// An implicit matrix product: rows (b, t), columns o, inner dimension (i, k). A thread owns 5·STRIPS steps of one sample
// and four output channels, or eight (`pair`). The window of x stays in registers while the taps pass over it, so with
// eight a tap costs one load of x and eight of weights for 160·STRIPS multiply-adds. Along z there may be several such sums
// (`part`), each with its own x, weights and y, which lie one behind the other.

const TILE_STEPS: u32 = STRIPS * 5;
const TILES_PER_SAMPLE: u32 = (STEPS + TILE_STEPS - 1) / TILE_STEPS;

fn loadStrip(start: u32, t: i32) -> Strip {
  return Strip(load(start, t), load(start, t + 1), load(start, t + 2), load(start, t + 3), load(start, t + 4));
}

/// Four vectors of `packed`, one for each input channel of a group. `lane` is the invocation's place in its quad.
fn weightsAt(index: u32, lane: u32) -> mat4x4f {
  @if(quads) return broadcast(packed[index + lane]);
  @else return mat4x4f(packed[index], packed[index + 1], packed[index + 2], packed[index + 3]);
}

/// `first` is the group with which y begins.
fn store(s: Strip, first: u32, group: u32, sample: u32, t: u32) {
  let start = ((first + group) * BATCH + sample) * STEPS;
  if (t < STEPS) { y[start + t] = s.r0; }
  if (t + 1 < STEPS) { y[start + t + 1] = s.r1; }
  if (t + 2 < STEPS) { y[start + t + 2] = s.r2; }
  if (t + 3 < STEPS) { y[start + t + 3] = s.r3; }
  if (t + 4 < STEPS) { y[start + t + 4] = s.r4; }
}

/// Stores the tile of output group `a`, and of the one behind it, whose first step is `t`.
fn storeTile(tile: Tile, first: u32, a: u32, sample: u32, t: u32) {
  if (a < OUT_GROUPS && t < STEPS) {
    store(tile.a0, first, a, sample, t);
    @if(strips2) store(tile.a1, first, a, sample, t + 5);
    @if(strips4) store(tile.a2, first, a, sample, t + 10);
    @if(strips4) store(tile.a3, first, a, sample, t + 15);
    @if(summed) {
      let normalisation = normalisationOf(a);
      var sums = withStrip(Sums(), tile.a0, normalisation, a, sample, t);
      @if(strips2) sums = withStrip(sums, tile.a1, normalisation, a, sample, t + 5);
      @if(strips4) sums = withStrip(sums, tile.a2, normalisation, a, sample, t + 10);
      @if(strips4) sums = withStrip(sums, tile.a3, normalisation, a, sample, t + 15);
      storeSums(sums, (a * BATCH + sample) * TILES_PER_SAMPLE + t / TILE_STEPS);
    }
  }
  @if(pair) {
    if (a + 1 < OUT_GROUPS && t < STEPS) {
      store(tile.b0, first, a + 1, sample, t);
      @if(strips2) store(tile.b1, first, a + 1, sample, t + 5);
      @if(strips4) store(tile.b2, first, a + 1, sample, t + 10);
      @if(strips4) store(tile.b3, first, a + 1, sample, t + 15);
      @if(summed) {
        let normalisation = normalisationOf(a + 1);
        var sums = withStrip(Sums(), tile.b0, normalisation, a + 1, sample, t);
        @if(strips2) sums = withStrip(sums, tile.b1, normalisation, a + 1, sample, t + 5);
        @if(strips4) sums = withStrip(sums, tile.b2, normalisation, a + 1, sample, t + 10);
        @if(strips4) sums = withStrip(sums, tile.b3, normalisation, a + 1, sample, t + 15);
        storeSums(sums, ((a + 1) * BATCH + sample) * TILES_PER_SAMPLE + t / TILE_STEPS);
      }
    }
  }
}

@if(summed)
fn withStrip(sums: Sums, s: Strip, n: Normalisation, group: u32, sample: u32, t: u32) -> Sums {
  var next = withValue(sums, s.r0, n, group, sample, t);
  next = withValue(next, s.r1, n, group, sample, t + 1);
  next = withValue(next, s.r2, n, group, sample, t + 2);
  next = withValue(next, s.r3, n, group, sample, t + 3);
  return withValue(next, s.r4, n, group, sample, t + 4);
}

@compute @workgroup_size(WORKGROUP)
fn convolve(
  @builtin(workgroup_id) group: vec3u,
  @builtin(local_invocation_index) local: u32,
  @if(quads) @builtin(subgroup_invocation_id) invocation: u32,
) {
  @if(quads) let lane = invocation % 4;
  @else let lane = 0u;
  let own = group.x * WORKGROUP + local;
  let place = min(own, BATCH * TILES_PER_SAMPLE - 1);
  let sample = place / TILES_PER_SAMPLE;
  let first = (place % TILES_PER_SAMPLE) * TILE_STEPS;
  let a = group.y * OWN_GROUPS;
  let part = group.z;

  var tile = begun(biasOf(a), biasOf(a + 1));
  for (var inGroup = 0u; inGroup < IN_GROUPS; inGroup++) {
    let start = ((part * IN_GROUPS + inGroup) * BATCH + sample) * STEPS;
    let t = i32(first) - LEFT;
    var window: Window;
    window.x0 = loadStrip(start, t);
    @if(strips2) window.x1 = loadStrip(start, t + 5);
    @if(strips4) window.x2 = loadStrip(start, t + 10);
    @if(strips4) window.x3 = loadStrip(start, t + 15);
    for (var tap = 0u; tap < KERNEL; tap++) {
      let index = (((part * IN_GROUPS + inGroup) * KERNEL + tap) * OUT_PAIRS * 2 + a) * 4;
      let wa = weightsAt(index, lane);
      @if(pair) let wb = weightsAt(index + 4, lane);
      @else let wb = mat4x4f();
      tile = withTap(tile, wa, wb, window);
      window = slid(window, load(start, t + i32(tap + TILE_STEPS)));
    }
  }
  if (own == place) {
    storeTile(tile, part * OUT_GROUPS, a, sample, first);
  }
}
