// Logistic sigmoid: y = 1 / (1 + e⁻ˣ); dx = dy · y · (1 − y).

import package::shared::finite::areFinite;
import package::shared::lanes::areChannels;
import package::shared::spread::numberOf;
import constants::{LENGTH, ROWS};

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
  y[n] = select(vec4f(), exposed(x[n]), areChannels(n / ROWS));
}

/// NaN where x is not finite: the bounds of the result would hide that a training has diverged.
fn exposed(v: vec4f) -> vec4f {
  return bitcast<vec4f>(select(vec4u(0x7fc00000), bitcast<vec4u>(logistic(v)), areFinite(v)));
}

/// By e to the −|x|, which never overflows.
fn logistic(v: vec4f) -> vec4f {
  let e = exp(-abs(v));
  return select(e, vec4f(1), v >= vec4f()) / (1 + e);
}

@compute @workgroup_size(64)
fn backward(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let n = numberOf(id, groups);
  if (n >= LENGTH) {
    return;
  }
  dx[n] = dy[n] * result[n] * (1 - result[n]);
}
