/** The panel in which a visitor's own function is answered. */
import { until, type Visit } from "./visit";

/** RMSE as the table has it, by the answer's name. */
export type Answers = Readonly<Record<string, string>>;

/** Waits until the panel speaks of this function and every answer has come. Both are read at once. */
export const answered = (visit: Visit, line: string): Promise<Answers> =>
  until(`${line} is not answered`, () =>
    visit.page.$eval(
      ">>> fx-your-function",
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
export async function enterFunction(visit: Visit, text: string): Promise<void> {
  const field = await visit.find("f(x) =", "textbox");
  await field.evaluate((input) => (input as HTMLInputElement).select());
  await visit.page.keyboard.sendCharacter(text);
}

/** Enters what is no function: what the page says of it, and after how many milliseconds. */
export async function refused(visit: Visit, text: string): Promise<{ said: string; after: number }> {
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
  await enterFunction(visit, text);
  return answer;
}

const many = "9".repeat(10_000);

/** What is no function, and what is said of it. */
export const noFunctions: readonly (readonly [text: string, said: RegExp])[] = [
  ["1/0", /^Characters 1 to 3: f is not a finite real number at x = −1/],
  ["sin(", /^Character 5: it ends too early/],
  ["x^1e9", /^Characters 3 to 5: too large a number/],
  ["log(x)", /^Characters 1 to 6: f is not a finite real number/],
  [many, /^Characters 201 to 10000: too long/],
  ["(".repeat(10_000), /^Characters 201 to 10000: too long/],
  ["(".repeat(200), /^Characters? \d+.*/],
  ['import("x")', /^Characters? \d/],
  ["constructor", /^Characters 1 to 11: “constructor” is not known here/],
  ['x.constructor("window.broken = true")()', /^Character 2: “\.” has no meaning here/],
  ["<script>window.broken = true</script>", /^Character 1: “<” has no meaning here/],
  ["x<img src=x onerror='window.broken = true'>", /^Character 2: “<” has no meaning here/],
];
