// Sum over a workgroup in a fixed order: always the same tree, so always the same bits.

import constants::WORKGROUP;

var<workgroup> shares: array<vec4f, WORKGROUP>;

/// The sum of every invocation's `value`, given to all of them. WORKGROUP must be a power of two.
fn workgroupSum(value: vec4f, local: u32) -> vec4f {
  shares[local] = value;
  for (var half = u32(WORKGROUP) / 2; half > 0; half /= 2) {
    workgroupBarrier();
    if (local < half) {
      shares[local] += shares[local + half];
    }
  }
  workgroupBarrier();
  let sum = shares[0];
  workgroupBarrier();
  return sum;
}
