import { expect, test } from "vitest";
import { answered, enterFunction, noFunctions, refused } from "./function";
import { receiveVisitors } from "./visitors";

const visitor = receiveVisitors();

test("what is no function is told with its place, and breaks nothing", async () => {
  const visit = await visitor({ at: "#your-function", width: 360, height: 740 });
  for (const [i, [text, said]] of noFunctions.entries()) {
    // The page speaks of a function before, another each time.
    await enterFunction(visit, `x + ${i + 1}`);
    await answered(visit, `f(x) = x + ${i + 1}`);
    const what = text.slice(0, 40);
    expect.soft((await refused(visit, text)).said, what).toMatch(said);
    const layout = await visit.page.evaluate(() => ({
      width: document.documentElement.scrollWidth,
      broken: "broken" in window,
    }));
    expect.soft(layout, what).toEqual({ width: 360, broken: false });
  }
  await enterFunction(visit, "x^3");
  await answered(visit, "f(x) = x ^ 3");
});
