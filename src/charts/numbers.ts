/** Numbers as charts write them, the same in every locale. */

/** Four significant digits and a true minus sign: "0.4662", "−3", "1.2e−5". Whole numbers below 10⁷ keep all theirs. */
export function formatNumber(value: number, digits = 4): string {
  if (Number.isNaN(value)) return "NaN";
  const size = Math.abs(value);
  const text = size === Number.POSITIVE_INFINITY ? "∞" : formatSize(size, digits);
  return value < 0 && text !== "0" ? `−${text}` : text;
}

function formatSize(size: number, digits: number): string {
  if (size < 1e7 && Number.isInteger(size)) return String(size);
  if (size >= 1e-4 && size < 1e7) return String(Number(size.toPrecision(digits)));
  const [mantissa, exponent] = size.toExponential(digits - 1).split("e");
  return `${Number(mantissa)}e${exponent.replace("+", "").replace("-", "−")}`;
}

/** Multiples of π where they are so, such as "−π" and "2π"; other numbers as they are. */
export function formatWithPi(value: number): string {
  const multiple = value / Math.PI;
  const rounded = Math.round(multiple);
  if (rounded === 0 || Math.abs(multiple - rounded) > 1e-9) return formatNumber(value);
  const size = Math.abs(rounded) === 1 ? "π" : `${Math.abs(rounded)}π`;
  return rounded < 0 ? `−${size}` : size;
}
