// Convolution with fewer multiplications (Toom and Cook's algorithm, transposed; Winograd 1980, Lavin and Gray 2016). A tile of
// TILE = 9 − KERNEL neighbouring results is a product of polynomials, which eight values determine: those at the points p =
// 0, ±1, ±2, ±½ and ∞. So a tile costs 8 multiplications for an input channel instead of TILE · KERNEL, 20 for kernel 5:
//
//   y_i = Σ_p pⁱ · (Σ over input channels of w̃_p · x̃_p)      0 ≤ i < TILE; ∞ counts for the last i alone
//   w̃_p = 1 / N_p · Σ_k pᵏ · w_k        N_p = Π (p − q) over the other finite points;   w̃_∞ = w_(KERNEL−1)
//   x̃_p = Σ_j c_pj · x_j                over the KERNEL + TILE − 1 = 8 steps that a tile sees; c_pj are the coefficients of
//                                       Π (z − q) over the other finite points, for ∞ over all of them
//
// The sum over input channels is a matrix product for each point, which the kernels of a convolution of kernel 1 compute
// (conv1d.wgsl, product.wgsl, staged.wgsl). The gradient of the weights is the same with dy in the place of the weights:
//
//   dw_k = Σ_p pᵏ · (Σ over tiles of d̃_p · x̃_p)              d̃_p = 1 / N_p · Σ_i pⁱ · dy_i
//
// Values lie [point][group of four channels][tile, sample by sample]. Rounding costs about three times what it does in the sum
// itself: 2e-6 of the largest result with 128 channels.

import package::convolution::conv1d::y;
import package::convolution::weightgradient::{dy, partials, dweight, dbias, storeWeight, storeBias};
import package::convolution::shared::{x, load, weightColumn, biasOf, IN_GROUPS, OUT_GROUPS, OUT_PAIRS};
@if(summed) import package::normalisation::gradientsums::{Sums, normalisationOf, withValue, storeSums};
import package::shared::spread::numberOf;
import constants::{BATCH, STEPS, KERNEL, LEFT, IN_CHANNELS, X_FIRST, Y_FIRST, SPLITS, TRANSFORMED_LENGTH};

@group(0) @binding(13) var<storage, read_write> transformed: array<vec4f, TRANSFORMED_LENGTH>;
@group(0) @binding(14) var<storage, read> products: array<vec4f, TRANSFORMED_LENGTH>;

const POINTS: u32 = 8;
/// Steps of a tile.
const TILE: u32 = POINTS + 1 - KERNEL;
const TILES_PER_SAMPLE: u32 = (STEPS + TILE - 1) / TILE;
const TILES: u32 = BATCH * TILES_PER_SAMPLE;

/// A value at each point.
struct Values {
  zero: vec4f,
  one: vec4f,
  minusOne: vec4f,
  two: vec4f,
  minusTwo: vec4f,
  half: vec4f,
  minusHalf: vec4f,
  infinity: vec4f,
}

/// The sums Σ pᵏ · value with their `k`-th term. What comes last is the value at ∞.
fn withTerm(sums: Values, value: vec4f, k: u32) -> Values {
  let power = f32(1u << k);
  let signed = select(value, -value, k % 2 == 1);
  return Values(
    select(sums.zero, value, k == 0),
    sums.one + value,
    sums.minusOne + signed,
    sums.two + power * value,
    sums.minusTwo + power * signed,
    sums.half + value / power,
    sums.minusHalf + signed / power,
    value,
  );
}

/// N of the point 1.
const N_ONE: f32 = -4.5;

/// Divided by N.
fn normalised(sums: Values) -> Values {
  return Values(
    -sums.zero,
    sums.one / N_ONE,
    sums.minusOne / N_ONE,
    sums.two / 90,
    sums.minusTwo / 90,
    sums.half / 1.40625,
    sums.minusHalf / 1.40625,
    sums.infinity,
  );
}

/// Σ pⁱ · value, of `count` such sums.
fn interpolated(v: Values, i: u32, count: u32) -> vec4f {
  let power = f32(1u << i);
  let odd = i % 2 == 1;
  let one = select(v.one + v.minusOne, v.one - v.minusOne, odd);
  let two = select(v.two + v.minusTwo, v.two - v.minusTwo, odd);
  let half = select(v.half + v.minusHalf, v.half - v.minusHalf, odd);
  let ends = select(vec4f(), v.zero, i == 0) + select(vec4f(), v.infinity, i + 1 == count);
  return one + power * two + half / power + ends;
}

/// @param plane elements of one point
fn storeValues(v: Values, at: u32, plane: u32) {
  transformed[at] = v.zero;
  transformed[at + plane] = v.one;
  transformed[at + 2 * plane] = v.minusOne;
  transformed[at + 3 * plane] = v.two;
  transformed[at + 4 * plane] = v.minusTwo;
  transformed[at + 5 * plane] = v.half;
  transformed[at + 6 * plane] = v.minusHalf;
  transformed[at + 7 * plane] = v.infinity;
}

// --- weights (Co, Ci, K) → [point][input group][output group, padded to pairs][input channel of the group] ---------------

@compute @workgroup_size(64)
fn transform_weights(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let n = numberOf(id, groups);
  if (n >= IN_GROUPS * OUT_PAIRS * 8) {
    return;
  }
  let lane = n % 4;
  let outGroup = (n / 4) % (OUT_PAIRS * 2);
  let inGroup = n / (OUT_PAIRS * 8);
  var sums = Values();
  for (var tap = 0u; tap < KERNEL; tap++) {
    sums = withTerm(sums, weightColumn(outGroup, inGroup * 4 + lane, tap), tap);
  }
  storeValues(normalised(sums), n, IN_GROUPS * OUT_PAIRS * 8);
}

// --- x and dy: an invocation owns one tile of one group of channels ------------------------------------------------------

@compute @workgroup_size(64)
fn transform_input(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= TILES) {
    return;
  }
  let start = ((X_FIRST + id.y) * BATCH + id.x / TILES_PER_SAMPLE) * STEPS;
  let t = i32(id.x % TILES_PER_SAMPLE * TILE) - LEFT;
  let x0 = load(start, t);
  let x1 = load(start, t + 1);
  let x2 = load(start, t + 2);
  let x3 = load(start, t + 3);
  let x4 = load(start, t + 4);
  let x5 = load(start, t + 5);
  let x6 = load(start, t + 6);
  let x7 = load(start, t + 7);
  // Even and odd powers of p.
  let oneEven = x6 - 4.25 * x4 + x2;
  let oneOdd = x5 - 4.25 * x3 + x1;
  let twoEven = x6 - 1.25 * x4 + 0.25 * x2;
  let twoOdd = 2 * x5 - 2.5 * x3 + 0.5 * x1;
  let halfEven = x6 - 5 * x4 + 4 * x2;
  let halfOdd = 0.5 * x5 - 2.5 * x3 + 2 * x1;
  let values = Values(
    x6 - x0 + 5.25 * (x2 - x4),
    oneEven + oneOdd,
    oneEven - oneOdd,
    twoEven + twoOdd,
    twoEven - twoOdd,
    halfEven + halfOdd,
    halfEven - halfOdd,
    x7 - x1 + 5.25 * (x3 - x5),
  );
  storeValues(values, id.y * TILES + id.x, IN_GROUPS * TILES);
}

@compute @workgroup_size(64)
fn transform_gradient(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= TILES) {
    return;
  }
  let start = ((Y_FIRST + id.y) * BATCH + id.x / TILES_PER_SAMPLE) * STEPS;
  let first = id.x % TILES_PER_SAMPLE * TILE;
  var sums = Values();
  for (var i = 0u; i < TILE; i++) {
    // Behind the last step dy counts as zero.
    let gradient = select(vec4f(), dy[start + min(first + i, STEPS - 1)], first + i < STEPS);
    sums = withTerm(sums, gradient, i);
  }
  storeValues(normalised(sums), id.y * TILES + id.x, OUT_GROUPS * TILES);
}

// --- back ----------------------------------------------------------------------------------------------------------------

@compute @workgroup_size(64)
fn interpolate(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= TILES) {
    return;
  }
  let plane = OUT_GROUPS * TILES;
  let at = id.y * TILES + id.x;
  let values = Values(
    products[at],
    products[at + plane],
    products[at + 2 * plane],
    products[at + 3 * plane],
    products[at + 4 * plane],
    products[at + 5 * plane],
    products[at + 6 * plane],
    products[at + 7 * plane],
  );
  let sample = id.x / TILES_PER_SAMPLE;
  let first = id.x % TILES_PER_SAMPLE * TILE;
  let start = (id.y * BATCH + sample) * STEPS;
  let offset = biasOf(id.y);
  @if(summed) let normalisation = normalisationOf(id.y);
  @if(summed) var gradientSums = Sums();
  for (var i = 0u; i < TILE && first + i < STEPS; i++) {
    let result = offset + interpolated(values, i, TILE);
    y[start + first + i] = result;
    @if(summed) gradientSums = withValue(gradientSums, result, normalisation, id.y, sample, first + i);
  }
  @if(summed) storeSums(gradientSums, at);
}

/// Vectors of the weights in one sum of weight_gradient, and with those of the bias behind them.
const SPLIT_WEIGHTS: u32 = OUT_PAIRS * 8 * IN_GROUPS;
const SPLIT_LENGTH: u32 = SPLIT_WEIGHTS + OUT_PAIRS * 2;

fn addedSplits(point: u32, n: u32) -> vec4f {
  var sum = vec4f();
  for (var split = 0u; split < SPLITS; split++) {
    sum += partials[(point * SPLITS + split) * SPLIT_LENGTH + n];
  }
  return sum;
}

@compute @workgroup_size(64)
fn interpolate_gradient(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let n = numberOf(id, groups);
  if (n >= SPLIT_LENGTH) {
    return;
  }
  if (n >= SPLIT_WEIGHTS) {
    @if(biased) {
      // The value at 1 is the sum over the tile.
      let sum = N_ONE * addedSplits(1, n);
      for (var lane = 0u; lane < 4; lane++) {
        storeBias((n - SPLIT_WEIGHTS) * 4 + lane, sum[lane]);
      }
    }
    return;
  }
  let values = Values(
    addedSplits(0, n),
    addedSplits(1, n),
    addedSplits(2, n),
    addedSplits(3, n),
    addedSplits(4, n),
    addedSplits(5, n),
    addedSplits(6, n),
    addedSplits(7, n),
  );
  let input = n / 4 % IN_GROUPS * 4 + n % 4;
  let output = n / (4 * IN_GROUPS) * 4;
  if (input >= IN_CHANNELS) {
    return;
  }
  for (var tap = 0u; tap < KERNEL; tap++) {
    let gradient = interpolated(values, tap, KERNEL);
    for (var lane = 0u; lane < 4; lane++) {
      storeWeight(output + lane, input, tap, gradient[lane]);
    }
  }
}
