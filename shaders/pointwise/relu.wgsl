// Rectifier: y = x for x > 0, otherwise 0; dx = dy for x > 0, otherwise 0.

import package::shared::finite::areFinite;
import package::shared::spread::numberOf;
import constants::LENGTH;

@group(0) @binding(0) var<storage, read> x: array<vec4f, LENGTH>;
@group(0) @binding(1) var<storage, read_write> y: array<vec4f, LENGTH>;
@group(0) @binding(2) var<storage, read> dy: array<vec4f, LENGTH>;
@group(0) @binding(3) var<storage, read_write> dx: array<vec4f, LENGTH>;

/// What is not finite passes: zeros would hide that a training has diverged.
@compute @workgroup_size(64)
fn forward(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let n = numberOf(id, groups);
  if (n >= LENGTH) {
    return;
  }
  let zeroed = (x[n] <= vec4f()) & areFinite(x[n]);
  y[n] = select(x[n], vec4f(), zeroed);
}

@compute @workgroup_size(64)
fn backward(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let n = numberOf(id, groups);
  if (n >= LENGTH) {
    return;
  }
  dx[n] = select(vec4f(), dy[n], x[n] > vec4f());
}
