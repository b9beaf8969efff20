import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { writePredictions } from "../../src/cli/predict";
import { type CurveTable, readCurves } from "../../src/cli/predict/curves";
import { unlikeTaught } from "../../src/cli/predict/warnings";
import { FormatError } from "../../src/engine/files/error";

/** Reads a text or bytes, in pieces of so many bytes. */
function read(content: string | Uint8Array, size = 1 << 16): Promise<CurveTable> {
  const bytes = Buffer.from(content);
  async function* pieces() {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  }
  return readCurves(pieces(), "in.csv");
}

/** What was read: name, x and f of every row, and of every curve its rows by x. */
const rowsOf = ({ names, rows, curve, x, f }: CurveTable) =>
  Array.from({ length: rows }, (_, row) => [names[curve.at(row)], x.at(row), f.at(row)]);

const cases = new URL("cases/", import.meta.url);
const caseFile = (name: string): Buffer => readFileSync(new URL(name, cases));

describe("files as people have them", () => {
  const dialects: Readonly<Record<string, readonly string[]>> = {
    "blank-excel-rows.csv": [],
    "leading-empty.csv": [],
    "semicolon.csv": ["semicolons between cells"],
    "semicolon-decimal-comma.csv": ["semicolons between cells", "decimal commas"],
    "sin-descending.csv": [],
    "sin-shuffled.csv": [],
    "sin-sorted.csv": [],
    "square-0-10.csv": [],
    "string-id.csv": [],
    "tab.tsv": ["TABs between cells"],
    "utf16.csv": ["UTF-16 text"],
  };
  const refused: Readonly<Record<string, RegExp>> = {
    "different-lengths.csv": /^in\.csv: curve "2": must have as many points as curve "1" \(\d+\), has \d+/,
    "duplicate-x.csv": /^in\.csv: line 3, column x: 0\.5 stands in line 2 of the same curve already/,
    "thousands.csv":
      /^in\.csv: line 2, column f: must be written without a thousands separator, is "1,100\.000"$/,
    "timestamps.csv":
      /^in\.csv: line 3, column x: 1700000001000 is the same in float32 as x in line 2, 1700000000000: subtract/,
  };

  it("are read, and what was understood is said, or refused in one line that names the place", async () => {
    expect([...Object.keys(dialects), ...Object.keys(refused)].sort()).toEqual(readdirSync(cases).sort());
    for (const [name, said] of Object.entries(dialects)) {
      const table = await read(caseFile(name));
      expect(table.dialect, name).toEqual(said);
      if (/descending|shuffled/.test(name))
        expect(table.sorted).toMatch(
          /^x does not ascend in 1 of 1 curves, first in curve "1": sorted to predict/,
        );
      else expect(table.sorted, name).toBeUndefined();
      expect(table.rows, name).toBe(table.names.length * table.samples);
      for (let i = 1; i < table.rows; i++)
        if (i % table.samples > 0)
          expect(table.x.at(table.order[i]), name).toBeGreaterThan(table.x.at(table.order[i - 1]));
    }
    for (const [name, message] of Object.entries(refused)) {
      const reading = read(caseFile(name));
      await expect(reading, name).rejects.toThrow(message);
      await expect(reading, name).rejects.toBeInstanceOf(FormatError);
    }
  });

  it("hold the same curves whichever way they are written, cut anywhere", async () => {
    const plain = rowsOf(await read(caseFile("semicolon.csv")));
    for (const name of [
      "semicolon-decimal-comma.csv",
      "tab.tsv",
      "utf16.csv",
      "leading-empty.csv",
      "blank-excel-rows.csv",
    ])
      for (const size of [1, 7, 1 << 16])
        expect(rowsOf(await read(caseFile(name), size)), name).toEqual(plain);
    expect(
      rowsOf(await read(caseFile("string-id.csv"))).map(([name, ...rest]) => [
        String(name).replace("patient-", ""),
        ...rest,
      ]),
    ).toEqual(plain);
  });

  it("give back rows in their own order, whatever theirs is", async () => {
    const [sorted, shuffled] = [
      await read(caseFile("sin-sorted.csv")),
      await read(caseFile("sin-shuffled.csv")),
    ];
    const byX = ({ order, x, f }: CurveTable) => Array.from(order, (row) => [x.at(row), f.at(row)]);
    expect(byX(shuffled)).toEqual(byX(sorted));
    const text = [...writePredictions(shuffled, new Float32Array(shuffled.rows))].join("");
    const given = caseFile("sin-shuffled.csv").toString().trim().split("\n").slice(1);
    expect(
      text
        .trim()
        .split("\n")
        .slice(1)
        .map((line) => line.split(",").slice(0, 3).map(Number)),
    ).toEqual(given.map((line) => line.split(",").map((cell) => Number(cell) + 0)));
  });
});

const head = "curve,x,f\n";
const decimalCommas = "curve;x;f\n1;0,5;1\n";

it("columns stand in any order among others, curves between each other, cells in quotation marks, lines end anyhow", async () => {
  const table: [string, string, unknown[][]][] = [
    [
      '\uFEFFf, note ,x,curve\r\n1,"a,\r\nb",-0.5,7\r\n\r\n2,,.5,7\r\n3,,1e-1,2\r\n4,,+2.,2\r\n',
      "columns",
      [
        ["7", -0.5, 1],
        ["7", 0.5, 2],
        ["2", 0.1, 3],
        ["2", 2, 4],
      ],
    ],
    [
      `${head}1,0,5\n2,0,6\n1,1,7\n2,1,8`,
      "interleaved",
      [
        ["1", 0, 5],
        ["2", 0, 6],
        ["1", 1, 7],
        ["2", 1, 8],
      ],
    ],
    [
      `${head}1,0,5\r1,1,6\r`,
      "carriage returns",
      [
        ["1", 0, 5],
        ["1", 1, 6],
      ],
    ],
    ['sep=;\ncurve;x;f\n"a;b";"0,5";1\n', "a separator named", [["a;b", 0.5, 1]]],
    [
      `${head}1,0,5,,\n,,,\n1,1,6`,
      "commas at the end",
      [
        ["1", 0, 5],
        ["1", 1, 6],
      ],
    ],
    ["curve\tx\tf\n1\t\u22120,25\t1\n", "a typesetter's minus", [["1", -0.25, 1]]],
  ];
  for (const [text, what, rows] of table)
    for (const size of [1, 1 << 16]) expect(rowsOf(await read(text, size)), what).toEqual(rows);
  expect([...writePredictions(await read('curve,x,f\n"a,""b",0,1\n'), Float32Array.of(0.1))].join("")).toBe(
    'curve,x,f,prediction\n"a,""b",0,1,0.100000001\n',
  );
});

it("what cannot be read for certain is refused in one line", async () => {
  const bad: [string | Uint8Array, RegExp][] = [
    ["", /line 1: must name the columns curve,x,f$/],
    ["\n\n", /line 1: must name the columns curve,x,f$/],
    [head, /line 2: must hold the first point/],
    ["curve,x\n1,2\n", /line 1: .* f is missing, found "curve", "x"/],
    [
      "curve x f\n1 2 3\n",
      /line 1: .* with a comma, semicolon or TAB between them: curve is missing, found "curve x f"/,
    ],
    ["\n1,0.5,2\n", /line 2: .* curve is missing, found "1", "0.5", "2"/],
    ["curve,x,f,x\n1,2,3,4\n", /line 1: names the column x twice/],
    [`${head}1,0,0\n1,abc,0\n`, /line 3, column x: must be a finite number .* is "abc"/],
    [`${head}1,0,1 m\n`, /line 2, column f: must be a finite number/],
    [`${head},0,0\n`, /line 2, column curve: is missing/],
    [
      `${head}"a\u001b[2K",0,0\n`,
      /line 2, column curve: must be a name without control characters, is "a\\u001b\[2K"/,
    ],
    [`${head}1,,0\n`, /line 2, column x: is missing/],
    [`${head}1,0\n`, /line 2, column f: is missing/],
    [`${head}1,0,NaN\n`, /line 2, column f/],
    [`${head}1,inf,0\n`, /line 2, column x/],
    [`${head}1,0,1e39\n`, /line 2, column f: .*float32/],
    [`${head}1,0x10,0\n`, /line 2, column x/],
    [`${head.trim()},n\n1,0,0,"a\nb"\n1,z,0,\n`, /line 4, column x/],
    [`${head}1,0,"0\n`, /line 2: has a quotation mark that is not closed/],
    [`${head}1,0,"0"0\n`, /line 2: has a quotation mark in the middle/],
    [`${head}1,0,"${"0\n".repeat(2 ** 20)}`, /line 2: has a quotation mark that is not closed/],
    [`${head}1,0,${"0".repeat(2 ** 21)}`, /line 2: must be at most 1048576 characters/],
    [
      `${head}1,0,5,0,25\n`,
      /line 2: has 5 cells, the head names 3 columns \(is a decimal comma among them\?\)/,
    ],
    [
      `${head}1,0,"0,5"\n`,
      /line 2, column f: must have a decimal point where commas separate the cells, is "0,5"/,
    ],
    [`${head}1,0,"1,100"\n`, /line 2, column f: must be written without a thousands separator, is "1,100"/],
    [`${head}1,0,1 100\n`, /thousands separator/],
    ["curve;x;f\n1;0;1.100,5\n", /thousands separator/],
    [
      `${decimalCommas}1;0.25;1\n`,
      /line 3, column x: must have a decimal comma like "0,5" in line 2, is "0.25"/,
    ],
    ["curve;x;f\n1;0;1,100\n", /line 2: "1,100" may mean 1\.100 or 1100: write a decimal point/],
    [Uint8Array.of(0x63, 0xe9, 0xe9, 0xe9, 0xe9), /text: must be UTF-8 or UTF-16/],
    [
      `${head}1,0.1,0\n1,0.10000000001,0\n`,
      /line 3, column x: 0\.10000000001 is the same in float32 as x in line 2, 0\.1/,
    ],
    [`${head}1,1,0\n1,0,0\n1,1,0\n`, /line 4, column x: 1 stands in line 2 of the same curve already/],
    [`${head}1,0,0\n1,1,0\n2,0,0\n`, /curve "2": must have as many points as curve "1" \(2\), has 1/],
  ];
  for (const [text, message] of bad) {
    const reading = read(text);
    await expect(reading).rejects.toThrow(message);
    await expect(reading).rejects.toThrow(/^in\.csv: [^\n]*$/);
    await expect(reading).rejects.toBeInstanceOf(FormatError);
  }
});

it("curves unlike those taught are told with numbers", async () => {
  const taught = { x: [-1, 1] as const, largest: 1.015, samples: 50 };
  const told = async (text: string | Uint8Array) => unlikeTaught(await read(text), taught);
  expect(await told(caseFile("sin-sorted.csv"))).toEqual([]);
  expect(await told(caseFile("square-0-10.csv"))).toEqual([
    expect.stringMatching(
      /^x from 0 to 10: \d+ of 50 points lie outside what the model was taught, -1 to 1$/,
    ),
    expect.stringMatching(/^f from 0 to 100: \d+ of 50 points lie outside .*, -1\.015 to 1\.015$/),
    "points are 0.204 apart in the mean, where the model was taught 0.039 (50 points from -1 to 1)",
  ]);
  expect(await told(`${head}1,0,0\n`)).toEqual([]);
});
