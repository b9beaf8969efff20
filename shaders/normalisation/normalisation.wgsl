// What batch normalisation (batchnorm.wgsl has its mathematics) makes of a value going forward, and of a gradient going back.
// Its bindings have numbers of their own: convolutions sum gradients for it.

import constants::{CHANNELS, STATISTICS_LENGTH, SLOPE};

struct Statistics {
  mean: vec4f,
  /// What the f32 `mean` lost; the mean is mean + correction.
  correction: vec4f,
  variance: vec4f,
  inverseDeviation: vec4f,
}

@group(0) @binding(20) var<storage, read> statistics: array<Statistics, STATISTICS_LENGTH>;
@group(0) @binding(21) var<storage, read> scale: array<f32, CHANNELS>;
@group(0) @binding(22) var<storage, read> offset: array<f32, CHANNELS>;

fn normalised(value: vec4f, s: Statistics) -> vec4f {
  return (value - s.mean - s.correction) * s.inverseDeviation;
}

fn scaleOf(group: u32) -> vec4f {
  return vec4f(scaleAt(group * 4), scaleAt(group * 4 + 1), scaleAt(group * 4 + 2), scaleAt(group * 4 + 3));
}

fn scaleAt(channel: u32) -> f32 {
  return select(0, scale[min(channel, CHANNELS - 1)], channel < CHANNELS);
}

fn offsetOf(group: u32) -> vec4f {
  return vec4f(offsetAt(group * 4), offsetAt(group * 4 + 1), offsetAt(group * 4 + 2), offsetAt(group * 4 + 3));
}

fn offsetAt(channel: u32) -> f32 {
  return select(0, offset[min(channel, CHANNELS - 1)], channel < CHANNELS);
}

/// The gradient behind the leaky ReLU, where there is one.
fn dz(d: vec4f, normal: vec4f, groupScale: vec4f, groupOffset: vec4f) -> vec4f {
  @if(leaky) return d * select(vec4f(SLOPE), vec4f(1), groupScale * normal + groupOffset >= vec4f());
  @else return d;
}
