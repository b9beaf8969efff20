// Leaky rectifier: y = x for x ≥ 0, SLOPE · x below; dx = dy for x ≥ 0, SLOPE · dy below. Behind a batch normalisation
// it is fused into that kernel (batchnorm.wgsl).

import package::shared::spread::numberOf;
import constants::{LENGTH, SLOPE};

@group(0) @binding(0) var<storage, read> x: array<vec4f, LENGTH>;
@group(0) @binding(1) var<storage, read_write> y: array<vec4f, LENGTH>;
@group(0) @binding(2) var<storage, read> dy: array<vec4f, LENGTH>;
@group(0) @binding(3) var<storage, read_write> dx: array<vec4f, LENGTH>;

@compute @workgroup_size(64)
fn forward(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let n = numberOf(id, groups);
  if (n >= LENGTH) {
    return;
  }
  y[n] = select(SLOPE * x[n], x[n], x[n] >= vec4f());
}

@compute @workgroup_size(64)
fn backward(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let n = numberOf(id, groups);
  if (n >= LENGTH) {
    return;
  }
  dx[n] = select(SLOPE * dy[n], dy[n], x[n] >= vec4f());
}
