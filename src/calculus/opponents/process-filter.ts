/** Of the state (z, z′, z″). Vectors and matrices are so small that they are written out by element. */
type Triple = readonly [number, number, number];

/**
 * The process z whose third derivative is white noise of intensity q, from (z, z′, z″) = 0 at the first of the points,
 * seen at each with noise of variance 1: a Kalman filter, and a smoother backward that inverts no covariance (de Jong
 * 1989). Nothing is divided by distances, so points may coincide.
 */
export class ProcessFilter {
  /** Σ log of the variances of the samples, each given those before it: the log determinant of their covariance. */
  readonly logDeterminant: number;
  /** To the next point; 0 from the last. */
  readonly #steps: Float64Array<ArrayBuffer>;
  /** Of each sample given those before it. */
  readonly #variances: Float64Array<ArrayBuffer>;
  /** What a surprise in a sample adds to the state. */
  readonly #gains: Triple[] = [];
  /** Covariance of z′ with the state, given the samples up to this one. */
  readonly #slopeRows: Triple[] = [];

  /** @param u sorted points (T) */
  constructor(u: Float64Array<ArrayBuffer>, q: number) {
    this.#steps = u.map((at, t) => (t + 1 < u.length ? u[t + 1] - at : 0));
    this.#variances = new Float64Array(u.length);
    let [p00, p01, p02, p11, p12, p22] = [0, 0, 0, 0, 0, 0];
    this.#steps.forEach((h, t) => {
      const variance = p00 + 1;
      const gain: Triple = [p00 / variance, p01 / variance, p02 / variance];
      this.#variances[t] = variance;
      this.#gains.push(gain);
      // Given this sample. The first row is the gain: a difference would cancel.
      p11 -= gain[1] * p01;
      p12 -= gain[1] * p02;
      p22 -= gain[2] * p02;
      [p00, p01, p02] = gain;
      this.#slopeRows.push([p01, p11, p12]);
      // At the next point: Φ P Φᵀ + Q with Φ = [1 h h²/2; 0 1 h; 0 0 1]. First Φ P.
      const half = h ** 2 / 2;
      const [a0, a1, a2] = [
        p00 + h * p01 + half * p02,
        p01 + h * p11 + half * p12,
        p02 + h * p12 + half * p22,
      ];
      const [b1, b2] = [p11 + h * p12, p12 + h * p22];
      p00 = a0 + h * a1 + half * a2 + (q * h ** 5) / 20;
      p01 = a1 + h * a2 + (q * h ** 4) / 8;
      p02 = a2 + (q * h ** 3) / 6;
      p11 = b1 + h * b2 + (q * h ** 3) / 3;
      p12 = b2 + (q * h ** 2) / 2;
      p22 += q * h;
    });
    this.logDeterminant = this.#variances.reduce((sum, variance) => sum + Math.log(variance), 0);
  }

  /** What each value (T) adds to those before it, in its standard deviations: independent, of variance 1. */
  whiten(values: ArrayLike<number>): Float64Array<ArrayBuffer> {
    const { surprises } = this.#follow(values);
    return surprises.map((surprise, t) => surprise / Math.sqrt(this.#variances[t]));
  }

  /** z′ (T) given all values (T). */
  slopes(values: ArrayLike<number>): Float64Array<ArrayBuffer> {
    const { surprises, slopes } = this.#follow(values);
    let [r0, r1, r2] = [0, 0, 0];
    for (let t = slopes.length - 1; t >= 0; t--) {
      const h = this.#steps[t];
      const [k0, k1, k2] = this.#gains[t];
      const [p0, p1, p2] = this.#slopeRows[t];
      // What the samples behind say of this point: Φᵀ r. Then this sample's own part of r.
      [r2, r1] = [r2 + h * r1 + (h ** 2 / 2) * r0, r1 + h * r0];
      slopes[t] += p0 * r0 + p1 * r1 + p2 * r2;
      r0 += surprises[t] / this.#variances[t] - (k0 * r0 + k1 * r1 + k2 * r2);
    }
    return slopes;
  }

  /** The part of each value (T) that those before it do not foretell, and z′ (T) given the values up to it. */
  #follow(values: ArrayLike<number>): Record<"surprises" | "slopes", Float64Array<ArrayBuffer>> {
    const surprises = new Float64Array(values.length);
    const slopes = new Float64Array(values.length);
    let [z0, z1, z2] = [0, 0, 0];
    this.#steps.forEach((h, t) => {
      const surprise = values[t] - z0;
      const [k0, k1, k2] = this.#gains[t];
      const [s0, s1, s2] = [z0 + k0 * surprise, z1 + k1 * surprise, z2 + k2 * surprise];
      surprises[t] = surprise;
      slopes[t] = s1;
      [z0, z1, z2] = [s0 + h * s1 + (h ** 2 / 2) * s2, s1 + h * s2, s2];
    });
    return { surprises, slopes };
  }
}
