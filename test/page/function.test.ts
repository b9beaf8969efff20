import { describe, expect, test } from "vitest";
import { waitForKeptRuns } from "./kept";
import { tiny, until, type Visit } from "./visit";
import { receiveVisitors } from "./visitors";

const visitor = receiveVisitors();

const panel = "fx-your-function";

/** RMSE as the table has it, by the answer's name. */
type Answers = Readonly<Record<string, string>>;

/** Waits until the panel speaks of this function and every answer has come. Both are read at once. */
const answered = (visit: Visit, line: string): Promise<Answers> =>
  until(`${line} is not answered`, () =>
    visit.page.$eval(
      `>>> ${panel}`,
      ({ renderRoot }, line) => {
        if (renderRoot.querySelector(".function p")?.textContent !== line) return undefined;
        const rows = Array.from(renderRoot.querySelectorAll("tbody tr"), (row) => [
          row.querySelector("th")?.textContent ?? "",
          row.querySelector("td:last-child")?.textContent ?? "",
        ]);
        return rows.some(([, rmse]) => rmse.includes("asking")) ? undefined : Object.fromEntries(rows);
      },
      line,
    ),
  );

/** Replaces what stands in the field, in one stroke. */
async function enter(visit: Visit, text: string): Promise<void> {
  const field = await visit.find("f(x) =", "textbox");
  await field.evaluate((input) => (input as HTMLInputElement).select());
  await visit.page.keyboard.sendCharacter(text);
}

/** Enters what is no function: what the page says of it, and after how many milliseconds. */
async function refused(visit: Visit, text: string): Promise<{ said: string; after: number }> {
  await enter(visit, "x");
  await answered(visit, "f(x) = x");
  const problem = await visit.element("fx-function-source >>> #problem");
  const answer = problem.evaluate(
    (region) =>
      new Promise<{ said: string; after: number }>((resolve) =>
        document.addEventListener(
          "input",
          ({ timeStamp }) => {
            const look = () => {
              const said = region.querySelector(".problem")?.textContent?.trim();
              if (said) resolve({ said, after: performance.now() - timeStamp });
              else requestAnimationFrame(look);
            };
            look();
          },
          { once: true, capture: true },
        ),
      ),
  );
  await enter(visit, text);
  return answer;
}

describe("two trained networks", () => {
  test("answer typed functions beside the truth and least squares", async () => {
    const visit = await visitor({ at: tiny("&epochs=20") });
    await visit.press("Train");
    await visit.waitForText("fx-status", /run 1: completed/);
    await waitForKeptRuns(visit, 1);
    await visit.page.goto(new URL(tiny("&epochs=5", "bilstm"), visit.page.url()).href);
    await visit.press("Train");
    await visit.waitForText("fx-status", /run 2: completed/);
    await visit.openTab("Your function", panel);

    let before = "";
    for (const [typed, line] of [
      ["x^5", "f(x) = x ^ 5"],
      ["tanh(3x)", "f(x) = tanh(3 * x)"],
      ["exp(x)", "f(x) = exp(x)"],
    ]) {
      await enter(visit, typed);
      const answers = await answered(visit, line);
      expect(Object.keys(answers)).toEqual([
        "local least squares",
        "matcher",
        "CNN, run 1",
        "BiLSTM, run 2",
        "predict zero",
        "noise floor",
      ]);
      for (const rmse of Object.values(answers)) expect(Number(rmse)).toBeGreaterThan(0);
      expect(Number(answers["local least squares"])).toBeLessThan(Number(answers["predict zero"]));
      expect(JSON.stringify(answers)).not.toBe(before);
      before = JSON.stringify(answers);
    }
    expect(await visit.text(panel)).toContain("f′(x) = exp(x)");
    const drawn = await visit.page.$eval(`>>> ${panel} >>> fx-chart`, ({ spec, data }) =>
      spec.series.map(({ label }, i) => [label, data[i + 1].filter((y) => y !== null).length]),
    );
    // 20 samples for each method; the truth as a fine line, and at the samples.
    expect(drawn.slice(1)).toEqual([
      ["local least squares", 20],
      ["matcher", 20],
      ["CNN, run 1", 20],
      ["BiLSTM, run 2", 20],
    ]);
    expect(drawn[0][0]).toBe("truth");
    expect(drawn[0][1]).toBeGreaterThan(100);
  });

  test("answer a curve drawn by mouse and by keyboard", async () => {
    const visit = await visitor({ at: tiny("&epochs=20") });
    await visit.press("Train");
    await visit.waitForText("fx-status", /run 1: completed/);
    await visit.openTab("Your function", panel);
    await visit.click(await visit.find("Draw it", "radio"));
    const text = await visit.waitForText(panel, /f as drawn, a cubic spline through \d+ points/);
    const [line = ""] = /f as drawn.*?points/.exec(text) ?? [];
    const begun = JSON.stringify(await answered(visit, line));
    const different = (than: string): Promise<string> =>
      until("the new curve is not answered", async () => {
        const answers = JSON.stringify(await answered(visit, line));
        return answers === than ? undefined : answers;
      });

    const surface = await visit.element("fx-drawing >>> svg");
    await surface.scrollIntoView();
    const box = await surface.boundingBox();
    if (!box) throw new Error("the drawing is not shown");
    const { mouse, keyboard } = visit.page;
    await mouse.move(box.x + 0.1 * box.width, box.y + 0.8 * box.height);
    await mouse.down();
    await mouse.move(box.x + 0.9 * box.width, box.y + 0.2 * box.height, { steps: 8 });
    await mouse.up();
    const values = (): Promise<number[]> =>
      visit.page.$eval(">>> fx-drawing", (drawing) => [...drawing.values]);
    const stroke = await values();
    expect(stroke.slice(2, -2)).toEqual([...stroke.slice(2, -2)].sort((a, b) => a - b));
    const byMouse = await different(begun);
    expect(Number(JSON.parse(byMouse)["CNN, run 1"])).toBeGreaterThan(0);

    const knob = await visit.element('fx-drawing >>> circle[tabindex="0"]');
    const height = () => knob.evaluate((circle) => Number(circle.getAttribute("aria-valuenow")));
    const at = await height();
    await knob.evaluate((circle) => (circle as SVGElement).focus());
    for (let i = 0; i < 3; i++) await keyboard.press("ArrowDown");
    expect(await height()).toBeCloseTo(at - 0.15, 10);
    await different(byMouse);
    await keyboard.press("ArrowLeft");
    await keyboard.press("Home");
    expect(await knob.evaluate((circle) => circle.getAttribute("tabindex"))).toBe("-1");
  });
});

describe("what is no function", () => {
  const many = "9".repeat(10_000);
  test.each([
    ["1/0", "1/0", /^Characters 1 to 3: f is not a finite real number at x = −1/],
    ["sin(", "sin(", /^Character 5: it ends too early/],
    ["x^1e9", "x^1e9", /^Characters 3 to 5: too large a number/],
    ["log(x)", "log(x)", /^Characters 1 to 6: f is not a finite real number/],
    ["ten thousand digits", many, /^Characters 201 to 10000: too long/],
    ["ten thousand parentheses", "(".repeat(10_000), /^Characters 201 to 10000: too long/],
    ["200 parentheses", "(".repeat(200), /^Characters? \d+.*/],
    ["an import", 'import("x")', /^Characters? \d/],
    ["constructor", "constructor", /^Characters 1 to 11: “constructor” is not known here/],
    ["a chain", 'x.constructor("window.broken = true")()', /^Character 2: “\.” has no meaning here/],
    ["a script", "<script>window.broken = true</script>", /^Character 1: “<” has no meaning here/],
    ["a picture", "x<img src=x onerror='window.broken = true'>", /^Character 2: “<” has no meaning here/],
  ])("is told with its place, and breaks nothing: %s", async (_, text, said) => {
    const visit = await visitor({ at: "#your-function", width: 360, height: 740 });
    expect((await refused(visit, text)).said).toMatch(said);
    const layout = await visit.page.evaluate(() => ({
      width: document.documentElement.scrollWidth,
      broken: "broken" in window,
    }));
    expect(layout).toEqual({ width: 360, broken: false });
    await enter(visit, "x^3");
    await answered(visit, "f(x) = x ^ 3");
  });

  // Other programs may take the processor from the page: the best of three attempts counts.
  test("is told at once, however long it is", { retry: 2 }, async () => {
    const visit = await visitor({ at: "#your-function" });
    // The page waits 150 ms for the next key before it reads.
    for (const text of ["sin(", many, "(".repeat(10_000), "(".repeat(200)])
      expect((await refused(visit, text)).after).toBeLessThan(150 + 200);
  });
});
