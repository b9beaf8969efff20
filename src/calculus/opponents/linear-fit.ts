/** What is left of a column after those before it, relative to itself, below which the points do not determine it. */
const dependent = 1e-10;

export interface LinearFit {
  /** Of the columns that the points determine. */
  readonly coefficients: readonly number[];
  /** What is left of each of these columns after those before it: the diagonal of R. */
  readonly lengths: readonly number[];
  /** Sum of the squared residuals. */
  readonly squares: number;
}

/**
 * The coefficients cₖ that make Σₖ cₖ columnₖ nearest to f, up to the first column that depends on those before it:
 * it and the rest are left out. QR by modified Gram–Schmidt, with f as its last column (Björck 1967).
 */
export function fitColumns(columns: readonly ArrayLike<number>[], f: ArrayLike<number>): LinearFit {
  const basis: Float64Array[] = [];
  /** Column k of R: products of the basis with column k of the matrix. */
  const products: number[][] = [];
  const fitted: number[] = [];
  const rest = copied(f);
  for (const column of columns) {
    const vector = copied(column);
    const size = Math.sqrt(dot(vector, vector));
    const product = basis.map((direction) => takeOut(direction, vector));
    const length = Math.sqrt(dot(vector, vector));
    if (length <= dependent * size) break;
    products.push([...product, length]);
    for (let i = 0; i < vector.length; i++) vector[i] /= length;
    basis.push(vector);
    fitted.push(takeOut(vector, rest));
  }
  const coefficients = new Array<number>(basis.length);
  for (let k = basis.length - 1; k >= 0; k--) {
    let value = fitted[k];
    for (let j = k + 1; j < basis.length; j++) value -= products[j][k] * coefficients[j];
    coefficients[k] = value / products[k][k];
  }
  return { coefficients, lengths: products.map((product, k) => product[k]), squares: dot(rest, rest) };
}

function copied(values: ArrayLike<number>): Float64Array {
  const copy = new Float64Array(values.length);
  copy.set(values);
  return copy;
}

/** Takes the part along a unit vector out of `vector` and returns its length. */
function takeOut(direction: Float64Array, vector: Float64Array): number {
  const length = dot(direction, vector);
  for (let i = 0; i < vector.length; i++) vector[i] -= length * direction[i];
  return length;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}
