// A strip: five neighbouring time steps of one group of four channels, held in registers. Convolutions give a thread
// one, two or four strips. Members are named, never indexed: a private array with a runtime index leaves the registers.

struct Strip {
  r0: vec4f,
  r1: vec4f,
  r2: vec4f,
  r3: vec4f,
  r4: vec4f,
}

/// All five steps hold the same value.
fn filled(value: vec4f) -> Strip {
  return Strip(value, value, value, value, value);
}

/// The window moves one step on: `next` enters, the first leaves.
fn shifted(s: Strip, next: vec4f) -> Strip {
  return Strip(s.r1, s.r2, s.r3, s.r4, next);
}

/// sum + weights · x for five steps; the columns of `weights` belong to the four channels of x.
fn accumulated(sum: Strip, weights: mat4x4f, x: Strip) -> Strip {
  return Strip(
    sum.r0 + product(weights, x.r0),
    sum.r1 + product(weights, x.r1),
    sum.r2 + product(weights, x.r2),
    sum.r3 + product(weights, x.r3),
    sum.r4 + product(weights, x.r4),
  );
}

/// weights · x, where x may have but one channel (`one`) or two (`two`), and zeros beyond.
fn product(weights: mat4x4f, x: vec4f) -> vec4f {
  @if(one) return weights[0] * x.x;
  @if(two) return weights[0] * x.x + weights[1] * x.y;
  @if(!one && !two) return weights * x;
}
