// Sequences of a batch that are shorter than the others are padded behind. No layer may see what stands there, nor may a
// gradient: both are zero.

import package::shared::lengths::lengths;
import package::shared::spread::numberOf;
import constants::{BATCH, STEPS, LENGTH};

@group(0) @binding(0) var<storage, read_write> values: array<vec4f, LENGTH>;

@compute @workgroup_size(64)
fn clear(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let n = numberOf(id, groups);
  if (n < LENGTH && n % STEPS >= lengths[n / STEPS % BATCH]) {
    values[n] = vec4f();
  }
}
