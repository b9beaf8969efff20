// Finds values that are not finite: `found` becomes 1 when any of the buffer's words, taken as f32, is NaN or infinite.
// Run only after a step was refused, to name the first layer that went wrong; which buffer is looked at, and where the
// answer goes, is a matter of what is bound, so that one pipeline serves all.

import package::shared::finite::isFiniteBits;

@group(0) @binding(0) var<storage, read> values: array<u32>;
@group(0) @binding(1) var<storage, read_write> found: atomic<u32>;

@compute @workgroup_size(64)
fn scan(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  for (var i = id.x; i < arrayLength(&values); i += groups.x * 64) {
    if (!isFiniteBits(values[i])) {
      atomicStore(&found, 1);
    }
  }
}
