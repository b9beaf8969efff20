// What all kernels of a convolution share: its sizes, x, weights and bias. conv1d.wgsl has the mathematics and the layouts.

import constants::{STEPS, KERNEL, IN_CHANNELS, OUT_CHANNELS, X_LENGTH, WEIGHT_LENGTH};

const IN_GROUPS: u32 = (IN_CHANNELS + 3) / 4;
const OUT_GROUPS: u32 = (OUT_CHANNELS + 3) / 4;
/// Packed weights and partial sums have room for output groups in pairs; those of a group that is missing count nothing.
const OUT_PAIRS: u32 = (OUT_GROUPS + 1) / 2;
/// Output groups of an invocation.
@if(pair) const OWN_GROUPS: u32 = 2;
@else const OWN_GROUPS: u32 = 1;

@group(0) @binding(0) var<storage, read> x: array<vec4f, X_LENGTH>;
@group(0) @binding(2) var<storage, read> bias: array<f32, OUT_CHANNELS>;
@group(0) @binding(4) var<storage, read> weight: array<f32, WEIGHT_LENGTH>;

/// x at step `t` of the sample that begins at `start`; zero before its first step and behind its last.
fn load(start: u32, t: i32) -> vec4f {
  return select(vec4f(), x[start + u32(clamp(t, 0, STEPS - 1))], t >= 0 && t < STEPS);
}

/// The weight (Co, Ci, K), or with `transposed` that of dx; zero for channels that are not there.
fn weightAt(output: u32, input: u32, tap: u32) -> f32 {
  if (output >= OUT_CHANNELS || input >= IN_CHANNELS) {
    return 0;
  }
  @if(transposed) return weight[(input * OUT_CHANNELS + output) * KERNEL + KERNEL - 1 - tap];
  @else return weight[(output * IN_CHANNELS + input) * KERNEL + tap];
}

/// Those from one input channel to the four output channels of a group.
fn weightColumn(group: u32, input: u32, tap: u32) -> vec4f {
  return vec4f(
    weightAt(group * 4, input, tap),
    weightAt(group * 4 + 1, input, tap),
    weightAt(group * 4 + 2, input, tap),
    weightAt(group * 4 + 3, input, tap),
  );
}

fn biasOf(group: u32) -> vec4f {
  @if(biased) return vec4f(biasAt(group * 4), biasAt(group * 4 + 1), biasAt(group * 4 + 2), biasAt(group * 4 + 3));
  @else return vec4f();
}

@if(biased)
fn biasAt(channel: u32) -> f32 {
  return select(0, bias[min(channel, OUT_CHANNELS - 1)], channel < OUT_CHANNELS);
}
