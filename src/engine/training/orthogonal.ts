/**
 * The orthonormal columns Q of the decomposition matrix = Q·R with a positive diagonal of R, which makes it unique.
 * Modified Gram–Schmidt in float64; each column is projected twice, because once leaves errors as large as the matrix
 * is ill-conditioned.
 * @param matrix (rows, columns) in row-major order, rows ≥ columns, of full rank
 * @returns (rows, columns) in row-major order
 */
export function orthonormalColumns(matrix: Float64Array, rows: number, columns: number): Float64Array {
  const result = new Float64Array(rows * columns);
  const done: Float64Array[] = [];
  for (let j = 0; j < columns; j++) {
    const column = Float64Array.from({ length: rows }, (_, i) => matrix[i * columns + j]);
    for (let pass = 0; pass < 2; pass++) {
      for (const other of done) {
        const share = dot(column, other);
        for (let i = 0; i < rows; i++) column[i] -= share * other[i];
      }
    }
    const norm = Math.sqrt(dot(column, column));
    for (let i = 0; i < rows; i++) {
      column[i] /= norm;
      result[i * columns + j] = column[i];
    }
    done.push(column);
  }
  return result;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}
