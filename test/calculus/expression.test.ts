import { describe, expect, it } from "vitest";
import { readExpression } from "../../src/calculus/expression/expression";
import { ExpressionError } from "../../src/calculus/expression/scan";
import { forRows } from "../rows";

function refusalOf(text: string): ExpressionError {
  try {
    readExpression(text);
  } catch (error) {
    if (error instanceof ExpressionError) return error;
    throw error;
  }
  throw new Error(`“${text}” was taken`);
}

describe("an expression", () => {
  const points = Array.from({ length: 39 }, (_, i) => -0.95 + i * 0.05 + 0.003);

  const differentiated = [
    "x",
    "7",
    "-x",
    "+x",
    "--x",
    "pi*x",
    "π x",
    "2x",
    "3 sin(2x)",
    "1/2x",
    "x^5",
    "x^2/2",
    "6x^2/3",
    "-2^2*x",
    "x − 1",
    "2·x×3÷4",
    "x^-2 * x^4",
    "exp(x)",
    "e^x",
    "e^(-x^2)",
    "2^x",
    "0^(x+2)",
    "1^x",
    "(x+2)^x",
    "(x^2)^3",
    "x*sin(pi*x)",
    "sin(pi*x^2)",
    "sin(2*pi*x)",
    "tanh(3x)",
    "tan(x)",
    "asin(x/2)+acos(x/3)*atan(x)",
    "sinh(x)/cosh(x)",
    "log(x+2)-log10(3-x)",
    "sqrt(x+2)",
    "abs(x)",
    "x*abs(x-0.02)",
    "abs(sin(7x))",
    "(x+1)/(x-2)",
    "1/(1+25x^2)",
    "3-(x-(2-x))",
    "x*(1-x)*(2-x)*(3-x)/(5+x)",
    "sin(cos(sin(cos(x))))",
    "x*(x*(x*(x*(x*(x+1)+1)+1)+1)+1)",
    "3πx cos x",
    "x²sin 2πx",
    "exp(-x^4096)",
  ] as const;
  it("has the derivative that central differences show", () => {
    forRows(differentiated, (text) => {
      const { f, derivative } = readExpression(text).curve;
      const h = 1e-5;
      for (const x of points) {
        const shown = (f(x + h) - f(x - h)) / (2 * h);
        expect(Math.abs(derivative(x) - shown), `at ${x}`).toBeLessThan(1e-6 * (1 + Math.abs(shown)));
      }
    });
  });

  const atOneHalf = [
    ["-2^2", -4],
    ["2^3^2", 512],
    ["2^-1", 0.5],
    ["1/2x", 0.25],
    ["8/4/2", 1],
    ["8-4-2", 2],
    ["2(3+x)", 7],
    ["(1+x)(1-x)", 0.75],
    [".5e1x", 2.5],
    ["log(e)", 1],
    ["log10(100)", 2],
    ["-x^2", -0.25],
  ] as const;
  it("has its value at one half", () => {
    forRows(atOneHalf, ([text, value]) => {
      expect(readExpression(text).curve.f(0.5)).toBeCloseTo(value, 12);
    });
  });

  const shown = [
    ["x^5", "x ^ 5", "5 * x ^ 4"],
    ["x^2/2", "x ^ 2 / 2", "x"],
    ["(x^2)^3", "(x ^ 2) ^ 3", "6 * x * (x ^ 2) ^ 2"],
    ["exp(x)", "exp(x)", "exp(x)"],
    ["tanh(3x)", "tanh(3 * x)", "3 * sech(3 * x) ^ 2"],
    ["cos(x)", "cos(x)", "-sin(x)"],
    ["abs(x)", "abs(x)", "sign(x)"],
    ["e^-x", "e ^ (-x)", "-e ^ (-x)"],
    ["x-(x-1)", "x - (x - 1)", "0"],
  ] as const;
  it("is shown, and so is its derivative", () => {
    forRows(shown, ([text, written, writtenDerivative]) => {
      expect(readExpression(text)).toMatchObject({ written, writtenDerivative });
    });
  });

  it("leaves out what people leave out", () => {
    for (const [text, written] of [
      ["sin(2πx)", "sin(2 * π * x)"],
      ["2πx", "2 * π * x"],
      ["πx²", "π * x ^ 2"],
      ["x³ - x⁻¹²", "x ^ 3 - x ^ (-12)"],
      ["(x+1)²", "(x + 1) ^ 2"],
      ["3πx cos x", "3 * π * x * cos(x)"],
      ["x sin x", "x * sin(x)"],
      ["xexp(x)", "x * exp(x)"],
      ["sin(x)cos(x)", "sin(x) * cos(x)"],
      ["sin x cos x", "sin(x) * cos(x)"],
      ["sin 2πx² + 1", "sin(2 * π * x ^ 2) + 1"],
      ["e^sin x", "e ^ sin(x)"],
      ["log10 x", "log10(x)"],
      ["x(1-x)", "x * (1 - x)"],
      ["2^x(1-x)", "2 ^ x * (1 - x)"],
      ["π(x+1)", "π * (x + 1)"],
      ["2ex", "2 * e * x"],
      ["pix", "pi * x"],
      // As the parser has it: a fraction of numbers comes first, else the product.
      ["1/2x", "1 / 2 * x"],
      ["1/πx", "1 / (π * x)"],
    ])
      expect(readExpression(text).written).toBe(written);
  });

  it("has a value where its parts are beyond float64 and the whole is not", () => {
    for (const [text, x, value, slope] of [
      ["exp(-x^4096)", 2, 0, 0],
      ["exp(-x^4096) + x", 2, 2, 1],
      ["exp(-x^4096) + x", -2, -2, 1],
      ["exp(x)*exp(-x)", 1000, 1, 0],
      ["x^4096/x^4095", 2, 2, 1],
      ["sqrt(x^4096)/x^2047", -2, -2, 1],
      ["log(exp(x))", 1000, 1000, 1],
      ["sinh(x)/cosh(x)", -1000, -1, 0],
      ["1/cosh(x)", 1000, 0, 0],
      ["(exp(x)-2exp(x))/exp(x)", 1000, -1, 0],
    ] as const) {
      const { f, derivative } = readExpression(text).curve;
      expect(f(x), text).toBeCloseTo(value, 6);
      expect(derivative(x), text).toBeCloseTo(slope, 6);
    }
  });

  it("has none where it is not real or has a kink", () => {
    for (const [text, x] of [
      ["sin(x)/x", 0],
      ["sqrt(x^2)", 0],
      ["abs(x)^0.5", 0],
      ["x^x", -1],
      ["(-1)^x", 0],
    ] as const)
      expect(readExpression(text).curve.derivative(x), text).toBeNaN();
    expect(readExpression("1/x").curve.f(0)).toBe(Number.POSITIVE_INFINITY);
    expect(readExpression("(-2)^x").curve.f(0.5)).toBeNaN();
  });

  it("reads what it shows as what it was", () => {
    for (const text of ["-2^2*x", "1/2x", "8/(4/x)", "3-(x-(2-x))", "(x+1)^(2x)", "(-x)^3", "2^-x"]) {
      const { curve, written, writtenDerivative } = readExpression(text);
      for (const x of points) {
        expect(readExpression(written).curve.f(x)).toEqual(curve.f(x));
        expect(readExpression(writtenDerivative).curve.f(x)).toBeCloseTo(curve.derivative(x), 9);
      }
    }
  });

  it("has the derivative 0 at the kink of abs", () => {
    expect(readExpression("abs(x)").curve.derivative(0)).toBe(0);
  });
});

describe("what is refused, and where", () => {
  const misspelt = [
    ["", 0, 0, "is expected"],
    ["   ", 0, 0, "is expected"],
    ["sin(", 4, 4, "ends too early"],
    ["((((", 4, 4, "ends too early"],
    ["x+", 2, 2, "ends too early"],
    ["sin(x", 5, 5, ") is expected"],
    ["sin(x))", 6, 7, "closes nothing"],
    ["sin()", 4, 5, "is expected before"],
    ["()", 1, 2, "is expected before"],
    ["x*/2", 2, 3, "is expected here"],
    ["x^^2", 2, 3, "is expected here"],
    ["3 4", 2, 2, "an operator"],
    ["2..5", 2, 2, "an operator"],
    ["sin", 0, 3, "sin(…)"],
    ["sin 2*x", 0, 3, "sin(…)"],
    ["sin x/2", 0, 3, "sin(…)"],
    ["sin x(2)", 0, 3, "sin(…)"],
    ["sin -x", 0, 3, "sin(…)"],
    ["1 + sin sin x", 4, 7, "sin(…)"],
    ["sin²x", 0, 3, "sin(…)^2"],
    ["sin^2(x)", 0, 3, "sin(…)^2"],
    ["2x sine(x)", 3, 7, "not known"],
    ["sinhx", 0, 5, "sinh(…)"],
    ["²", 0, 1, "is expected here"],
    ["sin x + )", 8, 9, "closes nothing"],
    ["sin x + cos x +", 15, 15, "ends too early"],
    ["πx² + 3 4", 8, 8, "an operator"],
    ["2 + foo(x)", 4, 7, "not known"],
    ["y", 0, 1, "not known"],
    ["ln x", 0, 2, "not known here: it is written log"],
    ["2 arctan(x)", 2, 8, "it is written atan"],
    ["Sin(x)", 0, 3, "it is written sin"],
    ["2πy", 1, 3, "not known"],
    ["x^1e9", 2, 5, "at most 1000000"],
    ["1e999", 0, 5, "at most 1000000"],
    ["sin(x, 2)", 5, 6, "one value"],
  ] as const;
  it("what is no expression", () => {
    forRows(misspelt, ([text, from, to, message]) => {
      const refusal = refusalOf(text);
      expect(refusal).toMatchObject({ from, to });
      expect(refusal.message).toContain(message);
    });
  });

  // What could run, reach into objects or build other kinds of value in mathjs or in JavaScript.
  const reaching = [
    ['import("x")', 7],
    ["import(x)", 0],
    ["createUnit(x)", 0],
    ['createUnit("a")', 11],
    ["evaluate(x)", 0],
    ["parse(x)", 0],
    ["simplify(x)", 0],
    ["derivative(x)", 0],
    ['eval("1")', 5],
    ["Function(x)", 0],
    ["constructor", 0],
    ["constructor(x)", 0],
    ["toString(x)", 0],
    ["hasOwnProperty(x)", 0],
    ["x.constructor", 1],
    ["sin.constructor(x)", 3],
    ["__proto__", 0],
    ["f(x)=1", 4],
    ["x=1", 1],
    ["a=1", 1],
    ['"a"', 0],
    ["'a'", 0],
    ["`a`", 0],
    ["[1,2]", 0],
    ["x[1]", 1],
    ["{a:1}", 0],
    ["1:3", 1],
    ["x;2", 1],
    ["x#2", 1],
    ["unit", 0],
    ["5 cm", 2],
    ["x to cm", 2],
    ["x and x", 2],
    ["true", 0],
    ["NaN", 0],
    ["Infinity", 0],
    ["i", 0],
    ["2i", 1],
    ["0x1F", 1],
    ["x!", 1],
    ["x'", 1],
    ["x%2", 1],
    ["x ? 1 : 2", 2],
    ["x < 1", 2],
    ["x=>x", 1],
    ["$x", 0],
    ["_x", 0],
    ["x\\2", 1],
    ["x¼", 1],
    ["ｘ", 0],
    ["х", 0],
    ["x\u202e2", 1],
    ["x\u0000", 1],
    ["😀", 0],
    ["floor(x)", 0],
    ["sign(x)", 0],
    ["sech(x)", 0],
    ["random(x)", 0],
  ] as const;
  it("what could reach further", () => {
    forRows(reaching, ([text, from]) => {
      expect(refusalOf(text).from).toBe(from);
    });
  });

  it("a whole character, though it is of two units", () => {
    expect(refusalOf("x+😀")).toMatchObject({ from: 2, to: 4 });
  });

  it("no text that was typed reaches a property of an object", () => {
    for (const name of Object.getOwnPropertyNames(Object.prototype))
      for (const text of [name, `${name}(x)`]) expect(() => readExpression(text)).toThrow(ExpressionError);
  });
});

describe("a text that would take its time", () => {
  const worst = [
    "x".repeat(10_000),
    "(".repeat(10_000),
    "sin(".repeat(2500),
    "\u202e".repeat(10_000),
    "(".repeat(200),
    "(".repeat(20),
    `${"x*".repeat(49)}x`,
    `${"x^".repeat(49)}x`,
    `${"x/".repeat(49)}x`,
    `${"x*".repeat(99)}x`,
    `${"9^".repeat(40)}9`,
    `${"(x+1)^".repeat(24)}x`,
    `${"-".repeat(99)}x`,
    `${"sin(".repeat(20)}x${")".repeat(20)}`,
    `${"x*(x+".repeat(20)}x${")".repeat(20)}`,
    `${"sin(x)*".repeat(24)}x`,
    `${"x^x*".repeat(24)}x`,
    `${"abs(x*".repeat(20)}x${")".repeat(20)}`,
    `${"π".repeat(99)}x`,
    `${"sin x".repeat(24)}x`,
    `${"x²".repeat(49)}x`,
    `exp(${"cosh(1000x)*".repeat(8)}x)`,
  ];

  // As many as the page draws and examines.
  const finePoints = Array.from({ length: 401 }, (_, i) => (i - 200) / 200);

  it("is answered or refused, whatever is typed", () => {
    const answer = (text: string) => {
      try {
        const { f, derivative } = readExpression(text).curve;
        return finePoints.map((x) => f(x) + derivative(x));
      } catch (error) {
        if (error instanceof ExpressionError) return error.message;
        throw error;
      }
    };
    forRows(worst, (text) => void answer(text));
  });

  it("says what is too long, with the place", () => {
    expect(refusalOf("x".repeat(10_000))).toMatchObject({ from: 200, to: 10_000 });
    expect(refusalOf("(".repeat(150))).toMatchObject({ from: 20, to: 21 });
    expect(refusalOf(`${"x*".repeat(99)}x`).message).toContain("at most 100");
    expect(refusalOf(`${"sin(x)*".repeat(24)}x`).message).toContain("derivative is too long");
  });
});
