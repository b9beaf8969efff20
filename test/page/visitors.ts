/** The visitors of a test file. */
import type { Browser } from "puppeteer";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { connect, Visit, type VisitOptions } from "./visit";

/** Nothing may have been complained of, and no request have gone elsewhere. */
function expectContent(visits: readonly Visit[]): void {
  expect(visits.flatMap(({ complaints }) => complaints.splice(0))).toEqual([]);
  expect(visits.flatMap(({ strays }) => strays.splice(0))).toEqual([]);
}

/**
 * Gives the tests around it visitors, in the browser that runs for all or in one of their own. After every test they
 * leave, content.
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
    expectContent(leaving);
  });

  // A browser that was only connected to has no process here.
  afterAll(() => (browser.process() ? browser.close() : browser.disconnect()));

  return async (options) => {
    const visit = await Visit.begin(browser, options);
    visits.push(visit);
    return visit;
  };
}

/**
 * Gives the tests around it one visitor, who stays for all of them and is content after each: kernels are compiled
 * once. Each test brings the page into the state that it is about.
 */
export function keepVisitor(
  options: VisitOptions = {},
  start: () => Promise<Browser> = connect,
): () => Visit {
  let browser: Browser;
  let visit: Visit;

  beforeAll(async () => {
    browser = await start();
    visit = await Visit.begin(browser, options);
  });

  afterEach(() => expectContent([visit]));

  afterAll(async () => {
    await visit.end();
    await (browser.process() ? browser.close() : browser.disconnect());
  });

  return () => visit;
}
