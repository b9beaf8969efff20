// The gated recurrent unit as the cell of a recurrence (Cho et al. 2014), with the reset behind the recurrent product, as
// cuDNN and PyTorch have it. Gates r, z, n, with a bias of the input and one of the recurrence:
//
//   r = σ(W_r·x + b_ir + U_r·h + b_hr)      z likewise      m = U_n·h + b_hn
//   n = tanh(W_n·x + b_in + r · m)          h[t] = (1 − z) · n + z · h[t−1]
//
// and backward, from dh = dy[t] + Uᵀ · (dr, dz, dm)[t+1] + dh[t+1] · z[t+1]:
//
//   dn = dh · (1 − z) · (1 − n²)    dm = dn · r    dr = dn · m · r(1 − r)    dz = dh · (h[t−1] − n) · z(1 − z)
//
// where dr, dz, dm and dn are those of the sums. The new gate has a lane for each of its products, because r stands between
// them: r, z, m, n. The last has no recurrent weights; so that the product for theirs need not take it along, (dr, dz, dm) go to
// `dsums` as well. `cells` holds h[t−1], and backward dh · z.

import package::recurrence::gate::{sigmoid, exposed};
import package::recurrence::place::{Place, cellAt, outputAt, sumAt, moved, clear, gates, cells, y, dsums};
import package::shared::hyperbolic::hyperbolicTangent;
import constants::STEPS;

const GATES = 3u;

/// The lanes that recurrent weights reach.
alias Lanes = vec3f;
alias FourLanes = mat4x3f;

fn lanesOf(all: vec4f) -> Lanes {
  return all.xyz;
}

fn inputLane(gate: u32) -> u32 {
  return select(gate, 3u, gate == 2);
}

fn recurrentLane(gate: u32) -> u32 {
  return gate;
}

/// h of a unit from its recurrent sums.
fn advance(place: Place, sums: Lanes) -> f32 {
  let at = cellAt(place);
  let all = gates[at] + vec4f(sums, 0);
  let open = sigmoid(all);
  let newSum = all.w + open.x * all.z;
  let n = hyperbolicTangent(newSum);
  var before = 0f;
  if (place.step > 0) {
    before = y[outputAt(moved(place, -1))];
  }
  gates[at] = vec4f(open.xy, all.z, n);
  cells[at] = before;
  return exposed((1 - open.y) * n + open.y * before, vec4f(all.xyz, newSum));
}

/// From the gradient of a unit's h leaves those of its sums in `gates`, and of the recurrent ones in `dsums`.
fn retreat(place: Place, later: f32) {
  let at = cellAt(place);
  let activated = gates[at];
  let r = activated.x;
  let z = activated.y;
  let m = activated.z;
  let n = activated.w;
  var dh = later;
  if (place.step + 1 < STEPS) {
    dh += cells[cellAt(moved(place, 1))];
  }
  let dn = dh * (1 - z) * (1 - n * n);
  let gradients = vec4f(dn * m * r * (1 - r), dh * (cells[at] - n) * z * (1 - z), dn * r, dn);
  gates[at] = gradients;
  dsums[sumAt(place, 0)] = gradients.x;
  dsums[sumAt(place, 1)] = gradients.y;
  dsums[sumAt(place, 2)] = gradients.z;
  cells[at] = dh * z;
}

/// What `retreat` leaves, where nothing is to come back: behind the real steps of a sequence.
fn clearGradients(place: Place) {
  clear(place);
  for (var gate = 0u; gate < GATES; gate++) {
    dsums[sumAt(place, gate)] = 0;
  }
}
