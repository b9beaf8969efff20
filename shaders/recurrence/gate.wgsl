// What the gates of all cells are made of.

import package::shared::finite::isFinite;

/// Beyond ±30 nothing changes in f32, and exp cannot overflow.
fn sigmoid(x: vec4f) -> vec4f {
  return 1 / (1 + exp(-clamp(x, vec4f(-30), vec4f(30))));
}

/// `value`, or NaN where a gate is not finite: clamping would hide it, and the training go on from numbers made up.
fn exposed(value: f32, z: vec4f) -> f32 {
  let finite = isFinite(z.x) && isFinite(z.y) && isFinite(z.z) && isFinite(z.w);
  return bitcast<f32>(select(0x7fc00000u, bitcast<u32>(value), finite));
}
