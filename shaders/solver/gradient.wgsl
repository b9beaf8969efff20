// The gradient as a solver sees it: L2 regularisation, then clipping (clip.wgsl).

import constants::{L2, THRESHOLD};

/// g + λ · w
fn regularised(gradient: f32, weight: f32, l2Factor: f32) -> f32 {
  return gradient + L2 * l2Factor * weight;
}

/// Scaled by the factor of its group, or held to ±THRESHOLD element by element (`perElement`).
fn clipped(gradient: f32, factor: f32) -> f32 {
  @if(perElement) return clamp(gradient, -THRESHOLD, THRESHOLD);
  @else return gradient * factor;
}
