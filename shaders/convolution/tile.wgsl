// The register tile of a convolution: one, two or four strips of steps (`strips2`, `strips4`) by one group of four output
// channels or two (`pair`), and the window of x that it sees at a tap. Named members, as in strip.wgsl.

import package::convolution::strip::{Strip, filled, shifted, accumulated};

struct Tile {
  a0: Strip,
  @if(pair) b0: Strip,
  @if(strips2) a1: Strip,
  @if(strips2 && pair) b1: Strip,
  @if(strips4) a2: Strip,
  @if(strips4 && pair) b2: Strip,
  @if(strips4) a3: Strip,
  @if(strips4 && pair) b3: Strip,
}

struct Window {
  x0: Strip,
  @if(strips2) x1: Strip,
  @if(strips4) x2: Strip,
  @if(strips4) x3: Strip,
}

/// Sums that begin with the bias of either group.
fn begun(a: vec4f, b: vec4f) -> Tile {
  var tile: Tile;
  tile.a0 = filled(a);
  @if(pair) tile.b0 = filled(b);
  @if(strips2) tile.a1 = tile.a0;
  @if(strips2 && pair) tile.b1 = tile.b0;
  @if(strips4) tile.a2 = tile.a0;
  @if(strips4 && pair) tile.b2 = tile.b0;
  @if(strips4) tile.a3 = tile.a0;
  @if(strips4 && pair) tile.b3 = tile.b0;
  return tile;
}

/// One tap of one group of input channels more.
fn withTap(tile: Tile, wa: mat4x4f, wb: mat4x4f, window: Window) -> Tile {
  var next = tile;
  next.a0 = accumulated(tile.a0, wa, window.x0);
  @if(pair) next.b0 = accumulated(tile.b0, wb, window.x0);
  @if(strips2) next.a1 = accumulated(tile.a1, wa, window.x1);
  @if(strips2 && pair) next.b1 = accumulated(tile.b1, wb, window.x1);
  @if(strips4) next.a2 = accumulated(tile.a2, wa, window.x2);
  @if(strips4 && pair) next.b2 = accumulated(tile.b2, wb, window.x2);
  @if(strips4) next.a3 = accumulated(tile.a3, wa, window.x3);
  @if(strips4 && pair) next.b3 = accumulated(tile.b3, wb, window.x3);
  return next;
}

/// The window one tap on: `next` enters, the first step leaves.
fn slid(window: Window, next: vec4f) -> Window {
  var moved = window;
  @if(strips2) moved.x0 = shifted(window.x0, window.x1.r0);
  @else moved.x0 = shifted(window.x0, next);
  @if(strips4) moved.x1 = shifted(window.x1, window.x2.r0);
  @if(strips2 && !strips4) moved.x1 = shifted(window.x1, next);
  @if(strips4) moved.x2 = shifted(window.x2, window.x3.r0);
  @if(strips4) moved.x3 = shifted(window.x3, next);
  return moved;
}
