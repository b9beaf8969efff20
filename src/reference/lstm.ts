/**
 * Long short-term memory in float64 (Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000), from
 * zero state, with one bias and the gates stacked in the order i, f, g, o:
 *   z_t = weight_ih · x_t + weight_hh · h_{t−1} + bias
 *   i, f, o = σ(z),  g = tanh(z),  c_t = f·c_{t−1} + i·g,  h_t = o·tanh(c_t)
 */
import { bothWays, bothWaysBackward, type Directions } from "./bidirectional";

export interface LstmShape {
  readonly batch: number;
  readonly inputChannels: number;
  readonly hidden: number;
  readonly steps: number;
}

/** The learnables of one direction by their own names, or their gradients. */
export interface LstmWeights {
  /** (4H, C) */
  readonly weight_ih: Float64Array;
  /** (4H, H) */
  readonly weight_hh: Float64Array;
  /** (4H) */
  readonly bias: Float64Array;
}

export type BiLstmWeights = Directions<LstmWeights>;

/** x (B, C, T) → h (B, H, T). */
export function lstmForward(x: Float64Array, weights: LstmWeights, shape: LstmShape): Float64Array {
  const { batch, hidden, steps } = shape;
  const y = new Float64Array(batch * hidden * steps);
  for (let b = 0; b < batch; b++)
    runCurve(x, weights, shape, b).forEach(({ h }, t) => {
      for (let j = 0; j < hidden; j++) y[(b * hidden + j) * steps + t] = h[j];
    });
  return y;
}

/** dy (B, H, T) → gradients of x (B, C, T) and of the weights, back through all of time. */
export function lstmBackward(
  dy: Float64Array,
  x: Float64Array,
  weights: LstmWeights,
  shape: LstmShape,
): { dx: Float64Array; dweights: LstmWeights } {
  const { batch, inputChannels, hidden, steps } = shape;
  const dx = new Float64Array(x.length);
  const dweights: LstmWeights = {
    weight_ih: new Float64Array(weights.weight_ih.length),
    weight_hh: new Float64Array(weights.weight_hh.length),
    bias: new Float64Array(weights.bias.length),
  };
  for (let b = 0; b < batch; b++) {
    const states = runCurve(x, weights, shape, b);
    // What the later steps ask of h_t and c_t; nothing comes after the last step.
    let dhLater = new Float64Array(hidden);
    let dcLater = new Float64Array(hidden);
    for (let t = steps - 1; t >= 0; t--) {
      const { gates, c } = states[t];
      const before = t === 0 ? zeroState(hidden) : states[t - 1];
      const dz = new Float64Array(4 * hidden);
      const dcBefore = new Float64Array(hidden);
      for (let j = 0; j < hidden; j++) {
        const [i, f, g, o] = [0, 1, 2, 3].map((gate) => gates[gate * hidden + j]);
        const dh = dy[(b * hidden + j) * steps + t] + dhLater[j];
        const dc = dh * o * (1 - Math.tanh(c[j]) ** 2) + dcLater[j];
        dz[j] = dc * g * i * (1 - i);
        dz[hidden + j] = dc * before.c[j] * f * (1 - f);
        dz[2 * hidden + j] = dc * i * (1 - g ** 2);
        dz[3 * hidden + j] = dh * Math.tanh(c[j]) * o * (1 - o);
        dcBefore[j] = dc * f;
      }
      const dhBefore = new Float64Array(hidden);
      for (let row = 0; row < 4 * hidden; row++) {
        dweights.bias[row] += dz[row];
        for (let k = 0; k < inputChannels; k++) {
          const at = (b * inputChannels + k) * steps + t;
          dweights.weight_ih[row * inputChannels + k] += dz[row] * x[at];
          dx[at] += dz[row] * weights.weight_ih[row * inputChannels + k];
        }
        for (let k = 0; k < hidden; k++) {
          dweights.weight_hh[row * hidden + k] += dz[row] * before.h[k];
          dhBefore[k] += dz[row] * weights.weight_hh[row * hidden + k];
        }
      }
      dhLater = dhBefore;
      dcLater = dcBefore;
    }
  }
  return { dx, dweights };
}

/** x (B, C, T) → (B, 2H, T): the channels of the LSTM that runs forward, then of the one that runs from the end. */
export const biLstmForward = (x: Float64Array, weights: BiLstmWeights, shape: LstmShape): Float64Array =>
  bothWays(x, weights, shape, (own, each) => lstmForward(own, each, shape));

/** dy (B, 2H, T) → gradients of x (B, C, T) and of the weights of both directions. */
export const biLstmBackward = (
  dy: Float64Array,
  x: Float64Array,
  weights: BiLstmWeights,
  shape: LstmShape,
): { dx: Float64Array; dweights: BiLstmWeights } =>
  bothWaysBackward(dy, x, weights, shape, (ownDy, own, each) => lstmBackward(ownDy, own, each, shape));

/** After one step: activated gates i, f, g, o (4H), cell state and output (H). */
interface State {
  readonly gates: Float64Array;
  readonly c: Float64Array;
  readonly h: Float64Array;
}

const zeroState = (hidden: number): State => ({
  gates: new Float64Array(4 * hidden),
  c: new Float64Array(hidden),
  h: new Float64Array(hidden),
});

/** The states of curve b after each step. */
function runCurve(x: Float64Array, weights: LstmWeights, shape: LstmShape, b: number): State[] {
  const { inputChannels, hidden, steps } = shape;
  const states: State[] = [];
  let before = zeroState(hidden);
  for (let t = 0; t < steps; t++) {
    const state = zeroState(hidden);
    for (let row = 0; row < 4 * hidden; row++) {
      let z = weights.bias[row];
      for (let k = 0; k < inputChannels; k++)
        z += weights.weight_ih[row * inputChannels + k] * x[(b * inputChannels + k) * steps + t];
      for (let k = 0; k < hidden; k++) z += weights.weight_hh[row * hidden + k] * before.h[k];
      const isState = Math.floor(row / hidden) === 2;
      state.gates[row] = isState ? Math.tanh(z) : 1 / (1 + Math.exp(-z));
    }
    for (let j = 0; j < hidden; j++) {
      const [i, f, g, o] = [0, 1, 2, 3].map((gate) => state.gates[gate * hidden + j]);
      state.c[j] = f * before.c[j] + i * g;
      state.h[j] = o * Math.tanh(state.c[j]);
    }
    states.push(state);
    before = state;
  }
  return states;
}
