// One dimension of a dispatch holds 65535 workgroups: longer work is spread over two (`spread` in src/engine/gpu/kernel.ts).

/// The number of an invocation of workgroups of 64, which fill x first and then y.
fn numberOf(id: vec3u, groups: vec3u) -> u32 {
  return id.y * groups.x * 64 + id.x;
}
