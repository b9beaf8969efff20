/** The visitors of a test file. */
import type { Browser } from "puppeteer";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { connect, Visit, type VisitOptions } from "./visit";

/**
 * Gives the tests around it visitors, in the browser that runs for all or in one of their own. After every test they
 * leave: nothing may have been complained of, and no request have gone elsewhere.
 */
export function receiveVisitors(
  start: () => Promise<Browser> = connect,
): (options?: VisitOptions) => Promise<Visit> {
  let browser: Browser;
  let visits: Visit[] = [];

  beforeAll(async () => {
    browser = await start();
  });

  afterEach(async () => {
    const leaving = visits;
    visits = [];
    for (const visit of leaving) await visit.end();
    expect(leaving.flatMap(({ complaints }) => complaints)).toEqual([]);
    expect(leaving.flatMap(({ strays }) => strays)).toEqual([]);
  });

  // A browser that was only connected to has no process here.
  afterAll(() => (browser.process() ? browser.close() : browser.disconnect()));

  return async (options) => {
    const visit = await Visit.begin(browser, options);
    visits.push(visit);
    return visit;
  };
}
