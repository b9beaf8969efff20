// Whether a variant of a kernel has written what the plain one wrote, within a tolerance, wherever that one wrote anything.

import package::shared::finite::isFiniteBits;
import package::shared::spread::numberOf;

/// What lay there, what the plain variant made of it, and what the other made of it.
@group(0) @binding(0) var<storage, read> before: array<u32>;
@group(0) @binding(1) var<storage, read> after: array<u32>;
@group(0) @binding(2) var<storage, read> got: array<u32>;
@group(0) @binding(3) var<storage, read> allowed: f32;
@group(0) @binding(4) var<storage, read_write> differs: atomic<u32>;

@compute @workgroup_size(64)
fn compare(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let n = numberOf(id, groups);
  if (n >= arrayLength(&after) || after[n] == before[n]) {
    return;
  }
  let error = abs(bitcast<f32>(got[n]) - bitcast<f32>(after[n]));
  if (!isFiniteBits(got[n]) || error > allowed) {
    atomicStore(&differs, 1u);
  }
}
