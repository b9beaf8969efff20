// A block of up to five neighbouring taps (`taps2` … `taps5`) of a weight gradient, held in registers: what the taps see of
// x, and their sums for one or two (`pair`) groups of output channels. Named members, as in strip.wgsl.

/// x at the steps that the taps of a block see.
struct TapWindow {
  x0: vec4f,
  @if(taps2) x1: vec4f,
  @if(taps3) x2: vec4f,
  @if(taps4) x3: vec4f,
  @if(taps5) x4: vec4f,
}

fn moved(window: TapWindow, next: vec4f) -> TapWindow {
  var result = window;
  @if(taps2) result.x0 = window.x1;
  @if(taps3) result.x1 = window.x2;
  @if(taps4) result.x2 = window.x3;
  @if(taps5) result.x3 = window.x4;
  @if(taps5) result.x4 = next;
  @if(taps4 && !taps5) result.x3 = next;
  @if(taps3 && !taps4) result.x2 = next;
  @if(taps2 && !taps3) result.x1 = next;
  @if(!taps2) result.x0 = next;
  return result;
}

/// Sums of two groups of output channels, for each tap of a block and for the bias.
struct TapSums {
  a0: mat4x4f,
  b0: mat4x4f,
  @if(taps2) a1: mat4x4f,
  @if(taps2) b1: mat4x4f,
  @if(taps3) a2: mat4x4f,
  @if(taps3) b2: mat4x4f,
  @if(taps4) a3: mat4x4f,
  @if(taps4) b3: mat4x4f,
  @if(taps5) a4: mat4x4f,
  @if(taps5) b4: mat4x4f,
  biasA: vec4f,
  biasB: vec4f,
}

/// gradient · valueᵀ
fn outer(gradient: vec4f, value: vec4f) -> mat4x4f {
  return mat4x4f(gradient * value.x, gradient * value.y, gradient * value.z, gradient * value.w);
}

/// One time step more.
fn withStep(sums: TapSums, window: TapWindow, da: vec4f, db: vec4f) -> TapSums {
  var next = sums;
  next.biasA += da;
  next.a0 += outer(da, window.x0);
  @if(taps2) next.a1 += outer(da, window.x1);
  @if(taps3) next.a2 += outer(da, window.x2);
  @if(taps4) next.a3 += outer(da, window.x3);
  @if(taps5) next.a4 += outer(da, window.x4);
  @if(pair) next.biasB += db;
  @if(pair) next.b0 += outer(db, window.x0);
  @if(taps2 && pair) next.b1 += outer(db, window.x1);
  @if(taps3 && pair) next.b2 += outer(db, window.x2);
  @if(taps4 && pair) next.b3 += outer(db, window.x3);
  @if(taps5 && pair) next.b4 += outer(db, window.x4);
  return next;
}
