// Largest value of every window (windows.wgsl), the first of equals:
//
//   y[t] = max over k of x[FIRST + t·STRIDE + k], 0 ≤ k < SIZE        dx = Σ dy of the windows that it is the largest of
//
// Forward keeps which step of its window is taken, so that backward gathers: a step of the input asks the windows that hold it.

import package::pooling::windows::{startOf, sizeOf, holdersOf};
import package::shared::finite::areNaN;
import package::shared::spread::numberOf;
import constants::{X_LENGTH, Y_LENGTH, OUT_STEPS};

@group(0) @binding(0) var<storage, read> x: array<vec4f, X_LENGTH>;
@group(0) @binding(1) var<storage, read_write> y: array<vec4f, Y_LENGTH>;
/// The step within its window, of each channel.
@group(0) @binding(2) var<storage, read_write> chosen: array<vec4u, Y_LENGTH>;
@group(0) @binding(3) var<storage, read> taken: array<vec4u, Y_LENGTH>;
@group(0) @binding(4) var<storage, read> dy: array<vec4f, Y_LENGTH>;
@group(0) @binding(5) var<storage, read_write> dx: array<vec4f, X_LENGTH>;

/// A NaN is larger than every number: it would hide that a training has diverged if it were passed over.
@compute @workgroup_size(64)
fn forward(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let n = numberOf(id, groups);
  if (n >= Y_LENGTH) {
    return;
  }
  let start = startOf(n);
  let size = sizeOf(n / OUT_STEPS);
  var best = x[start];
  var step = vec4u();
  for (var k = 1u; k < size; k++) {
    let value = x[start + k];
    let better = !areNaN(best) & ((value > best) | areNaN(value));
    best = select(best, value, better);
    step = select(step, vec4u(k), better);
  }
  y[n] = best;
  chosen[n] = step;
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
    sum += select(vec4f(), dy[window], taken[window] == vec4u(n - startOf(window)));
  }
  dx[n] = sum;
}
