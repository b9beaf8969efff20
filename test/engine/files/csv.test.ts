import { describe, expect, it } from "vitest";
import {
  readMetricsCsv,
  readPredictionsCsv,
  writeMetricsCsv,
  writePredictionsCsv,
} from "../../../src/calculus/csv";
import { FormatError } from "../../../src/engine/files/error";

describe("written files", () => {
  it("hold empty validation cells where nothing was validated", () => {
    const row = { iteration: 1, epoch: 1, seconds: 0.25, learnRate: 0.01, loss: 3, rmse: 2, gradientNorm: 5 };
    expect(writeMetricsCsv([row, { ...row, iteration: 2, validation: { loss: 1, rmse: 0.5 } }])).toBe(
      "iteration,epoch,seconds,learnRate,trainLoss,trainRmse,validationLoss,validationRmse,gradientNorm\n" +
        "1,1,0.25,0.01,3,2,,,5\n2,1,0.25,0.01,3,2,1,0.5,5\n",
    );
  });

  it("name the function of a prediction", () => {
    const row = { function: "x^2", curve: 3, x: 0.5, target: 1, clean: 1, prediction: 0.75 };
    expect(writePredictionsCsv([row])).toBe("function,curve,x,target,clean,prediction\nx^2,3,0.5,1,1,0.75\n");
  });

  it("bring every float32 back exactly", () => {
    const value = Math.fround(0.1) + 2 ** -27;
    const row = { function: "x", curve: 1, x: 0, target: 0, clean: 0, prediction: value };
    expect(Math.fround(readPredictionsCsv(writePredictionsCsv([row]), "p.csv")[0].prediction)).toBe(
      Math.fround(value),
    );
  });

  it("are read back as they were", () => {
    const row = { iteration: 1, epoch: 1, seconds: 0.25, learnRate: 0.01, loss: 3, rmse: 2, gradientNorm: 5 };
    const metrics = [row, { ...row, iteration: 2, validation: { loss: 1, rmse: 0.5 } }];
    expect(readMetricsCsv(writeMetricsCsv(metrics), "m.csv")).toEqual(metrics);
    const points = [
      { function: "sin(pi x)", curve: 3, x: -0.5, target: 1e-9, clean: 1, prediction: 0.75 },
      { function: "x", curve: 4, x: 0.5, target: 1, clean: 1, prediction: 2 },
    ];
    expect(readPredictionsCsv(writePredictionsCsv(points), "p.csv")).toEqual(points);
  });

  it.for([
    ["another head", "a,b\n1,2\n", /line 1: must name the columns iteration,epoch/],
    ["a cell too few", `${writeMetricsCsv([])}1,2\n`, /line 2: must hold 9 cells/],
    ["a word", `${writeMetricsCsv([])}1,1,one,1,1,1,,,1\n`, /line 2: must hold 9 cells, numbers or empty/],
  ] as const)("are refused with %s", ([, text, message]) => {
    expect(() => readMetricsCsv(text, "m.csv")).toThrow(FormatError);
    expect(() => readMetricsCsv(text, "m.csv")).toThrow(message);
  });
});
