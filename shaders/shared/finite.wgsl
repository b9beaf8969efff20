// WGSL may assume that no value is NaN or infinite, so comparisons cannot find them; the bits can.

const infiniteBits: u32 = 0x7f800000;

fn isFiniteBits(bits: u32) -> bool {
  return (bits & infiniteBits) != infiniteBits;
}

fn isFinite(value: f32) -> bool {
  return isFiniteBits(bitcast<u32>(value));
}

fn areFinite(values: vec4f) -> vec4<bool> {
  return (bitcast<vec4u>(values) & vec4u(infiniteBits)) != vec4u(infiniteBits);
}

fn areNaN(values: vec4f) -> vec4<bool> {
  return (bitcast<vec4u>(values) & vec4u(0x7fffffff)) > vec4u(infiniteBits);
}
