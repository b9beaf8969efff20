/** Figures with as many digits as say something. */
import { describe, expect, it } from "vitest";
import { plusMinus, spreadOf } from "../../src/calculus";

describe("mean and spread in words", () => {
  const of = (mean: number, deviation: number): string =>
    plusMinus({ runs: 5, mean, deviation, least: mean, most: mean });

  it("have three digits of the mean at least where the spread leaves as many", () => {
    expect(of(0.47, 0.0058)).toBe("0.470 ± 0.006");
    expect(of(1.648, 0.0143)).toBe("1.648 ± 0.014");
    expect(of(0.01352, 0.00031)).toBe("0.0135 ± 0.0003");
  });

  it("have no more than two digits of the spread", () => {
    expect(of(10.12, 3.27)).toBe("10.1 ± 3.3");
    expect(of(401.6, 173)).toBe("402 ± 173");
    expect(of(0.1234, 0.0987)).toBe("0.123 ± 0.099");
  });

  it("say so where the spread is below what is printed", () => {
    expect(of(0.0010013, 0.0000018)).toBe("0.00100 ± <0.00001");
    expect(of(0.5, 0)).toBe("0.500 ± 0.000");
    expect(of(0, 0)).toBe("0.0 ± 0.0");
    expect(of(3.9e-8, 8.4e-10)).toBe("3.9e-8 ± 8.4e-10");
  });

  it("are one figure of one run", () => {
    expect(plusMinus(spreadOf([0.4664]))).toBe("0.466");
  });
});
