/**
 * Gated recurrent units in float64 (Cho et al. 2014), from zero state, with two biases, the gates stacked in the order r, z, n
 * and the reset behind the recurrent product, as in PyTorch:
 *   a_t = weight_ih · x_t + bias_ih,  m_t = weight_hh · h_{t−1} + bias_hh
 *   r, z = σ(a + m),  n = tanh(a_n + r·m_n),  h_t = (1 − z)·n + z·h_{t−1}
 */
import { bothWays, bothWaysBackward, type Directions } from "./bidirectional";

export interface GruShape {
  readonly batch: number;
  readonly inputChannels: number;
  readonly hidden: number;
  readonly steps: number;
}

/** The learnables of one direction by their own names, or their gradients. */
export interface GruWeights {
  /** (3H, C) */
  readonly weight_ih: Float64Array;
  /** (3H, H) */
  readonly weight_hh: Float64Array;
  /** (3H) */
  readonly bias_ih: Float64Array;
  /** (3H) */
  readonly bias_hh: Float64Array;
}

export type BiGruWeights = Directions<GruWeights>;

/** x (B, C, T) → h (B, H, T). */
export function gruForward(x: Float64Array, weights: GruWeights, shape: GruShape): Float64Array {
  const { batch, hidden, steps } = shape;
  const y = new Float64Array(batch * hidden * steps);
  for (let b = 0; b < batch; b++)
    runCurve(x, weights, shape, b).forEach(({ h }, t) => {
      for (let j = 0; j < hidden; j++) y[(b * hidden + j) * steps + t] = h[j];
    });
  return y;
}

/** dy (B, H, T) → gradients of x (B, C, T) and of the weights, back through all of time. */
export function gruBackward(
  dy: Float64Array,
  x: Float64Array,
  weights: GruWeights,
  shape: GruShape,
): { dx: Float64Array; dweights: GruWeights } {
  const { batch, inputChannels, hidden, steps } = shape;
  const dx = new Float64Array(x.length);
  const dweights: GruWeights = {
    weight_ih: new Float64Array(weights.weight_ih.length),
    weight_hh: new Float64Array(weights.weight_hh.length),
    bias_ih: new Float64Array(weights.bias_ih.length),
    bias_hh: new Float64Array(weights.bias_hh.length),
  };
  for (let b = 0; b < batch; b++) {
    const states = runCurve(x, weights, shape, b);
    // What the later steps ask of h_t; nothing comes after the last step.
    let dhLater = new Float64Array(hidden);
    for (let t = steps - 1; t >= 0; t--) {
      const { gates, recurrent } = states[t];
      const before = t === 0 ? new Float64Array(hidden) : states[t - 1].h;
      const da = new Float64Array(3 * hidden);
      const dm = new Float64Array(3 * hidden);
      const dhBefore = new Float64Array(hidden);
      for (let j = 0; j < hidden; j++) {
        const [r, z, n] = [0, 1, 2].map((gate) => gates[gate * hidden + j]);
        const dh = dy[(b * hidden + j) * steps + t] + dhLater[j];
        const dn = dh * (1 - z) * (1 - n ** 2);
        da[j] = dn * recurrent[2 * hidden + j] * r * (1 - r);
        da[hidden + j] = dh * (before[j] - n) * z * (1 - z);
        da[2 * hidden + j] = dn;
        dhBefore[j] = dh * z;
        // The reset stands behind the recurrent product of the new gate alone.
        for (const gate of [0, 1]) dm[gate * hidden + j] = da[gate * hidden + j];
        dm[2 * hidden + j] = dn * r;
      }
      for (let row = 0; row < 3 * hidden; row++) {
        dweights.bias_ih[row] += da[row];
        dweights.bias_hh[row] += dm[row];
        for (let k = 0; k < inputChannels; k++) {
          const at = (b * inputChannels + k) * steps + t;
          dweights.weight_ih[row * inputChannels + k] += da[row] * x[at];
          dx[at] += da[row] * weights.weight_ih[row * inputChannels + k];
        }
        for (let k = 0; k < hidden; k++) {
          dweights.weight_hh[row * hidden + k] += dm[row] * before[k];
          dhBefore[k] += dm[row] * weights.weight_hh[row * hidden + k];
        }
      }
      dhLater = dhBefore;
    }
  }
  return { dx, dweights };
}

/** x (B, C, T) → (B, 2H, T): the channels of the GRU that runs forward, then of the one that runs from the end. */
export const biGruForward = (x: Float64Array, weights: BiGruWeights, shape: GruShape): Float64Array =>
  bothWays(x, weights, shape, (own, each) => gruForward(own, each, shape));

/** dy (B, 2H, T) → gradients of x (B, C, T) and of the weights of both directions. */
export const biGruBackward = (
  dy: Float64Array,
  x: Float64Array,
  weights: BiGruWeights,
  shape: GruShape,
): { dx: Float64Array; dweights: BiGruWeights } =>
  bothWaysBackward(dy, x, weights, shape, (ownDy, own, each) => gruBackward(ownDy, own, each, shape));

/** After one step: activated gates r, z, n (3H), the recurrent products with their bias (3H), and the output (H). */
interface State {
  readonly gates: Float64Array;
  readonly recurrent: Float64Array;
  readonly h: Float64Array;
}

/** The states of curve b after each step. */
function runCurve(x: Float64Array, weights: GruWeights, shape: GruShape, b: number): State[] {
  const { inputChannels, hidden, steps } = shape;
  const states: State[] = [];
  let before = new Float64Array(hidden);
  for (let t = 0; t < steps; t++) {
    const input = weights.bias_ih.slice();
    const recurrent = weights.bias_hh.slice();
    for (let row = 0; row < 3 * hidden; row++) {
      for (let k = 0; k < inputChannels; k++)
        input[row] += weights.weight_ih[row * inputChannels + k] * x[(b * inputChannels + k) * steps + t];
      for (let k = 0; k < hidden; k++) recurrent[row] += weights.weight_hh[row * hidden + k] * before[k];
    }
    const gates = new Float64Array(3 * hidden);
    const h = new Float64Array(hidden);
    for (let j = 0; j < hidden; j++) {
      const [resetAt, updateAt, newAt] = [j, hidden + j, 2 * hidden + j];
      const r = sigmoid(input[resetAt] + recurrent[resetAt]);
      const z = sigmoid(input[updateAt] + recurrent[updateAt]);
      const n = Math.tanh(input[newAt] + r * recurrent[newAt]);
      gates[resetAt] = r;
      gates[updateAt] = z;
      gates[newAt] = n;
      h[j] = (1 - z) * n + z * before[j];
    }
    states.push({ gates, recurrent, h });
    before = h;
  }
  return states;
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
