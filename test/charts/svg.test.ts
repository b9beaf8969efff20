import { describe, expect, it } from "vitest";
import type { ChartColors, ChartData, ChartSpec } from "../../src/charts/spec";
import { chartToSvg, picturesToSvg } from "../../src/charts/svg";

const colors: ChartColors = { of: (token) => `red /* ${token} */`, text: "black", ground: "white" };
const size = { width: 600, height: 300 };

const spec: ChartSpec = {
  title: `a < b & "c"`,
  x: { label: "iteration" },
  y: { label: "RMSE" },
  series: [
    { label: "line", color: "--fx-train" },
    { label: "dots", color: "--fx-validation", width: 0, marker: "circle" },
    { label: "sparse", color: "--fx-validation", sparse: true },
  ],
  references: [{ label: "floor <1>", value: 0.5, color: "--fx-zero" }],
  bands: [[1.5, 2.5]],
};
const data: ChartData = [
  [1, 2, 3, 4, 5, 6],
  [1, 2, null, 4, Number.NaN, 6],
  [1, null, 3, null, Number.POSITIVE_INFINITY, null],
  [1, null, 3, null, null, 6],
];

/** Throws unless every element is closed in its order and every attribute is quoted. */
function requireWellFormed(document: string): void {
  const stack: string[] = [];
  const rest = document.replace(
    /<(\/?)([a-zA-Z]+)((?: [\w:-]+="[^"<]*")*) ?(\/?)>/g,
    (_, closes, name, __, empty) => {
      if (closes) expect(stack.pop()).toBe(name);
      else if (!empty) stack.push(name);
      return "";
    },
  );
  expect(stack).toEqual([]);
  expect(rest).not.toMatch(/[<>]/);
  expect(rest).not.toMatch(/&(?!(amp|lt|gt|quot);)/);
}

const count = (document: string, pattern: RegExp): number => document.match(pattern)?.length ?? 0;
const lines = (document: string): string[] =>
  [...document.matchAll(/class="line" d="([^"]*)"/g)].map(([, path]) => path);

describe("chartToSvg", () => {
  const document = chartToSvg(spec, data, size, colors);

  it("is well-formed, with title, labels and legend escaped", () => {
    requireWellFormed(document);
    expect(document).toContain("a &lt; b &amp; &quot;c&quot;");
    expect(document).toContain("floor &lt;1&gt; 0.5");
    expect(document).toContain(">iteration</text>");
    expect(document).toContain(">RMSE</text>");
    expect(count(document, /class="legend"/g)).toBe(4);
  });

  it("has room for the label at the end of the x axis", () => {
    const iterations = [0, 500_000, 1_000_000];
    const end = chartToSvg({ ...spec, series: [spec.series[0]] }, [iterations, [1, 2, 3]], size, colors);
    const [, x] = /<text x="([\d.]+)"[^>]*>1000000</.exec(end) ?? [];
    // Digits of 12 pixels are up to 8 wide, and a label stands about its tick.
    expect(Number(x) + (7 * 8) / 2).toBeLessThanOrEqual(size.width);
  });

  it("leaves out characters that XML forbids", () => {
    const odd = chartToSvg({ ...spec, title: "a\u0000b\u0007\ud800c" }, data, size, colors);
    expect(odd).toContain(">abc</text>");
  });

  it("draws every point and breaks lines at gaps, sparse ones aside", () => {
    const [line, sparse] = lines(document);
    expect([count(line, /M/g), count(line, /L/g)]).toEqual([3, 1]);
    expect([count(sparse, /M/g), count(sparse, /L/g)]).toEqual([1, 2]);
    const [, circles] = /class="marker" d="([^"]*)"/.exec(document) ?? [];
    expect(count(circles, /M/g)).toBe(2);
    expect(document).not.toMatch(/NaN|Infinity/);
  });

  it("draws axes, bands and references", () => {
    expect(document).toMatch(/class="axes"/);
    expect(count(document, /class="band"/g)).toBe(1);
    expect(count(document, /class="reference"/g)).toBe(1);
    for (const tick of [1, 2, 3, 4, 5, 6]) expect(document).toContain(`>${tick}</text>`);
  });

  it("draws as many segments as a long series has", () => {
    const xs = Array.from({ length: 10_000 }, (_, i) => i);
    const long = chartToSvg({ ...spec, series: [spec.series[0]] }, [xs, xs.map(Math.sin)], size, colors);
    expect(count(lines(long)[0], /L/g)).toBe(9_999);
  });

  it("leaves out on a logarithmic axis what has no logarithm", () => {
    const log = chartToSvg(
      { ...spec, y: { ...spec.y, log: true }, series: [spec.series[0]] },
      [
        [1, 2, 3, 4],
        [1, 0, -1, 100],
      ],
      size,
      colors,
    );
    expect(count(lines(log)[0], /M/g)).toBe(2);
    expect(log).toContain(">100</text>");
    requireWellFormed(log);
  });

  it("draws bars from zero", () => {
    const bars = chartToSvg(
      { ...spec, series: [{ label: "weights", color: "--fx-cnn", bars: true }] },
      [
        [1, 2, 3],
        [5, null, 7],
      ],
      size,
      colors,
    );
    expect(count(bars, /class="bar"/g)).toBe(2);
  });

  it("draws axes where there is no data at all", () => {
    for (const empty of [[[]], [[], [], [], []], [[1], [null], [null], [null]]] as const) {
      const nothing = chartToSvg(spec, empty, size, colors);
      requireWellFormed(nothing);
      expect(nothing).not.toMatch(/NaN|Infinity/);
    }
  });
});

describe("picturesToSvg", () => {
  it("puts charts side by side, each with its own frame", () => {
    const pictures = Array.from({ length: 6 }, () => ({ spec, data }));
    const document = picturesToSvg(pictures, 2, size, colors);
    requireWellFormed(document);
    expect(document).toContain('viewBox="0 0 1200 900"');
    expect(document).toContain("translate(600 600)");
    expect(document.match(/<svg [^>]*viewBox/g)).toHaveLength(
      1 + 6 * ((picturesToSvg([pictures[0]], 1, size, colors).match(/<svg [^>]*viewBox/g) ?? []).length - 1),
    );
  });
});
