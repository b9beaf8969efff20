// Four neighbouring invocations that need the same vectors load one each and give it to the others.

/// Column i is what invocation i of the quad holds.
@if(quads)
fn broadcast(own: vec4f) -> mat4x4f {
  return mat4x4f(quadBroadcast(own, 0), quadBroadcast(own, 1), quadBroadcast(own, 2), quadBroadcast(own, 3));
}
