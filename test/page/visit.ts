/** A visitor of the built page: a browser profile of its own, an ear for complaints, and hands. */
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import puppeteer, { type Browser, type BrowserContext, type ElementHandle, type Page } from "puppeteer";
import { inject } from "vitest";
import { patience } from "../../bench/chrome/launch";
import type { NetworkName } from "../../src/calculus";
import { ownBrowser } from "../browser/open";

/** The browser that runs for all files of this worker; disconnect it when a file is done. */
export const connect = (): Promise<Browser> =>
  puppeteer.connect({
    // Pages of files that run beside each other would take the focus from each other.
    browserWSEndpoint: ownBrowser(inject("browsers")),
    // The limits of time are vitest's, not the protocol's.
    protocolTimeout: 0,
    defaultViewport: null,
  });

/**
 * A network that trains in a moment: its options, as they stand in a link, with those that a test adds. Of a width of
 * one most layers share their kernels, which take the most of that moment to compile.
 */
export const tiny = (options = "", network = "cnn", width = 1): string =>
  `?v=1&preset=quick&network=${network}&curves=60&samples=20&${network === "cnn" ? "filters" : "hidden"}=${width}&batch=10${options}`;

export interface VisitOptions {
  /** What follows the page's address: a query, a hash. */
  readonly at?: string;
  readonly width?: number;
  readonly height?: number;
  readonly dark?: boolean;
  /** The address of the page, where it is another than usual. */
  readonly site?: string;
  /** What is done before the page is opened. */
  readonly prepare?: (page: Page) => Promise<void>;
}

/** One visitor. What the page complains of, and where it sends requests, is written down. */
export class Visit {
  readonly page: Page;
  /** Errors on the console, uncaught exceptions, violations of the content security policy. */
  readonly complaints: string[] = [];
  /** Requests to anywhere but the page's own files. */
  readonly strays: string[] = [];
  readonly #context: BrowserContext;
  /** Where the browser saves files, once one was saved. */
  #folder: string | undefined;

  private constructor(context: BrowserContext, page: Page, site: string) {
    this.#context = context;
    this.page = page;
    page.on("console", (message) => {
      if (message.type() === "error") this.complaints.push(`console: ${message.text()}`);
    });
    page.on("pageerror", (error) => {
      this.complaints.push(`uncaught: ${error instanceof Error ? error.message : String(error)}`);
    });
    page.on("request", (request) => {
      const url = request.url();
      if (!url.startsWith(site) && !/^(data|blob):/.test(url)) this.strays.push(url);
    });
  }

  /** Opens the page with an empty profile. */
  static async begin(browser: Browser, options: VisitOptions = {}): Promise<Visit> {
    const context = await browser.createBrowserContext();
    const page = await context.newPage();
    page.setDefaultNavigationTimeout(patience);
    const { width = 1440, height = 900, dark = false, at = "", site = inject("site") } = options;
    await page.setViewport({ width, height });
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: dark ? "dark" : "light" }]);
    const visit = new Visit(context, page, site);
    await options.prepare?.(page);
    await page.goto(new URL(at, site).href, { waitUntil: "load" });
    return visit;
  }

  /** Goes to the page anew, with what follows its address. */
  async open(at = ""): Promise<void> {
    await this.page.goto(new URL(at, inject("site")).href, { waitUntil: "load" });
  }

  /** Chooses the options of {@link tiny} and others in the page itself: kernels that it has compiled stay there. */
  choose(
    options: Readonly<Record<string, number | "none">> = {},
    network: NetworkName = "cnn",
  ): Promise<void> {
    const size = network === "cnn" ? { filters: 1 } : { hidden: 1 };
    return this.page.evaluate(
      (network, options) => {
        const own = Object.entries(options).map(([name, value]) => [
          name,
          value === "none" ? Infinity : value,
        ]);
        const session = document.querySelector("fx-app")?.session;
        session?.adopt({ preset: "quick", network, options: Object.fromEntries(own) });
      },
      network,
      { curves: 60, samples: 20, ...size, batch: 10, ...options },
    );
  }

  /** The element of this role and name, wherever in the page it stands. */
  find(name: string, role: string): Promise<ElementHandle<Element>> {
    return this.#wait(`::-p-aria([name="${name}"][role="${role}"])`);
  }

  /** Presses a button as soon as it can be pressed. */
  async press(name: string): Promise<void> {
    const button = await until(`there is no button ${name} to press`, async () => {
      const found = await this.page.$(`::-p-aria([name="${name}"][role="button"])`);
      const ready = await found?.evaluate((element) => !element.matches(":disabled, [aria-disabled=true]"));
      return ready && found ? found : undefined;
    });
    await this.click(button);
  }

  /**
   * Clicks an element as soon as it stands still in sight. A page that still fills moves what is on it, so that it is
   * brought into sight as often as it is moved out.
   */
  async click(element: ElementHandle<Element>, count = 1): Promise<void> {
    await until("what is to be clicked does not stand still in sight", async () => {
      await element.scrollIntoView();
      return (await element.evaluate(standsInSight)) || undefined;
    });
    await element.click({ count });
  }

  /** Opens a tab and waits until its panel is there. */
  async openTab(name: string, element: string): Promise<ElementHandle<Element>> {
    const tab = await this.find(name, "tab");
    await this.click(tab);
    return this.#wait(`>>> ${element}`);
  }

  /** The element of this tag, through all shadow roots. */
  element(selector: string): Promise<ElementHandle<Element>> {
    return this.#wait(`>>> ${selector}`);
  }

  /** Text that the visitor sees in the first such element. */
  async text(selector: string): Promise<string> {
    const element = await this.element(selector);
    return element.evaluate(
      (node) => (node.shadowRoot ?? node).textContent?.replace(/\s+/g, " ").trim() ?? "",
    );
  }

  /** Waits until the text of an element matches. */
  waitForText(selector: string, pattern: RegExp, seconds = 300): Promise<string> {
    let text = "";
    return until(
      () => `${selector} does not say ${pattern}, but: ${text}`,
      async () => {
        text = await this.text(selector);
        return pattern.test(text) ? text : undefined;
      },
      seconds,
    );
  }

  /** Asks again and again: no observer sees changes within shadow roots. */
  #wait(selector: string): Promise<ElementHandle<Element>> {
    return until(`${selector} is not on the page`, async () => (await this.page.$(selector)) ?? undefined);
  }

  /** Chooses an item of the menu Export. */
  async export(label: string): Promise<void> {
    await this.press("Export");
    await this.click(await this.find(label, "menuitem"));
  }

  /** Does what saves a file, and returns what the browser has saved under this name. */
  async save(name: string, action: () => Promise<void>): Promise<Buffer> {
    const folder = await this.#saveFolder();
    await action();
    const file = join(folder, name);
    // The browser puts an empty file in its place before it has it whole.
    const content = await until(
      () => `${name} has not been saved`,
      async () => {
        const bytes = (await readdir(folder)).includes(name) ? await readFile(file) : undefined;
        return bytes?.length ? bytes : undefined;
      },
    );
    await rm(file);
    return content;
  }

  async #saveFolder(): Promise<string> {
    if (this.#folder !== undefined) return this.#folder;
    this.#folder = await mkdtemp(join(tmpdir(), "fluxion-saved-"));
    const devtools = await this.page.createCDPSession();
    await devtools.send("Browser.setDownloadBehavior", {
      behavior: "allow",
      browserContextId: this.#context.id,
      downloadPath: this.#folder,
    });
    return this.#folder;
  }

  async end(): Promise<void> {
    await this.#context.close();
    if (this.#folder !== undefined) await rm(this.#folder, { recursive: true });
  }
}

/** Whether an element can be used, and its middle is within the window and where it was two frames ago. */
async function standsInSight(element: Element): Promise<boolean> {
  if (element.matches(":disabled, [aria-disabled=true]") || !element.checkVisibility()) return false;
  const middle = (): number[] => {
    const { x, y, width, height } = element.getBoundingClientRect();
    return [x + width / 2, y + height / 2];
  };
  const before = middle();
  for (let frame = 0; frame < 2; frame++) await new Promise((drawn) => requestAnimationFrame(drawn));
  const [x, y] = middle();
  return x === before[0] && y === before[1] && x >= 0 && x < innerWidth && y >= 0 && y < innerHeight;
}

/**
 * Looks until there is something to be seen.
 * @throws Error with the complaint when that takes too long
 */
export async function until<T>(
  complaint: string | (() => string),
  look: () => Promise<T | undefined>,
  seconds = 100,
): Promise<T> {
  const begin = Date.now();
  for (;;) {
    const seen = await look();
    if (seen !== undefined) return seen;
    const waited = Date.now() - begin;
    if (waited > 1000 * seconds) throw new Error(typeof complaint === "string" ? complaint : complaint());
    // A look takes the page up to 30 ms: the longer it takes to come, the more seldom.
    await new Promise((resolve) => setTimeout(resolve, Math.min(20 + waited / 8, 250)));
  }
}
