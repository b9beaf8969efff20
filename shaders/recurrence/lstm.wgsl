// Long short-term memory as the cell of a recurrence (Hochreiter and Schmidhuber 1997; forget gate by Gers et al. 2000).
// With z = W_ih · x[t] + W_hh · h[t−1] + bias, cut into the gates i, f, g, o, a lane each:
//
//   i = σ(z_i)   f = σ(z_f)   g = tanh(z_g)   o = σ(z_o)      c[t] = f · c[t−1] + i · g      h[t] = o · tanh(c[t])
//
// and backward, from dh = dy[t] + W_hhᵀ · dz[t+1], with dc carried from the step after:
//
//   dc = dc[t+1] · f[t+1] + dh · o · (1 − tanh²c)
//   dz_i = dc · g · i(1 − i)    dz_f = dc · c[t−1] · f(1 − f)    dz_g = dc · i · (1 − g²)    dz_o = dh · tanh c · o(1 − o)
//
// `cells` holds c, and backward dc · f.

import package::recurrence::gate::{sigmoid, exposed};
import package::recurrence::place::{Place, cellAt, moved, clear, gates, cells};
import package::shared::hyperbolic::hyperbolicTangent;
import constants::STEPS;

const GATES = 4u;

/// The lanes that recurrent weights reach: all of them.
alias Lanes = vec4f;
alias FourLanes = mat4x4f;

fn lanesOf(all: vec4f) -> Lanes {
  return all;
}

fn inputLane(gate: u32) -> u32 {
  return gate;
}

fn recurrentLane(gate: u32) -> u32 {
  return gate;
}

/// h of a unit from its recurrent sums.
fn advance(place: Place, sums: Lanes) -> f32 {
  let at = cellAt(place);
  let z = gates[at] + sums;
  let open = sigmoid(z);
  let g = hyperbolicTangent(z.z);
  var c = open.x * g;
  if (place.step > 0) {
    c += open.y * cells[cellAt(moved(place, -1))];
  }
  gates[at] = vec4f(open.xy, g, open.w);
  cells[at] = c;
  return exposed(open.w * hyperbolicTangent(c), z);
}

/// From the gradient of a unit's h leaves those of its gates in `gates`.
fn retreat(place: Place, dh: f32) {
  let at = cellAt(place);
  let activated = gates[at];
  let i = activated.x;
  let f = activated.y;
  let g = activated.z;
  let o = activated.w;
  let tanhC = hyperbolicTangent(cells[at]);
  var dc = dh * o * (1 - tanhC * tanhC);
  if (place.step + 1 < STEPS) {
    dc += cells[cellAt(moved(place, 1))];
  }
  var before = 0f;
  if (place.step > 0) {
    before = cells[cellAt(moved(place, -1))];
  }
  gates[at] = vec4f(dc * g * i * (1 - i), dc * before * f * (1 - f), dc * i * (1 - g * g), dh * tanhC * o * (1 - o));
  cells[at] = dc * f;
}

/// What `retreat` leaves, where nothing is to come back: behind the real steps of a sequence.
fn clearGradients(place: Place) {
  clear(place);
}
