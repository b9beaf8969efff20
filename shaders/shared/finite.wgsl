// WGSL may assume that no value is NaN or infinite, so comparisons cannot find them; the bits can.

fn isFiniteBits(bits: u32) -> bool {
  return (bits & 0x7f800000) != 0x7f800000;
}

fn isFinite(value: f32) -> bool {
  return isFiniteBits(bitcast<u32>(value));
}
