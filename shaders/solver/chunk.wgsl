// A part of one learnable in the flat buffers of parameters, gradients and moments: elements start … end−1.

struct Chunk {
  start: u32,
  end: u32,
  /// Of the learnables that are clipped together.
  group: u32,
  l2Factor: f32,
}
