import { describe, expect, it } from "vitest";
import { faultOf, finePoints } from "../../src/app/panels/your-function/curve";
import { excerptOf } from "../../src/app/panels/your-function/excerpt";
import { readExpression } from "../../src/calculus";

describe("a curve that no network can be asked about", () => {
  it.each([
    ["1/0", "f is not a finite real number at x = −1:"],
    ["0/0", "f is not a finite real number at x = −1:"],
    ["x/x", "f is not a finite real number at x = 0:"],
    ["1/x", "f is not a finite real number at x = 0:"],
    ["log(x)", "f is not a finite real number at x = −1:"],
    ["sqrt(x)", "f is not a finite real number at x = −1:"],
    ["x^0.5", "f is not a finite real number at x = −1:"],
    ["asin(x)", "f′ is not a finite real number at x = −1:"],
    ["sqrt(x^2)", "f′ is not a finite real number at x = 0:"],
    ["9^9^9", "f is not a finite real number at x = −1:"],
    ["tan(pi*x)", "f is −1.63e16 at x = −0.5: at most a million"],
    ["10^7*x", "f is −1e7 at x = −1: at most a million"],
  ])("%s: %s", (text, message) => {
    expect(faultOf(readExpression(text).curve, finePoints)).toContain(message);
  });

  it("is examined where it is sampled, too", () => {
    const { curve } = readExpression("1/(x-0.123)");
    expect(faultOf(curve, finePoints)).toBeUndefined();
    expect(faultOf(curve, [0.123])).toContain("at x = 0.123");
  });
});

describe("the excerpt of a text", () => {
  it("shows the place with a little around it", () => {
    expect(excerptOf("2 + foo(x)", { from: 4, to: 7 })).toEqual({
      before: "2 + ",
      marked: "foo",
      after: "(x)",
    });
    expect(excerptOf("sin(", { from: 4, to: 4 })).toEqual({ before: "sin(", marked: "", after: "" });
  });

  it("stays short", () => {
    const { before, marked, after } = excerptOf("x".repeat(10_000), { from: 200, to: 10_000 });
    expect([before.length, marked.length, after.length]).toEqual([25, 25, 0]);
  });
});
