// The convolution of conv1d.wgsl with its operands staged in workgroup memory, for adapters where that is nearer than the
// cache. A workgroup owns LANES_T · 5 · STRIPS steps of one sample and LANES_O · 4 output channels, or eight for each lane
// (`pair`): for each group of four input channels it loads what all its invocations need of x and of the weights once,
// with two barriers. What an invocation computes, and in which order, is what `convolve` does.

import package::convolution::conv1d::{packed, storeTile, TILE_STEPS};
import package::convolution::shared::{load, biasOf, IN_GROUPS, OUT_GROUPS, OUT_PAIRS, OWN_GROUPS};
import package::convolution::strip::Strip;
import package::convolution::tile::{Window, begun, withTap, slid};
import constants::{BATCH, STEPS, KERNEL, LEFT, LANES_T, LANES_O};

const THREADS: u32 = LANES_T * LANES_O;
/// Steps of a workgroup, and those that its taps see.
const OWN_STEPS: u32 = LANES_T * TILE_STEPS;
const SEEN_STEPS: u32 = OWN_STEPS + KERNEL - 1;
const PARTS_OF_SAMPLE: u32 = (STEPS + OWN_STEPS - 1) / OWN_STEPS;
/// Weights of an invocation and of all, for a tap.
const OWN_WEIGHTS: u32 = OWN_GROUPS * 4;
const TAP_WEIGHTS: u32 = LANES_O * OWN_WEIGHTS;

var<workgroup> seen: array<vec4f, SEEN_STEPS>;
/// [tap][weight of an invocation][lane along the channels]: neighbours read neighbouring vectors, from banks of their own.
var<workgroup> weights: array<vec4f, KERNEL * TAP_WEIGHTS>;

fn weightsOf(index: u32) -> mat4x4f {
  return mat4x4f(
    weights[index],
    weights[index + LANES_O],
    weights[index + 2 * LANES_O],
    weights[index + 3 * LANES_O],
  );
}

fn stripFrom(t: u32) -> Strip {
  return Strip(seen[t], seen[t + 1], seen[t + 2], seen[t + 3], seen[t + 4]);
}

@compute @workgroup_size(THREADS)
fn convolve(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let sample = group.x / PARTS_OF_SAMPLE;
  let start = (group.x % PARTS_OF_SAMPLE) * OWN_STEPS;
  // Neighbours own neighbouring channels: what they read of `seen` is the same, and what they store is apart either way.
  let own = (local / LANES_O) * TILE_STEPS;
  let first = group.y * LANES_O * OWN_GROUPS;
  let a = first + (local % LANES_O) * OWN_GROUPS;
  let part = group.z;

  var tile = begun(biasOf(a), biasOf(a + 1));
  for (var inGroup = 0u; inGroup < IN_GROUPS; inGroup++) {
    workgroupBarrier();
    for (var n = local; n < SEEN_STEPS; n += THREADS) {
      seen[n] = load(((part * IN_GROUPS + inGroup) * BATCH + sample) * STEPS, i32(start + n) - LEFT);
    }
    for (var n = local; n < KERNEL * TAP_WEIGHTS; n += THREADS) {
      // Beyond the last output group any weights do: those sums are not stored.
      let tap = n / TAP_WEIGHTS;
      let own = n % TAP_WEIGHTS;
      let place = min(first * 4 + own, OUT_PAIRS * 8 - 1);
      weights[tap * TAP_WEIGHTS + own % OWN_WEIGHTS * LANES_O + own / OWN_WEIGHTS] =
        packed[((part * IN_GROUPS + inGroup) * KERNEL + tap) * OUT_PAIRS * 8 + place];
    }
    workgroupBarrier();
    var window: Window;
    window.x0 = stripFrom(own);
    @if(strips2) window.x1 = stripFrom(own + 5);
    @if(strips4) window.x2 = stripFrom(own + 10);
    @if(strips4) window.x3 = stripFrom(own + 15);
    for (var tap = 0u; tap < KERNEL; tap++) {
      let index = tap * TAP_WEIGHTS + local % LANES_O;
      let wa = weightsOf(index);
      @if(pair) let wb = weightsOf(index + 4 * LANES_O);
      @else let wb = mat4x4f();
      tile = withTap(tile, wa, wb, window);
      window = slid(window, seen[min(own + tap + TILE_STEPS, SEEN_STEPS - 1)]);
    }
  }
  storeTile(tile, part * OUT_GROUPS, a, sample, start + own);
}
