// Mean of every window (windows.wgsl; where sequences have lengths, SIZE is that of the sample):
//
//   y[t] = Σ over k of x[FIRST + t·STRIDE + k] / SIZE, 0 ≤ k < SIZE        dx = Σ dy / SIZE of the windows that hold it

import package::pooling::windows::{startOf, sizeOf, holdersOf};
import package::shared::spread::numberOf;
import constants::{X_LENGTH, Y_LENGTH, STEPS, OUT_STEPS};

@group(0) @binding(0) var<storage, read> x: array<vec4f, X_LENGTH>;
@group(0) @binding(1) var<storage, read_write> y: array<vec4f, Y_LENGTH>;
@group(0) @binding(2) var<storage, read> dy: array<vec4f, Y_LENGTH>;
@group(0) @binding(3) var<storage, read_write> dx: array<vec4f, X_LENGTH>;

@compute @workgroup_size(64)
fn forward(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let n = numberOf(id, groups);
  if (n >= Y_LENGTH) {
    return;
  }
  let start = startOf(n);
  let size = sizeOf(n / OUT_STEPS);
  var sum = vec4f();
  for (var k = 0u; k < size; k++) {
    sum += x[start + k];
  }
  y[n] = sum / f32(size);
}

@compute @workgroup_size(64)
fn backward(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let n = numberOf(id, groups);
  if (n >= X_LENGTH) {
    return;
  }
  let holders = holdersOf(n);
  var sum = vec4f();
  for (var window = holders.first; window < holders.behind; window++) {
    sum += dy[window];
  }
  dx[n] = sum / f32(sizeOf(n / STEPS));
}
