import { describe, expect, it } from "vitest";
import {
  readCurvesCsv,
  readMetricsCsv,
  readPredictionsCsv,
  writeCurvePredictionsCsv,
  writeMetricsCsv,
  writePredictionsCsv,
} from "../../src/formats/csv";
import { FormatError } from "../../src/formats/error";

describe("curves", () => {
  it("are read from columns in any order, further columns ignored", () => {
    const text = '\uFEFFf, note ,x,curve\r\n1,"a,\r\nb",-0.5,7\r\n\r\n2,,.5,7\r\n3,,1e-1,2\r\n4,,+2.,2\r\n';
    expect(readCurvesCsv(text, "in.csv")).toEqual([
      { id: 7, x: [-0.5, 0.5], f: [1, 2] },
      { id: 2, x: [0.1, 2], f: [3, 4] },
    ]);
  });

  it("may be interleaved", () => {
    expect(readCurvesCsv("curve,x,f\n1,0,5\n2,0,6\n1,1,7\n2,1,8", "in.csv")).toEqual([
      { id: 1, x: [0, 1], f: [5, 7] },
      { id: 2, x: [0, 1], f: [6, 8] },
    ]);
  });

  it.each([
    ["an empty file", "", /line 1: must name the columns curve,x,f/],
    ["a blank file", "\n\n", /line 1: must name the columns curve,x,f/],
    ["only a heading", "curve,x,f\n", /line 2: must hold the first point/],
    ["a missing column", "curve,x\n1,2\n", /line 1: .* f is missing, found "curve", "x"/],
    ["no heading", "1,0.5,2\n", /line 1: .* curve is missing, found "1", "0.5", "2"/],
    ["a column twice", "curve,x,f,x\n1,2,3,4\n", /line 1: names the column x twice/],
    ["semicolons", "curve;x;f\n1;2;3\n", /line 1: .* curve is missing/],
    ["text for x", "curve,x,f\n1,0,0\n1,abc,0\n", /line 3, column x: must be a finite number .* is "abc"/],
    ["text for f", "curve,x,f\n1,0,1 m\n", /line 2, column f: must be a finite number/],
    ["text for curve", "curve,x,f\nfirst,0,0\n", /line 2, column curve: must be a whole number, is "first"/],
    ["a fraction for curve", "curve,x,f\n1.5,0,0\n", /line 2, column curve: must be a whole number/],
    ["an empty cell", "curve,x,f\n1,,0\n", /line 2, column x: must be a finite number .* is ""/],
    ["a row too short", "curve,x,f\n1,0\n", /line 2, column f: is missing/],
    ["NaN", "curve,x,f\n1,0,NaN\n", /line 2, column f/],
    ["infinity", "curve,x,f\n1,inf,0\n", /line 2, column x/],
    ["beyond float32", "curve,x,f\n1,0,1e39\n", /line 2, column f: .*float32/],
    ["hexadecimal", "curve,x,f\n1,0x10,0\n", /line 2, column x/],
    ["a cell after a quoted line break", 'curve,x,f,n\n1,0,0,"a\nb"\n1,z,0,\n', /line 4, column x/],
    ["an open quotation mark", 'curve,x,f\n1,0,"0\n', /quotation mark/],
    [
      "curves of unequal length",
      "curve,x,f\n1,0,0\n1,1,0\n2,0,0\n",
      /curve 2: must have as many points as curve 1 \(2\), has 1/,
    ],
  ])("are refused: %s", (_, text, message) => {
    const read = () => readCurvesCsv(text, "in.csv");
    expect(read).toThrow(FormatError);
    expect(read).toThrow(message);
    expect(read).toThrow(/^in\.csv: [^\n]*$/);
  });
});

describe("written files", () => {
  it("repeat the curves beside the predictions", () => {
    const curves = [
      { id: 4, x: [0.1, 0.2], f: [1, 2] },
      { id: 5, x: [3, 4], f: [5, 6] },
    ];
    expect(writeCurvePredictionsCsv(curves, new Float32Array([0.1, -1, 0, 1e-20]))).toBe(
      "curve,x,f,prediction\n4,0.1,1,0.100000001\n4,0.2,2,-1\n5,3,5,0\n5,4,6,9.99999968e-21\n",
    );
  });

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
    const text = writeCurvePredictionsCsv([{ id: 1, x: [0], f: [0] }], new Float32Array([value]));
    expect(Math.fround(Number(text.split("\n")[1].split(",")[3]))).toBe(Math.fround(value));
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
