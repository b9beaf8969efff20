// Where the values of a recurrent layer lie, whatever its cell. Two directions at most, the second from the last step to the
// first: step s of a direction is time s or T − 1 − s.
//
// `gates` holds what a cell keeps of a unit at a step, four lanes: before the recurrence the input product, then the gates,
// and after the backward pass the gradients that the products want. `cells` holds one more number of each. So every value
// that is carried from step to step lies in a buffer, and the time loop can be cut into chunks without any difference.

import package::recurrence::cell::{GATES, Lanes, lanesOf};
import package::shared::lengths::lengths;
import constants::{BATCH, STEPS, HIDDEN, RECURRENT_LENGTH, CELLS, OUTPUT_LENGTH, STATES_LENGTH, SUMS_LENGTH};

/// Hidden units padded to the largest tile; weights and states of the padding are zero.
const PADDED: u32 = (HIDDEN + 7) / 8 * 8;

/// Recurrent weights over the lanes (order.wgsl); rounded to 16 bits each (`half`), four take the room of two.
@if(half) @group(0) @binding(4) var<storage, read> recurrent: array<vec2u, RECURRENT_LENGTH>;
@if(!half) @group(0) @binding(4) var<storage, read> recurrent: array<vec4f, RECURRENT_LENGTH>;
/// [direction · H + unit][b][t]
@group(0) @binding(5) var<storage, read_write> gates: array<vec4f, CELLS>;
@group(0) @binding(6) var<storage, read_write> cells: array<f32, CELLS>;
/// (B, DIRECTIONS · H, T) as an activation: [group of four channels][b][t][channel of the group].
@group(0) @binding(7) var<storage, read_write> y: array<f32, OUTPUT_LENGTH>;
/// The same with each direction padded, where H is no multiple of four (`ragged`).
@group(0) @binding(8) var<storage, read_write> states: array<f32, STATES_LENGTH>;
/// First step of a chunk, and one past its last.
@group(0) @binding(9) var<storage, read> chunk: vec4u;
@group(0) @binding(10) var<storage, read> dy: array<f32, OUTPUT_LENGTH>;
/// Gradients of the recurrent sums, (B, GATES · H, T) of each direction as an activation: for cells whose lanes hold more.
@group(0) @binding(12) var<storage, read_write> dsums: array<f32, SUMS_LENGTH>;

/// Where unit `unit` of a direction is at a step.
struct Place {
  direction: u32,
  unit: u32,
  b: u32,
  step: u32,
}

fn timeOf(place: Place) -> u32 {
  return select(place.step, STEPS - 1 - place.step, place.direction == 1);
}

fn cellAt(place: Place) -> u32 {
  return ((place.direction * HIDDEN + place.unit) * BATCH + place.b) * STEPS + timeOf(place);
}

/// The same place `steps` steps on.
fn moved(place: Place, steps: i32) -> Place {
  return Place(place.direction, place.unit, place.b, u32(i32(place.step) + steps));
}

fn channelAt(channel: u32, b: u32, t: u32) -> u32 {
  return ((channel / 4 * BATCH + b) * STEPS + t) * 4 + channel % 4;
}

fn outputAt(place: Place) -> u32 {
  return channelAt(place.direction * HIDDEN + place.unit, place.b, timeOf(place));
}

fn sumAt(place: Place, gate: u32) -> u32 {
  let first = place.direction * ((GATES * HIDDEN + 3) / 4 * 4);
  return channelAt(first + gate * HIDDEN + place.unit, place.b, timeOf(place));
}

fn isReal(place: Place) -> bool {
  @if(lengths) return timeOf(place) < lengths[place.b];
  @else return true;
}

fn clear(place: Place) {
  let at = cellAt(place);
  gates[at] = vec4f();
  cells[at] = 0;
}

/// Recurrent weights from one unit to another over the lanes that have some.
fn recurrentAt(index: u32) -> Lanes {
  @if(half) {
    let halves = recurrent[index];
    return lanesOf(vec4f(unpack2x16float(halves.x), unpack2x16float(halves.y)));
  }
  @else return lanesOf(recurrent[index]);
}
