// A recurrence with a dispatch for each time step (recurrence.wgsl has the fast one): for layers whose states fit no
// workgroup, and to check that one against. One invocation a cell; step `chunk.x` of the direction, backward counted from the
// last. A cell brings `advance`, which makes h of the recurrent sums, and `retreat`, which takes the gradient of h.

import package::recurrence::cell::{Lanes, lanesOf, advance, retreat, clearGradients};
import package::recurrence::place::{Place, isReal, clear, timeOf, cellAt, channelAt, outputAt, recurrentAt, gates, y, states, dy, chunk, PADDED};
import package::shared::spread::numberOf;
import constants::{BATCH, STEPS, HIDDEN};

/// One cell forward from its recurrent sums over the lanes. Returns h. Behind the real steps of a sequence (`lengths`) nothing
/// is carried: there the reverse direction has not begun.
fn advanceTo(place: Place, sums: Lanes) -> f32 {
  var h = 0f;
  if (isReal(place)) {
    h = advance(place, sums);
  } else {
    clear(place);
  }
  y[outputAt(place)] = h;
  @if(ragged) states[channelAt(place.direction * PADDED + place.unit, place.b, timeOf(place))] = h;
  return h;
}

/// One cell backward from the gradient that its h had from the step after.
fn retreatFrom(place: Place, recurrentGradient: f32) {
  if (isReal(place)) {
    retreat(place, dy[outputAt(place)] + recurrentGradient);
  } else {
    clearGradients(place);
  }
}

@compute @workgroup_size(64)
fn step_forward(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let n = numberOf(id, groups);
  if (n >= HIDDEN * BATCH) {
    return;
  }
  let place = Place(id.z, n / BATCH, n % BATCH, chunk.x);
  var sums = Lanes();
  if (place.step > 0) {
    for (var source = 0u; source < HIDDEN; source++) {
      let h = y[outputAt(Place(place.direction, source, place.b, place.step - 1))];
      sums += recurrentAt((place.direction * PADDED + source) * PADDED + place.unit) * h;
    }
  }
  advanceTo(place, sums);
}

@compute @workgroup_size(64)
fn step_backward(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let n = numberOf(id, groups);
  if (n >= HIDDEN * BATCH) {
    return;
  }
  let place = Place(id.z, n / BATCH, n % BATCH, STEPS - 1 - chunk.x);
  var sum = 0f;
  if (chunk.x > 0) {
    for (var to = 0u; to < HIDDEN; to++) {
      let dz = lanesOf(gates[cellAt(Place(place.direction, to, place.b, place.step + 1))]);
      sum += dot(recurrentAt((place.direction * PADDED + to) * PADDED + place.unit), dz);
    }
  }
  retreatFrom(place, sum);
}
