// Sequences of different lengths: the real steps of each sample of the batch. Many kernels read them, by a binding of its own
// number.

import package::shared::reduce::workgroupSum;
import constants::{BATCH, WORKGROUP};

@group(0) @binding(30) var<storage, read> lengths: array<u32, BATCH>;

/// Real steps of the first `rows` samples together, exact: f32 holds the sums of halves of 16 bits, not of whole ones.
fn realSteps(rows: u32, local: u32) -> u32 {
  var sum = 0u;
  for (var b = local; b < rows; b += WORKGROUP) {
    sum += lengths[b];
  }
  let halves = workgroupSum(vec4f(f32(sum & 0xffff), f32(sum >> 16), 0, 0), local);
  return u32(halves.x) + (u32(halves.y) << 16);
}
