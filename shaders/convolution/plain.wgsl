// Convolution and the gradients of its weights in the plainest way: an invocation owns one vec4f of the result, or one of
// input channels by output channels, reads the weights as they are, and shares nothing. Slow, and easy to see right: the
// variants of conv1d.wgsl, product.wgsl and staged.wgsl are checked against these on every device.

import package::convolution::conv1d::y;
import package::convolution::weightgradient::{dy, dweight, dbias, storeWeight, storeBias};
import package::convolution::shared::{x, load, weightColumn, biasOf, IN_GROUPS, OUT_GROUPS};
@if(summed) import package::normalisation::gradientsums::{Sums, normalisationOf, withValue, storeSums};
import package::shared::spread::numberOf;
import package::convolution::taps::outer;
import constants::{BATCH, STEPS, KERNEL, LEFT, IN_CHANNELS, X_FIRST, Y_FIRST, PICKED, PICKED_GROUPS, REGION};

// To check a variant, PICKED places are computed of the first REGION (b, t), the first and the last among them; in a
// training, all. Likewise columns (input group, tap) and output groups of a weight gradient.

fn picked(n: u32, region: u32, count: u32) -> u32 {
  let step = (region - 1) / max(count - 1, 1);
  return select(n * step, region - 1, n + 1 == count);
}

@compute @workgroup_size(64)
fn convolve(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let n = numberOf(id, groups);
  if (n >= PICKED) {
    return;
  }
  let place = picked(n, REGION, PICKED);
  var sum = biasOf(id.z);
  for (var inGroup = 0u; inGroup < IN_GROUPS; inGroup++) {
    for (var tap = 0u; tap < KERNEL; tap++) {
      let value = load((inGroup * BATCH + place / STEPS) * STEPS, i32(place % STEPS + tap) - LEFT);
      for (var i = 0u; i < 4; i++) {
        sum += weightColumn(id.z, inGroup * 4 + i, tap) * value[i];
      }
    }
  }
  let at = id.z * BATCH * STEPS + place;
  y[at] = sum;
  @if(summed) {
    let sums = withValue(Sums(), sum, normalisationOf(id.z), id.z, place / STEPS, place % STEPS);
    storeSums(sums, at);
  }
}

// An invocation sums over the whole batch: small workgroups leave little to do where only a part is asked for.
@compute @workgroup_size(8)
fn weight_gradient(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= PICKED) {
    return;
  }
  let n = picked(id.x, IN_GROUPS * KERNEL, PICKED);
  let group = picked(id.z, REGION, PICKED_GROUPS);
  let inGroup = n / KERNEL;
  let tap = n % KERNEL;
  var sum = mat4x4f();
  var biasSum = vec4f();
  for (var sample = 0u; sample < BATCH; sample++) {
    for (var t = 0u; t < STEPS; t++) {
      let gradient = dy[((Y_FIRST + group) * BATCH + sample) * STEPS + t];
      sum += outer(gradient, load(((X_FIRST + inGroup) * BATCH + sample) * STEPS, i32(t + tap) - LEFT));
      biasSum += gradient;
    }
  }
  for (var i = 0u; i < min(4, IN_CHANNELS - inGroup * 4); i++) {
    for (var o = 0u; o < 4; o++) {
      storeWeight(group * 4 + o, inGroup * 4 + i, tap, sum[i][o]);
    }
  }
  @if(biased) {
    for (var o = 0u; o < 4 && n == 0; o++) {
      storeBias(group * 4 + o, biasSum[o]);
    }
  }
}
