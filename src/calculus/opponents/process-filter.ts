/**
 * The process z whose third derivative is white noise of intensity q, from (z, z′, z″) = 0 at the first of the points,
 * seen at each with noise of variance 1: a Kalman filter, and a smoother backward that inverts no covariance (de Jong
 * 1989). Nothing is divided by distances, so points may coincide. Vectors and matrices of the state (z, z′, z″) are so
 * small that they are written out by element, in lists of three for each point.
 */
export class ProcessFilter {
  /** Σ log of the variances of the samples, each given those before it: the log determinant of their covariance. */
  readonly logDeterminant: number;
  /** To the next point; 0 from the last. */
  readonly #steps: Float64Array<ArrayBuffer>;
  /** Of each sample given those before it. */
  readonly #variances: Float64Array<ArrayBuffer>;
  /** What a surprise in a sample adds to the state. */
  readonly #gains: Float64Array<ArrayBuffer>;
  /** Covariance of z′ with the state, given the samples up to this one. */
  readonly #slopeRows: Float64Array<ArrayBuffer>;

  /** @param u sorted points (T) */
  constructor(u: Float64Array<ArrayBuffer>, q: number) {
    this.#steps = u.map((at, t) => (t + 1 < u.length ? u[t + 1] - at : 0));
    this.#variances = new Float64Array(u.length);
    this.#gains = new Float64Array(3 * u.length);
    this.#slopeRows = new Float64Array(3 * u.length);
    let p00 = 0;
    let p01 = 0;
    let p02 = 0;
    let p11 = 0;
    let p12 = 0;
    let p22 = 0;
    for (let t = 0; t < u.length; t++) {
      const h = this.#steps[t];
      const variance = p00 + 1;
      const gain0 = p00 / variance;
      const gain1 = p01 / variance;
      const gain2 = p02 / variance;
      this.#variances[t] = variance;
      write(this.#gains, t, gain0, gain1, gain2);
      // Given this sample. The first row is the gain: a difference would cancel.
      p11 -= gain1 * p01;
      p12 -= gain1 * p02;
      p22 -= gain2 * p02;
      p00 = gain0;
      p01 = gain1;
      p02 = gain2;
      write(this.#slopeRows, t, p01, p11, p12);
      // At the next point: Φ P Φᵀ + Q with Φ = [1 h h²/2; 0 1 h; 0 0 1]. First Φ P.
      const half = h ** 2 / 2;
      const a0 = p00 + h * p01 + half * p02;
      const a1 = p01 + h * p11 + half * p12;
      const a2 = p02 + h * p12 + half * p22;
      const b1 = p11 + h * p12;
      const b2 = p12 + h * p22;
      p00 = a0 + h * a1 + half * a2 + (q * h ** 5) / 20;
      p01 = a1 + h * a2 + (q * h ** 4) / 8;
      p02 = a2 + (q * h ** 3) / 6;
      p11 = b1 + h * b2 + (q * h ** 3) / 3;
      p12 = b2 + (q * h ** 2) / 2;
      p22 += q * h;
    }
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
    const gains = this.#gains;
    const rows = this.#slopeRows;
    let r0 = 0;
    let r1 = 0;
    let r2 = 0;
    for (let t = slopes.length - 1; t >= 0; t--) {
      const h = this.#steps[t];
      const at = 3 * t;
      // What the samples behind say of this point: Φᵀ r. Then this sample's own part of r.
      r2 = r2 + h * r1 + (h ** 2 / 2) * r0;
      r1 += h * r0;
      slopes[t] += rows[at] * r0 + rows[at + 1] * r1 + rows[at + 2] * r2;
      r0 += surprises[t] / this.#variances[t] - (gains[at] * r0 + gains[at + 1] * r1 + gains[at + 2] * r2);
    }
    return slopes;
  }

  /** The part of each value (T) that those before it do not foretell, and z′ (T) given the values up to it. */
  #follow(values: ArrayLike<number>): Record<"surprises" | "slopes", Float64Array<ArrayBuffer>> {
    const surprises = new Float64Array(values.length);
    const slopes = new Float64Array(values.length);
    const gains = this.#gains;
    let z0 = 0;
    let z1 = 0;
    let z2 = 0;
    for (let t = 0; t < values.length; t++) {
      const h = this.#steps[t];
      const surprise = values[t] - z0;
      const s0 = z0 + gains[3 * t] * surprise;
      const s1 = z1 + gains[3 * t + 1] * surprise;
      const s2 = z2 + gains[3 * t + 2] * surprise;
      surprises[t] = surprise;
      slopes[t] = s1;
      z0 = s0 + h * s1 + (h ** 2 / 2) * s2;
      z1 = s1 + h * s2;
      z2 = s2;
    }
    return { surprises, slopes };
  }
}

/** Sets the three elements of point t. */
function write(list: Float64Array, t: number, first: number, second: number, third: number): void {
  list[3 * t] = first;
  list[3 * t + 1] = second;
  list[3 * t + 2] = third;
}
