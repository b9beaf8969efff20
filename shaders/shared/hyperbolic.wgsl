// The hyperbolic tangent to the last bits: drivers' own overflow for large arguments, or cancel for small ones.

/// 1 − 2 / (exp(2|x|) + 1) with the sign of x; it cancels near 0, where a polynomial serves (Cephes tanhf, S. Moshier).
fn hyperbolicTangent(x: f32) -> f32 {
  let size = min(abs(x), 15);
  let square = x * x;
  let small = ((((-5.70498872745e-3 * square + 2.06390887954e-2) * square - 5.37397155531e-2) * square
    + 1.33314422036e-1) * square - 3.33332819422e-1) * square * x + x;
  return select(sign(x) * (1 - 2 / (exp(2 * size) + 1)), small, size < 0.625);
}
