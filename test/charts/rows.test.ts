import { describe, expect, it } from "vitest";
import { spreadOf } from "../../src/calculus";
import { marksOf } from "../../src/charts/experiment";
import { drawRows, isNamed, shading } from "../../src/charts/rows";

const marks = (figures: Readonly<Record<string, number[]>>) =>
  marksOf(Object.entries(figures).map(([predictor, values]) => ({ predictor, spread: spreadOf(values) })));

const few = [
  {
    title: "functions taught",
    rows: [{ label: "one", marks: marks({ cnn: [0.1, 0.3], matcher: [0], "local least squares": [0.01] }) }],
  },
];
const rows = ["a", "b", "c"].map((label) => ({
  label,
  marks: marks({ bilstm: [0.2], matcher: [2], "local least squares": [0.01] }),
}));
const many = [{ title: "functions not taught", rows }];

const draw = (groups: typeof few): string => drawRows({ groups, label: "RMSE" }).text;
const count = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0;

describe("rows of figures", () => {
  it("name every mark where they are few, and need a legend where they are not", () => {
    expect([few, many].map(isNamed)).toEqual([true, false]);
    expect(draw(few)).toContain('>CNN <tspan font-weight="600">0.2</tspan>');
    expect(draw(many)).not.toContain(">BiLSTM <tspan");
    expect(count(draw(many), /functions not taught/g)).toBe(1);
  });

  it("tell every mean, show a spread where there are several runs, and point to what the axis does not hold", () => {
    expect(draw(few).match(/<title>[^<]*/g)).toEqual([
      "<title>matcher: 0",
      "<title>local least squares: 0.01",
      "<title>CNN: 0.2",
    ]);
    expect(count(draw(few), /<line [^>]*opacity/g)).toBe(1);
    expect(draw(few)).toContain('d="M14 0L2 0M7 -5L2 0L7 5"');
    expect(draw(many)).not.toContain("M14 0");
  });

  it("are shaded where the matcher does not know the functions", () => {
    expect(count(draw(many), /<rect /g)).toBe(3);
    expect(shading(many)).toMatch(/^Shaded/);
    expect(draw(few)).not.toContain("<rect");
    expect(shading(few)).toBeUndefined();
  });

  it("are drawn where there is no figure at all, or none above 0", () => {
    for (const nothing of [[], [{ title: "", rows: [{ label: "a", marks: [] }] }]])
      expect(draw(nothing)).not.toMatch(/NaN|Infinity|undefined/);
    expect(draw([{ title: "", rows: [{ label: "a", marks: marks({ cnn: [0] }) }] }])).not.toMatch(
      /NaN|Infinity/,
    );
  });

  it("ring the current mark alone", () => {
    const [current] = many[0].rows[1].marks;
    expect(count(drawRows({ groups: many, label: "", current }).text, /<circle r="11"/g)).toBe(1);
  });
});
