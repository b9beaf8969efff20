import puppeteer from "puppeteer";
import type { ProvidedContext } from "vitest";
import type { TestHost } from "./host";
import { openPage, ownBrowser } from "./open";

/** Opens a page of its own in the running browser. */
export async function openChrome({ endpoints, url }: ProvidedContext["chrome"]): Promise<TestHost> {
  const browser = await puppeteer.connect({
    browserWSEndpoint: ownBrowser(endpoints),
    // The limits of time are vitest's, not the protocol's.
    protocolTimeout: 0,
    defaultViewport: null,
  });
  const { page, complaints } = await openPage(browser, url);
  return {
    call: (source, args) =>
      page.evaluate((text, encoded) => window.harness.call(text, encoded), source, args),
    problems: async () => {
      const uncaught = await page.evaluate(() => window.harness.problems());
      return [...complaints.splice(0), ...uncaught];
    },
    async close() {
      await page.close();
      await browser.disconnect();
    },
  };
}
