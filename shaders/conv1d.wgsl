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

import package::shared::quad::broadcast;
import package::shared::spread::numberOf;
import package::shared::strip::Strip;
import package::shared::tile::{Tile, Window, begun, withTap, slid};
import package::shared::taps::{TapSums, TapWindow, moved, withStep};
import constants::{BATCH, STEPS, KERNEL, LEFT, IN_CHANNELS, OUT_CHANNELS, WORKGROUP, STRIPS, SPLITS, SPLIT_ROWS};
@if(summed) import package::shared::normalisation::{Statistics, statistics, normalised, scaleOf, offsetOf, dz};
import constants::TILE_SUMS_LENGTH;
import constants::{X_FIRST, Y_FIRST, X_LENGTH, Y_LENGTH, PACKED_LENGTH, WEIGHT_LENGTH, PARTIAL_LENGTH, TAP_BLOCK};

@if(quads) enable subgroups;

const IN_GROUPS: u32 = (IN_CHANNELS + 3) / 4;
const OUT_GROUPS: u32 = (OUT_CHANNELS + 3) / 4;
/// Packed weights and partial sums have room for output groups in pairs; those of a group that is missing count nothing.
const OUT_PAIRS: u32 = (OUT_GROUPS + 1) / 2;
/// Output groups of an invocation.
@if(pair) const OWN_GROUPS: u32 = 2;
@else const OWN_GROUPS: u32 = 1;

@group(0) @binding(0) var<storage, read> x: array<vec4f, X_LENGTH>;
@group(0) @binding(1) var<storage, read> packed: array<vec4f, PACKED_LENGTH>;
@group(0) @binding(2) var<storage, read> bias: array<f32, OUT_CHANNELS>;
@group(0) @binding(3) var<storage, read_write> y: array<vec4f, Y_LENGTH>;
@group(0) @binding(4) var<storage, read> weight: array<f32, WEIGHT_LENGTH>;
@group(0) @binding(5) var<storage, read_write> packing: array<vec4f, PACKED_LENGTH>;
@group(0) @binding(6) var<storage, read> dy: array<vec4f, Y_LENGTH>;
@group(0) @binding(7) var<storage, read_write> partial: array<vec4f, PARTIAL_LENGTH>;
@group(0) @binding(8) var<storage, read> partials: array<vec4f, PARTIAL_LENGTH>;
@group(0) @binding(9) var<storage, read_write> dweight: array<f32, WEIGHT_LENGTH>;
@group(0) @binding(10) var<storage, read_write> dbias: array<f32, OUT_CHANNELS>;
/// Where y is the gradient of a batch normalisation's output (`summed`): that one's input, and its two sums over each tile.
@group(0) @binding(11) var<storage, read> normalising: array<vec4f, Y_LENGTH>;
@group(0) @binding(12) var<storage, read_write> tileSums: array<vec4f, TILE_SUMS_LENGTH>;

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
  packing[n] = vec4f(
    weightAt(outGroup * 4, inGroup * 4 + lane, tap),
    weightAt(outGroup * 4 + 1, inGroup * 4 + lane, tap),
    weightAt(outGroup * 4 + 2, inGroup * 4 + lane, tap),
    weightAt(outGroup * 4 + 3, inGroup * 4 + lane, tap),
  );
}

fn weightAt(output: u32, input: u32, tap: u32) -> f32 {
  if (output >= OUT_CHANNELS || input >= IN_CHANNELS) {
    return 0;
  }
  @if(transposed) return weight[(input * OUT_CHANNELS + output) * KERNEL + KERNEL - 1 - tap];
  @else return weight[(output * IN_CHANNELS + input) * KERNEL + tap];
}

// --- convolve -------------------------------------------------------------------------------------------------------
// An implicit matrix product: rows (b, t), columns o, inner dimension (i, k). A thread owns 5·STRIPS steps of one curve
// and four output channels, or eight (`pair`). The window of x stays in registers while the taps pass over it, so with
// eight a tap costs one load of x and eight of weights for 160·STRIPS multiply-adds.

const TILE_STEPS: u32 = STRIPS * 5;
const TILES_PER_CURVE: u32 = (STEPS + TILE_STEPS - 1) / TILE_STEPS;

fn load(start: u32, t: i32) -> vec4f {
  return select(vec4f(), x[start + u32(clamp(t, 0, STEPS - 1))], t >= 0 && t < STEPS);
}

fn loadStrip(start: u32, t: i32) -> Strip {
  return Strip(load(start, t), load(start, t + 1), load(start, t + 2), load(start, t + 3), load(start, t + 4));
}

/// Four vectors of `packed`, one for each input channel of a group. `lane` is the invocation's place in its quad.
fn weightsAt(index: u32, lane: u32) -> mat4x4f {
  @if(quads) return broadcast(packed[index + lane]);
  @else return mat4x4f(packed[index], packed[index + 1], packed[index + 2], packed[index + 3]);
}

fn biasOf(group: u32) -> vec4f {
  @if(biased) return vec4f(biasAt(group * 4), biasAt(group * 4 + 1), biasAt(group * 4 + 2), biasAt(group * 4 + 3));
  @else return vec4f();
}

@if(biased)
fn biasAt(channel: u32) -> f32 {
  return select(0, bias[min(channel, OUT_CHANNELS - 1)], channel < OUT_CHANNELS);
}

fn store(s: Strip, group: u32, curve: u32, t: u32) {
  let start = (group * BATCH + curve) * STEPS;
  if (t < STEPS) { y[start + t] = s.r0; }
  if (t + 1 < STEPS) { y[start + t + 1] = s.r1; }
  if (t + 2 < STEPS) { y[start + t + 2] = s.r2; }
  if (t + 3 < STEPS) { y[start + t + 3] = s.r3; }
  if (t + 4 < STEPS) { y[start + t + 4] = s.r4; }
}

/// Stores the tile of output group `a`, and of the one behind it, whose first step is `t`.
fn storeTile(tile: Tile, a: u32, curve: u32, t: u32) {
  if (a < OUT_GROUPS && t < STEPS) {
    store(tile.a0, a, curve, t);
    @if(strips2) store(tile.a1, a, curve, t + 5);
    @if(strips4) store(tile.a2, a, curve, t + 10);
    @if(strips4) store(tile.a3, a, curve, t + 15);
    @if(summed) {
      let normalisation = normalisationOf(a);
      var sums = withStrip(Sums(), tile.a0, normalisation, a, curve, t);
      @if(strips2) sums = withStrip(sums, tile.a1, normalisation, a, curve, t + 5);
      @if(strips4) sums = withStrip(sums, tile.a2, normalisation, a, curve, t + 10);
      @if(strips4) sums = withStrip(sums, tile.a3, normalisation, a, curve, t + 15);
      storeSums(sums, a, curve, t);
    }
  }
  @if(pair) {
    if (a + 1 < OUT_GROUPS && t < STEPS) {
      store(tile.b0, a + 1, curve, t);
      @if(strips2) store(tile.b1, a + 1, curve, t + 5);
      @if(strips4) store(tile.b2, a + 1, curve, t + 10);
      @if(strips4) store(tile.b3, a + 1, curve, t + 15);
      @if(summed) {
        let normalisation = normalisationOf(a + 1);
      var sums = withStrip(Sums(), tile.b0, normalisation, a + 1, curve, t);
        @if(strips2) sums = withStrip(sums, tile.b1, normalisation, a + 1, curve, t + 5);
        @if(strips4) sums = withStrip(sums, tile.b2, normalisation, a + 1, curve, t + 10);
        @if(strips4) sums = withStrip(sums, tile.b3, normalisation, a + 1, curve, t + 15);
        storeSums(sums, a + 1, curve, t);
      }
    }
  }
}

/// Σ dz and Σ dz·x̂ (batchnorm.wgsl), where y is dy.
struct Sums {
  plain: vec4f,
  product: vec4f,
}

/// What belongs to a group of channels: loaded once for all its values.
@if(summed)
struct Normalisation {
  statistics: Statistics,
  scale: vec4f,
  offset: vec4f,
}

@if(summed)
fn normalisationOf(group: u32) -> Normalisation {
  return Normalisation(statistics[group], scaleOf(group), offsetOf(group));
}

@if(summed)
fn withStrip(sums: Sums, s: Strip, n: Normalisation, group: u32, curve: u32, t: u32) -> Sums {
  var next = withValue(sums, s.r0, n, group, curve, t);
  next = withValue(next, s.r1, n, group, curve, t + 1);
  next = withValue(next, s.r2, n, group, curve, t + 2);
  next = withValue(next, s.r3, n, group, curve, t + 3);
  return withValue(next, s.r4, n, group, curve, t + 4);
}

@if(summed)
fn withValue(sums: Sums, gradient: vec4f, n: Normalisation, group: u32, curve: u32, t: u32) -> Sums {
  if (t >= STEPS) {
    return sums;
  }
  let normal = normalised(normalising[(group * BATCH + curve) * STEPS + t], n.statistics);
  let d = dz(gradient, normal, n.scale, n.offset);
  return Sums(sums.plain + d, sums.product + d * normal);
}

@if(summed)
fn storeSums(sums: Sums, group: u32, curve: u32, t: u32) {
  let tile = (group * BATCH + curve) * TILES_PER_CURVE + t / TILE_STEPS;
  tileSums[tile * 2] = sums.plain;
  tileSums[tile * 2 + 1] = sums.product;
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
  let place = min(own, BATCH * TILES_PER_CURVE - 1);
  let curve = place / TILES_PER_CURVE;
  let first = (place % TILES_PER_CURVE) * TILE_STEPS;
  let a = group.y * OWN_GROUPS;

  var tile = begun(biasOf(a), biasOf(a + 1));
  for (var inGroup = 0u; inGroup < IN_GROUPS; inGroup++) {
    let start = (inGroup * BATCH + curve) * STEPS;
    let t = i32(first) - LEFT;
    var window: Window;
    window.x0 = loadStrip(start, t);
    @if(strips2) window.x1 = loadStrip(start, t + 5);
    @if(strips4) window.x2 = loadStrip(start, t + 10);
    @if(strips4) window.x3 = loadStrip(start, t + 15);
    for (var tap = 0u; tap < KERNEL; tap++) {
      let index = ((inGroup * KERNEL + tap) * OUT_PAIRS * 2 + a) * 4;
      let wa = weightsAt(index, lane);
      @if(pair) let wb = weightsAt(index + 4, lane);
      @else let wb = mat4x4f();
      tile = withTap(tile, wa, wb, window);
      window = slid(window, load(start, t + i32(tap + TILE_STEPS)));
    }
  }
  if (own == place) {
    storeTile(tile, a, curve, first);
  }
}

// --- gradients of weight and bias -----------------------------------------------------------------------------------
// Split-K: the sum over (b, t) is cut by curves into SPLITS parts, each summed by one thread in order, and a second
// pass adds the parts in order. No atomics, so two runs give the same bits. A thread owns four or eight output channels, four
// input channels and up to five neighbouring taps (TAP_BLOCK), whose windows of x overlap in registers: three loads for
// 32·TAP_BLOCK multiply-adds with eight. x and dy may be part of larger activations: their groups from X_FIRST and Y_FIRST on.

const TAP_BLOCKS: u32 = (KERNEL + TAP_BLOCK - 1) / TAP_BLOCK;
/// Partial sums of one split: [output group, padded][input group][tap, padded][input channel of the group].
const SPLIT_WEIGHTS: u32 = OUT_PAIRS * 2 * IN_GROUPS * TAP_BLOCKS * TAP_BLOCK * 4;
/// They are followed by the partial sums of the bias: [output group, padded].
const SPLIT_LENGTH: u32 = SPLIT_WEIGHTS + OUT_PAIRS * 2;

@if(quads)
fn loadGradient(start: u32, t: i32) -> vec4f {
  return select(vec4f(), dy[start + u32(min(t, STEPS - 1))], t < STEPS);
}

fn storePartial(index: u32, sum: mat4x4f) {
  partial[index] = sum[0];
  partial[index + 1] = sum[1];
  partial[index + 2] = sum[2];
  partial[index + 3] = sum[3];
}

@compute @workgroup_size(WORKGROUP)
fn weight_gradient(
  @builtin(workgroup_id) group: vec3u,
  @builtin(local_invocation_index) local: u32,
  @if(quads) @builtin(subgroup_invocation_id) place: u32,
) {
  let own = group.x * WORKGROUP + local;
  let work = min(own, IN_GROUPS * TAP_BLOCKS - 1);
  let tapBlock = work % TAP_BLOCKS;
  let inGroup = work / TAP_BLOCKS;
  let split = group.y;
  let end = min((split + 1) * SPLIT_ROWS, BATCH);
  let a = group.z * OWN_GROUPS;
  let shift = i32(tapBlock * TAP_BLOCK) - LEFT;

  var sums = TapSums();
  for (var curve = split * SPLIT_ROWS; curve < end; curve++) {
    let xStart = ((X_FIRST + inGroup) * BATCH + curve) * STEPS;
    let aStart = ((Y_FIRST + a) * BATCH + curve) * STEPS;
    @if(pair) let bStart = ((Y_FIRST + min(a + 1, OUT_GROUPS - 1)) * BATCH + curve) * STEPS;
    var window = TapWindow();
    window.x0 = load(xStart, shift);
    @if(taps2) window.x1 = load(xStart, shift + 1);
    @if(taps3) window.x2 = load(xStart, shift + 2);
    @if(taps4) window.x3 = load(xStart, shift + 3);
    @if(taps5) window.x4 = load(xStart, shift + 4);
    @if(quads) {
      for (var t = 0u; t < STEPS; t += 4) {
        // Beyond the end of the curve dy counts as zero.
        let mine = i32(t + place % 4);
        let da = loadGradient(aStart, mine);
        @if(pair) let db = loadGradient(bStart, mine);
        @if(!pair) let db = vec4f();
        let next = shift + i32(t + TAP_BLOCK);
        sums = withStep(sums, window, quadBroadcast(da, 0), quadBroadcast(db, 0));
        window = moved(window, load(xStart, next));
        sums = withStep(sums, window, quadBroadcast(da, 1), quadBroadcast(db, 1));
        window = moved(window, load(xStart, next + 1));
        sums = withStep(sums, window, quadBroadcast(da, 2), quadBroadcast(db, 2));
        window = moved(window, load(xStart, next + 2));
        sums = withStep(sums, window, quadBroadcast(da, 3), quadBroadcast(db, 3));
        window = moved(window, load(xStart, next + 3));
      }
    }
    @else {
      for (var t = 0u; t < STEPS; t++) {
        @if(pair) let db = dy[bStart + t];
        @if(!pair) let db = vec4f();
        sums = withStep(sums, window, dy[aStart + t], db);
        window = moved(window, load(xStart, shift + i32(t + TAP_BLOCK)));
      }
    }
  }
  if (own != work) {
    return;
  }

  let start = split * SPLIT_LENGTH;
  let aWeights = start + ((a * IN_GROUPS + inGroup) * TAP_BLOCKS + tapBlock) * TAP_BLOCK * 4;
  let bWeights = aWeights + IN_GROUPS * TAP_BLOCKS * TAP_BLOCK * 4;
  storePartial(aWeights, sums.a0);
  @if(pair) storePartial(bWeights, sums.b0);
  @if(taps2) storePartial(aWeights + 4, sums.a1);
  @if(taps2 && pair) storePartial(bWeights + 4, sums.b1);
  @if(taps3) storePartial(aWeights + 8, sums.a2);
  @if(taps3 && pair) storePartial(bWeights + 8, sums.b2);
  @if(taps4) storePartial(aWeights + 12, sums.a3);
  @if(taps4 && pair) storePartial(bWeights + 12, sums.b3);
  @if(taps5) storePartial(aWeights + 16, sums.a4);
  @if(taps5 && pair) storePartial(bWeights + 16, sums.b4);
  if (work == 0) {
    partial[start + SPLIT_WEIGHTS + a] = sums.biasA;
    @if(pair) partial[start + SPLIT_WEIGHTS + a + 1] = sums.biasB;
  }
}

@compute @workgroup_size(64)
fn reduce_gradient(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let n = numberOf(id, groups);
  if (n >= SPLIT_LENGTH) {
    return;
  }
  var sum = vec4f();
  for (var split = 0u; split < SPLITS; split++) {
    sum += partials[split * SPLIT_LENGTH + n];
  }
  if (n >= SPLIT_WEIGHTS) {
    @if(biased) {
      let output = (n - SPLIT_WEIGHTS) * 4;
      storeBias(output, sum.x);
      storeBias(output + 1, sum.y);
      storeBias(output + 2, sum.z);
      storeBias(output + 3, sum.w);
    }
    return;
  }
  let tap = (n / 4) % (TAP_BLOCKS * TAP_BLOCK);
  let input = n / (4 * TAP_BLOCKS * TAP_BLOCK) % IN_GROUPS * 4 + n % 4;
  let output = n / (4 * TAP_BLOCKS * TAP_BLOCK * IN_GROUPS) * 4;
  if (tap >= KERNEL || input >= IN_CHANNELS) {
    return;
  }
  storeWeight(output, input, tap, sum.x);
  storeWeight(output + 1, input, tap, sum.y);
  storeWeight(output + 2, input, tap, sum.z);
  storeWeight(output + 3, input, tap, sum.w);
}

fn storeWeight(output: u32, input: u32, tap: u32, value: f32) {
  if (output < OUT_CHANNELS) {
    dweight[(output * IN_CHANNELS + input) * KERNEL + tap] = value;
  }
}

@if(biased)
fn storeBias(output: u32, value: f32) {
  if (output < OUT_CHANNELS) {
    dbias[output] = value;
  }
}
