/** One headless Chrome in which everything is timed, each subject in a page of its own. */
import type { Browser, Page } from "puppeteer";
import { launchChrome, patience, type WebGpu } from "./chrome/launch";
import type { PagePath, Site } from "./site";

/** Milliseconds that a visit may take: the first step of a large network can compile for minutes. */
const longestVisit = 30 * 60_000;

export class Session {
  readonly #site: Site;
  readonly #webGpu: WebGpu;
  readonly #say: (text: string) => void;
  #browser: Browser | undefined;

  /** @param say told what the pages say, a line each */
  constructor(site: Site, webGpu: WebGpu, say: (text: string) => void) {
    this.#site = site;
    this.#webGpu = webGpu;
    this.#say = say;
  }

  /** Its name and version. */
  async version(): Promise<string> {
    return (await this.#running()).version();
  }

  /**
   * Opens a page, uses it and closes it, so that the memory of one subject does not weigh on the next.
   * @param label stands before what the page says
   * @throws what `use` throws, and an Error when the page does not load, crashes, or takes too long; then the browser
   *   is started anew for the next visit, because its GPU process may be broken
   */
  async visit<Result>(path: PagePath, label: string, use: (page: Page) => Promise<Result>): Promise<Result> {
    const page = await (await this.#running()).newPage();
    let timer: NodeJS.Timeout | undefined;
    try {
      const broken = new Promise<never>((_, reject) => {
        page.once("error", ({ message }) => reject(new Error(`the page crashed: ${message}`)));
        page.once("close", () => reject(new Error("the browser closed the page")));
        timer = setTimeout(
          () => reject(new Error(`not done after ${longestVisit / 60_000} minutes`)),
          longestVisit,
        );
      });
      broken.catch(() => undefined);
      const result = await Promise.race([this.#use(page, path, label, use), broken]);
      await page.close();
      return result;
    } catch (error) {
      await this.close();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  async #use<Result>(
    page: Page,
    path: PagePath,
    label: string,
    use: (page: Page) => Promise<Result>,
  ): Promise<Result> {
    let complaint = "";
    page.on("pageerror", (error) => {
      complaint ||= `: ${error instanceof Error ? error.message : String(error)}`;
    });
    await page.exposeFunction("say", (text: string) => this.#say(`${label}: ${text}`));
    await page.goto(this.#site.address(path), { waitUntil: "load", timeout: patience });
    if (!(await page.evaluate(() => "own" in window || "peer" in window)))
      throw new Error(`the page does not load${complaint}`);
    return use(page);
  }

  async close(): Promise<void> {
    const browser = this.#browser;
    this.#browser = undefined;
    // A browser that crashed cannot be asked to close.
    await browser?.close().catch(() => undefined);
  }

  async #running(): Promise<Browser> {
    this.#browser ??= await launchChrome(this.#webGpu);
    return this.#browser;
  }
}
