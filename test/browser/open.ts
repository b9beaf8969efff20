import type { Browser, Page } from "puppeteer";
import { patience } from "../../bench/chrome/launch";

/** A page with the library loaded. */
export interface OpenPage {
  readonly page: Page;
  /** What the page has complained about and nobody has looked at yet. */
  readonly complaints: string[];
}

/** Opens a page of its own for the harness and waits until the library is loaded; throws if it does not load. */
export async function openPage(browser: Browser, url: string): Promise<OpenPage> {
  const page = await browser.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => {
    complaints.push(`uncaught in the page: ${error instanceof Error ? error.message : String(error)}`);
  });
  page.on("error", (error) => complaints.push(`the page crashed: ${error.message}`));
  await page.goto(url, { waitUntil: "load", timeout: patience });
  if (!(await page.evaluate(() => "harness" in window)))
    throw new Error(`the library does not load in the browser: ${complaints.join("; ")}`);
  return { page, complaints };
}

/** Of as many browsers as files run at a time, the one that no other file uses meanwhile. */
export const ownBrowser = (endpoints: readonly string[]): string =>
  endpoints[Number(process.env.VITEST_POOL_ID) % endpoints.length];
