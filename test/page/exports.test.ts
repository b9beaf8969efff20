import type { Permission } from "puppeteer";
import { describe, expect, inject, test } from "vitest";
import { calculusFunctions, generateCurves, resolveExperiment, splitCurves } from "../../src/calculus";
import { readMetricsCsv, readPredictionsCsv } from "../../src/calculus/csv";
import { readModel } from "../../src/engine";
import { inferenceForward } from "../../src/reference/network";
import { tiny, type Visit } from "./visit";
import { keepVisitor, receiveVisitors } from "./visitors";

const options = {
  curves: 60,
  samples: 20,
  filters: 1,
  batch: 10,
  epochs: 20,
  seed: 7,
  clip: Infinity,
} as const;
const link = tiny("&epochs=20&seed=7&clip=none");
const experiment = resolveExperiment("quick", "cnn", options);
/** Fifty curves train, in mini-batches of ten. */
const iterations = 100;

async function train(visit: Visit): Promise<Visit> {
  await visit.press("Train");
  await visit.waitForText("fx-status", /run 1: completed/);
  return visit;
}

const kept = keepVisitor({ at: link });
let run: Promise<Visit> | undefined;
/** The page with one run that has ended. */
const trained = (): Promise<Visit> => {
  run ??= train(kept());
  return run;
};

const files = {
  metrics: ["fluxion-cnn-run-1-metrics.csv", "Metrics of every iteration (CSV)"],
  predictions: ["fluxion-cnn-run-1-predictions.csv", "Predictions on the test curves (CSV)"],
  model: ["fluxion-cnn-run-1-model.safetensors", "Trained network (safetensors)"],
  run: ["fluxion-cnn-run-1.json", "The whole run (JSON)"],
} as const;

const saved = (visit: Visit, [name, label]: (typeof files)[keyof typeof files]): Promise<Buffer> =>
  visit.save(name, () => visit.export(label));

/** Presses SVG or PNG of a chart, or of the predictions. */
const picture = (visit: Visit, file: string, tools: string, type: "SVG" | "PNG"): Promise<Buffer> =>
  visit.save(`fluxion-${file}.${type.toLowerCase()}`, async () => {
    const group = await visit.find(tools, "group");
    const button = await group.$(`::-p-aria([name="${type}"][role="button"])`);
    if (button) await visit.click(button);
  });

/** What the browser finds in an SVG document. */
const inspectSvg = (visit: Visit, document: Buffer) =>
  visit.page.evaluate((text) => {
    const parsed = new DOMParser().parseFromString(text, "image/svg+xml");
    const all = (selector: string) => [...parsed.querySelectorAll(selector)];
    const svg = parsed.documentElement;
    return {
      root: svg.localName,
      errors: all("parsererror").length,
      size: [Number(svg.getAttribute("width")), Number(svg.getAttribute("height"))],
      texts: all("text").map(({ textContent }) => textContent ?? ""),
      lines: all("path.line").map((line) => line.getAttribute("d")?.match(/[ML]/g)?.length ?? 0),
      markers: all("path.marker").flatMap((path) => path.getAttribute("d")?.match(/M/g) ?? []).length,
    };
  }, document.toString());

/** Width and height of a PNG; refuses what is none. */
function sizeOfPng(png: Buffer): readonly [width: number, height: number] {
  expect(png.subarray(0, 8).toString("latin1")).toBe("\x89PNG\r\n\x1a\n");
  expect(png.subarray(12, 16).toString("latin1")).toBe("IHDR");
  expect(png.subarray(-8, -4).toString("latin1")).toBe("IEND");
  return [png.readUInt32BE(16), png.readUInt32BE(20)];
}

test("of a recorded run without weights, the menu says what it lacks", async () => {
  const visit = kept();
  await visit.waitForText("fx-status", /^recorded/);
  await visit.press("Export");
  const items = await visit.page.$$eval(">>> fx-export >>> wa-dropdown-item", (all) =>
    all.filter(({ disabled }) => disabled).map(({ textContent }) => textContent?.replace(/\s+/g, " ").trim()),
  );
  expect(items).toEqual(["Trained network (safetensors)Recorded runs come without their weights."]);
  await visit.page.keyboard.press("Escape");
});

describe("of a run that has ended, the visitor saves", () => {
  test("metrics, predictions and the network, which agree with each other", async () => {
    const visit = await trained();
    const metrics = readMetricsCsv((await saved(visit, files.metrics)).toString(), "metrics");
    expect(metrics.map(({ iteration }) => iteration)).toEqual(
      Array.from({ length: iterations }, (_, i) => i + 1),
    );
    expect(metrics.every(({ loss, rmse }) => loss > 0 && rmse > 0)).toBe(true);
    expect(metrics.at(-1)?.epoch).toBe(20);

    const { test: curves } = splitCurves(generateCurves(experiment.data), experiment.data.seed);
    const rows = readPredictionsCsv((await saved(visit, files.predictions)).toString(), "predictions");
    expect(rows).toHaveLength(curves.rows * curves.samples);
    expect(new Set(rows.map((row) => row.function)).size).toBeGreaterThan(1);
    expect(rows.map(({ target }) => Math.fround(target))).toEqual([...curves.target]);
    expect(rows.map(({ clean }) => Math.fround(clean))).toEqual([...curves.clean]);

    const { spec, tensors } = readModel(await saved(visit, files.model), "the network");
    expect(spec).toEqual(experiment.spec);
    const values = new Map([...tensors].map(([name, { data }]) => [name, Float64Array.from(data)]));
    expect([...values.values()].every((each) => each.every(Number.isFinite))).toBe(true);
    const expected = inferenceForward(spec, values, values, Float64Array.from(curves.x));
    const off = rows.map(({ prediction }, i) => Math.abs(prediction - expected[i]));
    expect(Math.max(...off)).toBeLessThan(1e-4);
    expect(Math.max(...expected.map(Math.abs))).toBeGreaterThan(0.1);
  });

  test("all of it as JSON", async () => {
    const visit = await trained();
    const run = JSON.parse((await saved(visit, files.run)).toString());
    expect(run).toMatchObject({
      format: "fluxion-run/1",
      number: 1,
      settings: { preset: "quick", network: "cnn", options: { ...options, clip: "none" } },
      experiment: { data: { curves: 60, samples: 20, seed: 7 } },
      outcome: { result: { stopReason: "completed", iterations } },
    });
    expect(run.history).toHaveLength(iterations);
    expect(run.outcome.trained.prediction).toHaveLength(10 * 20);
    const rmse = Number(/Validation RMSE(\S+)/.exec(await visit.text("fx-status"))?.[1]);
    expect(run.outcome.result.validation.rmse).toBeCloseTo(rmse, 3);
  });

  test("a chart as SVG with every point, and as PNG", async () => {
    const visit = await trained();
    const svg = await inspectSvg(visit, await picture(visit, "rmse", "RMSE, tools", "SVG"));
    expect(svg).toMatchObject({ root: "svg", errors: 0 });
    expect(svg.texts).toEqual(expect.arrayContaining(["RMSE", "iteration"]));
    // Raw, smoothed, and validations at 1, 50 and 100; a circle each, and a diamond at the end.
    expect(svg.lines).toEqual([iterations, iterations, 3]);
    expect(svg.markers).toBe(3 + 1);
    const [width, height] = svg.size;
    expect(width).toBeGreaterThanOrEqual(640);
    const png = await picture(visit, "rmse", "RMSE, tools", "PNG");
    expect(sizeOfPng(png)).toEqual([2 * width, 2 * height]);
    expect(png.length).toBeGreaterThan(5000);
  });

  test("the six plots in one picture, as SVG and as PNG", async () => {
    const visit = await trained();
    const tools = "Predictions, tools";
    const svg = await inspectSvg(visit, await picture(visit, "predictions", tools, "SVG"));
    expect(svg).toMatchObject({ root: "svg", errors: 0, size: [840, 840] });
    // Ten test curves need not be of all six functions.
    const titles = calculusFunctions
      .map(({ title }) => svg.texts.find((text) => text.startsWith(`${title}, RMSE `)))
      .filter((title) => title !== undefined);
    const drawn = await visit.page.$$eval(">>> fx-predictions >>> fx-chart", (charts) => charts.length);
    expect(drawn).toBeGreaterThan(2);
    expect(titles).toHaveLength(drawn);
    expect(svg.markers).toBe(drawn * 2 * 20);
    expect(sizeOfPng(await picture(visit, "predictions", tools, "PNG"))).toEqual([1680, 1680]);
  });
});

describe("a link", () => {
  const visitor = receiveVisitors();
  /** What the form says of every option in it. */
  const formOf = (visit: Visit) =>
    visit.page.$$eval(">>> fx-option", (fields) =>
      Object.fromEntries(fields.map(({ option, value }) => [option, String(value)])),
    );
  const scoreOf = async (visit: Visit): Promise<string> =>
    (await saved(visit, files.metrics)).toString().replace(/^(\d+,\d+),[^,]+/gm, "$1");

  /** In a link the options may stand in any order. */
  const partsOf = (address: string) => {
    const { origin, pathname, searchParams, hash } = new URL(address);
    return { origin, pathname, options: Object.fromEntries(searchParams), hash };
  };
  const permit = (visit: Visit, ...permissions: Permission[]): Promise<void> =>
    visit.page.browserContext().overridePermissions(new URL(visit.page.url()).origin, permissions);

  test("that is copied reproduces the options, the seed and the run, bit for bit", async () => {
    const first = await trained();
    await permit(first, "clipboard-read", "clipboard-sanitized-write");
    await first.export("Copy a link that reproduces it");
    await first.find("Link copied", "button");
    const copied = await first.page.evaluate(() => navigator.clipboard.readText());
    expect(partsOf(copied)).toEqual(partsOf(new URL(link, inject("site")).href));
    // The other visitor has seen nothing of the first.
    const second = await train(await visitor({ at: new URL(copied).search }));
    const form = await formOf(second);
    expect(form).toEqual(await formOf(first));
    expect(form).toMatchObject({ epochs: "20", seed: "7", filters: "1", clip: "Infinity" });
    expect(await scoreOf(second)).toBe(await scoreOf(first));
    expect(await saved(second, files.model)).toEqual(await saved(first, files.model));
    expect(await saved(second, files.predictions)).toEqual(await saved(first, files.predictions));
  });

  test("that the page may not copy is shown to be copied by hand", async () => {
    const visit = await trained();
    await permit(visit);
    await visit.export("Copy a link that reproduces it");
    const field = await visit.find("Link", "textbox");
    const shown = await field.evaluate((input) => {
      if (!(input instanceof HTMLInputElement)) throw new Error("the link stands in no field");
      return { value: input.value, selected: [input.selectionStart, input.selectionEnd] };
    });
    expect(partsOf(shown.value)).toEqual(partsOf(new URL(link, inject("site")).href));
    expect(shown.selected).toEqual([0, shown.value.length]);
  });
});
