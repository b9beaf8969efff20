// The two sums of a batch normalisation's backward pass (batchnorm.wgsl), taken by the convolution behind it while it has dy in
// registers: `Sums` of a tile of one group of four channels, which `gather_sums` adds.

import package::normalisation::normalisation::{Statistics, statistics, normalised, scaleOf, offsetOf, dz};
import constants::{BATCH, STEPS, Y_LENGTH, TILE_SUMS_LENGTH};

/// The input of that normalisation.
@group(0) @binding(11) var<storage, read> normalising: array<vec4f, Y_LENGTH>;
/// [group][tile][sum].
@group(0) @binding(12) var<storage, read_write> tileSums: array<vec4f, TILE_SUMS_LENGTH>;

/// Σ dz and Σ dz·x̂.
struct Sums {
  plain: vec4f,
  product: vec4f,
}

/// What belongs to a group of channels: loaded once for all its values.
struct Normalisation {
  statistics: Statistics,
  scale: vec4f,
  offset: vec4f,
}

fn normalisationOf(group: u32) -> Normalisation {
  return Normalisation(statistics[group], scaleOf(group), offsetOf(group));
}

/// The gradient at step `t` of a sample more; nothing behind its last step.
fn withValue(sums: Sums, gradient: vec4f, n: Normalisation, group: u32, sample: u32, t: u32) -> Sums {
  if (t >= STEPS) {
    return sums;
  }
  let normal = normalised(normalising[(group * BATCH + sample) * STEPS + t], n.statistics);
  let d = dz(gradient, normal, n.scale, n.offset);
  return Sums(sums.plain + d, sums.product + d * normal);
}

fn storeSums(sums: Sums, tile: u32) {
  tileSums[tile * 2] = sums.plain;
  tileSums[tile * 2 + 1] = sums.product;
}
