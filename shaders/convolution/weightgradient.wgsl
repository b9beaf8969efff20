// Gradients of the weights (Co, Ci, K) and the bias (Co) of a convolution, for which conv1d.wgsl has the mathematics and the
// layouts.
//
// Split-K: the sum over (b, t) is cut by samples into SPLITS parts, each summed by one thread in order, and a second
// pass adds the parts in order. No atomics, so two runs give the same bits. A thread owns four or eight output channels, four
// input channels and up to five neighbouring taps (TAP_BLOCK), whose windows of x overlap in registers: three loads for
// 32·TAP_BLOCK multiply-adds with eight. x and dy may be part of larger activations: their groups from X_FIRST
// and Y_FIRST on. Along y there may be several such sums (`part`) over x and dy that lie one behind the other.

import package::convolution::shared::{x, load, IN_GROUPS, OUT_GROUPS, OUT_PAIRS, OWN_GROUPS};
import package::shared::spread::numberOf;
import package::convolution::taps::{TapSums, TapWindow, moved, withStep};
import constants::{BATCH, STEPS, KERNEL, LEFT, IN_CHANNELS, OUT_CHANNELS, WORKGROUP, SPLITS, SPLIT_ROWS, TAP_BLOCK};
import constants::{X_FIRST, Y_FIRST, Y_LENGTH, WEIGHT_LENGTH, PARTIAL_LENGTH};

@if(quads) enable subgroups;

@group(0) @binding(6) var<storage, read> dy: array<vec4f, Y_LENGTH>;
@group(0) @binding(7) var<storage, read_write> partial: array<vec4f, PARTIAL_LENGTH>;
@group(0) @binding(8) var<storage, read> partials: array<vec4f, PARTIAL_LENGTH>;
@group(0) @binding(9) var<storage, read_write> dweight: array<f32, WEIGHT_LENGTH>;
@group(0) @binding(10) var<storage, read_write> dbias: array<f32, OUT_CHANNELS>;

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
  let part = group.y / SPLITS;
  let split = group.y % SPLITS;
  let end = min((split + 1) * SPLIT_ROWS, BATCH);
  let a = group.z * OWN_GROUPS;
  let shift = i32(tapBlock * TAP_BLOCK) - LEFT;

  var sums = TapSums();
  for (var sample = split * SPLIT_ROWS; sample < end; sample++) {
    let xStart = ((X_FIRST + part * IN_GROUPS + inGroup) * BATCH + sample) * STEPS;
    let firstGroup = Y_FIRST + part * OUT_GROUPS;
    let aStart = ((firstGroup + a) * BATCH + sample) * STEPS;
    @if(pair) let bStart = ((firstGroup + min(a + 1, OUT_GROUPS - 1)) * BATCH + sample) * STEPS;
    var window = TapWindow();
    window.x0 = load(xStart, shift);
    @if(taps2) window.x1 = load(xStart, shift + 1);
    @if(taps3) window.x2 = load(xStart, shift + 2);
    @if(taps4) window.x3 = load(xStart, shift + 3);
    @if(taps5) window.x4 = load(xStart, shift + 4);
    @if(quads) {
      for (var t = 0u; t < STEPS; t += 4) {
        // Beyond the end of the sample dy counts as zero.
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

  let start = group.y * SPLIT_LENGTH;
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
