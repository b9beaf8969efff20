// Layer normalisation over the channels of every time step (Ba, Kiros, Hinton 2016). A row is a step of a sample:
//
//   x̂ = (x − mean) / √(variance + EPSILON)        mean and biased variance of the channels of the row
//   y = scale · x̂ + offset                        g = dy · scale
//   dx = (g − mean(g) − x̂ · mean(g · x̂)) / √(variance + EPSILON)
//   doffset = Σ dy    dscale = Σ dy · x̂           over all rows
//
// An invocation owns a row, so no sum over channels is shared; neighbours load neighbouring rows. Mean and variance in two
// passes, the mean corrected by the second, as in batchnorm.wgsl.

import package::normalisation::normalisation::{scaleOf, offsetOf};
import package::shared::lanes::areChannels;
import package::shared::reduce::workgroupSum;
import package::shared::spread::numberOf;
import constants::{ROWS, CHANNELS, GROUPS, LENGTH, EPSILON, SPLITS, SPAN, PARTS_LENGTH, WORKGROUP};

struct Moments {
  mean: f32,
  /// What the f32 `mean` lost; the mean is mean + correction.
  correction: f32,
  inverseDeviation: f32,
}

@group(0) @binding(0) var<storage, read> x: array<vec4f, LENGTH>;
@group(0) @binding(1) var<storage, read_write> measured: array<Moments, ROWS>;
@group(0) @binding(2) var<storage, read> moments: array<Moments, ROWS>;
@group(0) @binding(3) var<storage, read_write> y: array<vec4f, LENGTH>;
@group(0) @binding(4) var<storage, read> dy: array<vec4f, LENGTH>;
@group(0) @binding(5) var<storage, read_write> dx: array<vec4f, LENGTH>;
/// Σ dy and Σ dy·x̂ of a split of the rows: [group][split][sum].
@group(0) @binding(6) var<storage, read_write> summed: array<vec4f, PARTS_LENGTH>;
@group(0) @binding(7) var<storage, read> parts: array<vec4f, PARTS_LENGTH>;
@group(0) @binding(8) var<storage, read_write> dscale: array<f32, CHANNELS>;
@group(0) @binding(9) var<storage, read_write> doffset: array<f32, CHANNELS>;

/// Over the channels of a row.
fn meanOf(sums: vec4f) -> f32 {
  return (sums.x + sums.y + sums.z + sums.w) / f32(CHANNELS);
}

fn normalised(group: u32, row: u32, m: Moments) -> vec4f {
  let value = (x[group * ROWS + row] - m.mean - m.correction) * m.inverseDeviation;
  return select(vec4f(), value, areChannels(group));
}

@compute @workgroup_size(64)
fn forward(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let row = numberOf(id, groups);
  if (row >= ROWS) {
    return;
  }
  var sum = vec4f();
  for (var group = 0u; group < GROUPS; group++) {
    sum += x[group * ROWS + row];
  }
  let mean = meanOf(sum);
  var deviation = vec4f();
  var square = vec4f();
  for (var group = 0u; group < GROUPS; group++) {
    let d = select(vec4f(), x[group * ROWS + row] - mean, areChannels(group));
    deviation += d;
    square += d * d;
  }
  let correction = meanOf(deviation);
  let variance = max(meanOf(square) - correction * correction, 0);
  let m = Moments(mean, correction, 1 / sqrt(variance + EPSILON));
  measured[row] = m;
  for (var group = 0u; group < GROUPS; group++) {
    y[group * ROWS + row] = scaleOf(group) * normalised(group, row, m) + offsetOf(group);
  }
}

@compute @workgroup_size(64)
fn backward(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let row = numberOf(id, groups);
  if (row >= ROWS) {
    return;
  }
  let m = moments[row];
  var sum = vec4f();
  var product = vec4f();
  for (var group = 0u; group < GROUPS; group++) {
    let g = dy[group * ROWS + row] * scaleOf(group);
    sum += g;
    product += g * normalised(group, row, m);
  }
  let meanG = meanOf(sum);
  let meanProduct = meanOf(product);
  for (var group = 0u; group < GROUPS; group++) {
    let g = dy[group * ROWS + row] * scaleOf(group);
    let d = m.inverseDeviation * (g - meanG - normalised(group, row, m) * meanProduct);
    dx[group * ROWS + row] = select(vec4f(), d, areChannels(group));
  }
}

// --- gradients of the learnables: a workgroup sums SPAN rows of a group, then an invocation a group adds the splits.

@compute @workgroup_size(WORKGROUP)
fn backward_sums(@builtin(workgroup_id) place: vec3u, @builtin(local_invocation_index) local: u32) {
  let first = place.x * SPAN;
  var sum = vec4f();
  var product = vec4f();
  for (var row = first + local; row < min(first + SPAN, ROWS); row += WORKGROUP) {
    let d = dy[place.y * ROWS + row];
    sum += d;
    product += d * normalised(place.y, row, moments[row]);
  }
  let total = workgroupSum(sum, local);
  let totalProduct = workgroupSum(product, local);
  if (local == 0) {
    let part = (place.y * SPLITS + place.x) * 2;
    summed[part] = total;
    summed[part + 1] = totalProduct;
  }
}

@compute @workgroup_size(64)
fn gather_sums(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= GROUPS) {
    return;
  }
  var sum = vec4f();
  var product = vec4f();
  for (var split = 0u; split < SPLITS; split++) {
    let part = (id.x * SPLITS + split) * 2;
    sum += parts[part];
    product += parts[part + 1];
  }
  for (var lane = 0u; lane < 4; lane++) {
    let channel = id.x * 4 + lane;
    if (channel < CHANNELS) {
      doffset[channel] = sum[lane];
      dscale[channel] = product[lane];
    }
  }
}
