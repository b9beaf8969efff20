// Batch normalisation over batch and time, for each channel, with an optional leaky ReLU behind it:
//
//   x̂ = (x − mean) / √(variance + EPSILON)        variance biased, over the rows·T values of a channel, or with `lengths`
//                                                 over those of its real steps
//   z = scale · x̂ + offset                        y = z ≥ 0 ? z : SLOPE · z   (`leaky`), else z
//   dz = dy · (z ≥ 0 ? 1 : SLOPE)                 doffset = Σ dz            dscale = Σ dz · x̂
//   dx = scale / √(variance + EPSILON) · (dz − mean(dz) − x̂ · mean(dz · x̂))
//   (Ioffe and Szegedy 2015)
//
// Two passes over x: E[x²] − E[x]² cancels. The second pass also sums the deviations themselves: their mean is what the
// first pass, in f32, lost of the mean, and it is kept apart and subtracted apart, so that a channel that lies 1000
// standard deviations from zero is still normalised well (the corrected two-pass algorithm of Chan, Golub and LeVeque
// 1983). x̂ and z are computed again in the backward pass rather than stored.

import package::shared::cursor::Cursor;
import package::shared::lengths::{lengths, realSteps};
import package::normalisation::normalisation::{Statistics, statistics, normalised, scaleOf, offsetOf, dz};
import package::shared::reduce::workgroupSum;
import constants::{BATCH, STEPS, CHANNELS, LENGTH, STATISTICS_LENGTH, SUMS_LENGTH, EPSILON, SLOPE, DECAY, WORKGROUP};
import constants::{TILES, TILE_SUMS_LENGTH};

@group(0) @binding(0) var<storage, read> x: array<vec4f, LENGTH>;
@group(0) @binding(1) var<storage, read> cursor: Cursor;
@group(0) @binding(2) var<storage, read_write> measured: array<Statistics, STATISTICS_LENGTH>;
@group(0) @binding(6) var<storage, read_write> y: array<vec4f, LENGTH>;
@group(0) @binding(7) var<storage, read> dy: array<vec4f, LENGTH>;
/// Σ dz and Σ dz·x̂ of each tile of dy, as the convolution that computed it has left them: [group][tile].
@group(0) @binding(14) var<storage, read> tileSums: array<vec4f, TILE_SUMS_LENGTH>;
/// The same of each group.
@group(0) @binding(8) var<storage, read_write> summed: array<vec4f, SUMS_LENGTH>;
@group(0) @binding(9) var<storage, read> sums: array<vec4f, SUMS_LENGTH>;
@group(0) @binding(10) var<storage, read_write> dscale: array<f32, CHANNELS>;
@group(0) @binding(11) var<storage, read_write> doffset: array<f32, CHANNELS>;
@group(0) @binding(12) var<storage, read_write> dx: array<vec4f, LENGTH>;
@group(0) @binding(13) var<storage, read_write> inference: array<Statistics, STATISTICS_LENGTH>;
/// Of each group, how many values the present batch has and those merged before it.
@group(0) @binding(16) var<storage, read_write> counting: array<vec2u, STATISTICS_LENGTH>;
@group(0) @binding(17) var<storage, read> counted: array<vec2u, STATISTICS_LENGTH>;

fn inverseDeviation(variance: vec4f) -> vec4f {
  return 1 / sqrt(variance + EPSILON);
}

// --- measure: statistics of the batch. One workgroup owns four channels, so nothing is shared between workgroups.

@compute @workgroup_size(WORKGROUP)
fn measure(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let start = group.x * BATCH * STEPS;
  let end = cursor.rows * STEPS;
  let values = countOf(local);
  let count = f32(values);
  var sum = vec4f();
  for (var n = local; n < end; n += WORKGROUP) {
    // Behind the real steps x is zero.
    sum += x[start + n];
  }
  let mean = workgroupSum(sum, local) / count;
  var deviation = vec4f();
  var square = vec4f();
  for (var n = local; n < end; n += WORKGROUP) {
    if (isReal(n)) {
      let d = x[start + n] - mean;
      deviation += d;
      square += d * d;
    }
  }
  let correction = workgroupSum(deviation, local) / count;
  let variance = max(workgroupSum(square, local) / count - correction * correction, vec4f());
  if (local == 0) {
    @if(lengths) counting[group.x].x = values;
    measured[group.x] = Statistics(mean, correction, variance, inverseDeviation(variance));
  }
}

fn isReal(n: u32) -> bool {
  @if(lengths) return n % STEPS < lengths[n / STEPS];
  @else return true;
}

/// Values of a channel in the batch that count.
fn countOf(local: u32) -> u32 {
  @if(lengths) return realSteps(cursor.rows, local);
  @else return cursor.rows * STEPS;
}

// --- normalise: y from x and statistics, of the batch while training, of the data set for inference.

/// An invocation computes EACH values of one group, 64 apart, so that what belongs to the group is loaded once.
const EACH = 16u;

@compute @workgroup_size(64)
fn normalise(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let s = statistics[group.y];
  let groupScale = scaleOf(group.y);
  let groupOffset = offsetOf(group.y);
  let start = group.y * BATCH * STEPS;
  let first = group.x * EACH * 64 + local;
  for (var n = first; n < min(first + EACH * 64, BATCH * STEPS); n += 64) {
    let z = groupScale * normalised(x[start + n], s) + groupOffset;
    @if(leaky) y[start + n] = select(SLOPE * z, z, z >= vec4f());
    @else y[start + n] = z;
  }
}

// --- backward: first the two sums of each channel, then dx.

@compute @workgroup_size(WORKGROUP)
fn backward_sums(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let start = group.x * BATCH * STEPS;
  let s = statistics[group.x];
  let groupScale = scaleOf(group.x);
  let groupOffset = offsetOf(group.x);
  var sum = vec4f();
  var product = vec4f();
  for (var n = local; n < BATCH * STEPS; n += WORKGROUP) {
    let normal = normalised(x[start + n], s);
    let d = dz(dy[start + n], normal, groupScale, groupOffset);
    sum += d;
    product += d * normal;
  }
  storeSums(group.x, sum, product, local);
}

/// The same, where the convolution behind has summed each tile of dy while it had it in registers.
@compute @workgroup_size(WORKGROUP)
fn gather_sums(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  var sum = vec4f();
  var product = vec4f();
  for (var n = local; n < TILES; n += WORKGROUP) {
    sum += tileSums[(group.x * TILES + n) * 2];
    product += tileSums[(group.x * TILES + n) * 2 + 1];
  }
  storeSums(group.x, sum, product, local);
}

/// Adds what the invocations of a workgroup have.
fn storeSums(group: u32, ownSum: vec4f, ownProduct: vec4f, local: u32) {
  let sum = workgroupSum(ownSum, local);
  let product = workgroupSum(ownProduct, local);
  if (local == 0) {
    summed[group * 2] = sum;
    summed[group * 2 + 1] = product;
    for (var lane = 0u; lane < 4; lane++) {
      let channel = group * 4 + lane;
      if (channel < CHANNELS) {
        doffset[channel] = sum[lane];
        dscale[channel] = product[lane];
      }
    }
  }
}

@compute @workgroup_size(64)
fn backward(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let s = statistics[group.y];
  let groupScale = scaleOf(group.y);
  let groupOffset = offsetOf(group.y);
  @if(lengths) let count = f32(counted[group.y].x);
  @else let count = f32(BATCH * STEPS);
  let meanDz = sums[group.y * 2] / count;
  let meanProduct = sums[group.y * 2 + 1] / count;
  let start = group.y * BATCH * STEPS;
  let first = group.x * EACH * 64 + local;
  for (var n = first; n < min(first + EACH * 64, BATCH * STEPS); n += 64) {
    let normal = normalised(x[start + n], s);
    let d = dz(dy[start + n], normal, groupScale, groupOffset);
    dx[start + n] = groupScale * s.inverseDeviation * (d - meanDz - normal * meanProduct);
  }
}

// --- inference statistics, one thread a group. `moving`: s ← (1 − DECAY)·s + DECAY·batch after every step. `pool`: one
// pass over the training set; each batch is merged by the pairwise rule of Chan, Golub and LeVeque. The samples merged
// so far are those of the batches before the present one.

@compute @workgroup_size(64)
fn moving(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= STATISTICS_LENGTH || cursor.halted != 0) {
    return;
  }
  let s = statistics[id.x];
  let old = inference[id.x];
  let variance = mix(old.variance, s.variance, DECAY);
  let mean = mix(old.mean, s.mean + s.correction, DECAY);
  inference[id.x] = Statistics(mean, vec4f(), variance, inverseDeviation(variance));
}

@compute @workgroup_size(64)
fn pool(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= STATISTICS_LENGTH) {
    return;
  }
  let s = statistics[id.x];
  @if(lengths) let count = counting[id.x].x;
  @else let count = cursor.rows;
  if (cursor.index == 0) {
    inference[id.x] = s;
    @if(lengths) counting[id.x].y = count;
    return;
  }
  let old = inference[id.x];
  @if(lengths) let before = counting[id.x].y;
  @else let before = cursor.index * BATCH;
  @if(lengths) counting[id.x].y = before + count;
  let share = f32(count) / f32(before + count);
  let delta = s.mean - old.mean + (s.correction - old.correction);
  let variance = mix(old.variance, s.variance, share) + delta * delta * share * (1 - share);
  inference[id.x] = Statistics(old.mean, old.correction + delta * share, variance, inverseDeviation(variance));
}
