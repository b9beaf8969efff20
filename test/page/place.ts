/** Whether everything on the page is in place, in windows of the usual widths, and found right by axe. */
import { expect } from "vitest";
import { expectFoundRight, type Part, showTheme, type Theme } from "./axe";
import { findFaults } from "./faults";
import { settle } from "./states";
import { until, type Visit } from "./visit";

/** Shows the page in a window of this width, when its charts have found their size. */
export async function showWidth(visit: Visit, width: number): Promise<void> {
  const { page } = visit;
  await page.setViewport({ width, height: 900 });
  await until(
    `the page does not fit itself into ${width} pixels`,
    async () =>
      (await page.evaluate(
        (width) =>
          innerWidth === width &&
          new Promise<true>((resolve) => {
            requestAnimationFrame(() => requestAnimationFrame(() => resolve(true)));
          }),
        width,
      )) || undefined,
  );
  await settle(visit);
}

/** Nothing is out of place at these widths in this theme. The last stays. */
export async function expectInPlace(
  visit: Visit,
  state: string,
  widths: readonly number[] = [360, 768, 1440],
  theme: Theme = "light",
): Promise<void> {
  await showTheme(visit, theme);
  for (const width of widths) {
    await showWidth(visit, width);
    const faults = await visit.page.evaluate(findFaults);
    expect.soft(faults, `${state}, ${width} pixels, ${theme}`).toEqual([]);
  }
}

/** Nothing is out of place, and axe finds nothing on the page or in a part of it. A theme is colours alone, which axe sees. */
export async function expectInOrder(visit: Visit, state: string, part?: Part): Promise<void> {
  await expectInPlace(visit, state);
  await expectFoundRight(visit, state, "light", part);
  await expectFoundRight(visit, state, "dark", part);
}
