// Finds values that are not finite: found[INDEX] becomes 1 when any of the buffer's words, taken as f32, is NaN or
// infinite. Run only after a step was refused, to name the first layer that went wrong.

import package::shared::finite::isFiniteBits;
import constants::INDEX;

@group(0) @binding(0) var<storage, read> values: array<u32>;
@group(0) @binding(1) var<storage, read_write> found: array<atomic<u32>>;

@compute @workgroup_size(64)
fn scan(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  for (var i = id.x; i < arrayLength(&values); i += groups.x * 64) {
    if (!isFiniteBits(values[i])) {
      atomicStore(&found[INDEX], 1);
    }
  }
}
