// Hyperbolic tangent: y = tanh x; dx = dy · (1 − y²).

import package::shared::finite::isFinite;
import package::shared::hyperbolic::hyperbolicTangent;
import package::shared::spread::numberOf;
import constants::LENGTH;

@group(0) @binding(0) var<storage, read> x: array<vec4f, LENGTH>;
@group(0) @binding(1) var<storage, read_write> y: array<vec4f, LENGTH>;
@group(0) @binding(2) var<storage, read> result: array<vec4f, LENGTH>;
@group(0) @binding(3) var<storage, read> dy: array<vec4f, LENGTH>;
@group(0) @binding(4) var<storage, read_write> dx: array<vec4f, LENGTH>;

@compute @workgroup_size(64)
fn forward(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let n = numberOf(id, groups);
  if (n >= LENGTH) {
    return;
  }
  y[n] = vec4f(exposed(x[n].x), exposed(x[n].y), exposed(x[n].z), exposed(x[n].w));
}

/// tanh x, or NaN where x is not finite: the bounds of the result would hide that a training has diverged.
fn exposed(x: f32) -> f32 {
  return bitcast<f32>(select(0x7fc00000u, bitcast<u32>(hyperbolicTangent(x)), isFinite(x)));
}

@compute @workgroup_size(64)
fn backward(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let n = numberOf(id, groups);
  if (n >= LENGTH) {
    return;
  }
  dx[n] = dy[n] * (1 - result[n] * result[n]);
}
