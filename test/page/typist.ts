/** A visitor of the page who has keys and a screen reader alone. */
import type { CDPSession } from "puppeteer";
import { until, type Visit } from "./visit";

/** Where Tab stands when it has left the page. */
export const nothing = "none undefined";

/** A visitor without a mouse. */
export class Typist {
  readonly visit: Visit;
  readonly #devtools: CDPSession;

  private constructor(visit: Visit, devtools: CDPSession) {
    this.visit = visit;
    this.#devtools = devtools;
  }

  static async begin(visit: Visit): Promise<Typist> {
    return new Typist(visit, await visit.page.createCDPSession());
  }

  async press(...keys: readonly Parameters<Visit["page"]["keyboard"]["press"]>[0][]): Promise<void> {
    for (const key of keys) await this.visit.page.keyboard.press(key);
  }

  async backwards(): Promise<void> {
    const { keyboard } = this.visit.page;
    await keyboard.down("Shift");
    await keyboard.press("Tab");
    await keyboard.up("Shift");
  }

  /** "button Train": role and name of what has the focus, as a screen reader gets them. */
  async focused(): Promise<string> {
    const { result } = await this.#devtools.send("Runtime.evaluate", {
      expression: `(() => {
        let element = document.activeElement;
        while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
        return element;
      })()`,
    });
    const { nodes } = await this.#devtools.send("Accessibility.getPartialAXTree", {
      objectId: result.objectId,
      fetchRelatives: false,
    });
    await this.#devtools.send("Runtime.releaseObject", { objectId: result.objectId ?? "" });
    return `${nodes[0]?.role?.value} ${nodes[0]?.name?.value}`.trim();
  }

  /** Tabs on until this has the focus. */
  async reach(wanted: string): Promise<void> {
    const passed: string[] = [];
    for (let i = 0; i < 120; i++) {
      await this.press("Tab");
      const focused = await this.focused();
      if (focused === wanted) return;
      passed.push(focused);
    }
    throw new Error(`Tab does not reach ${wanted}, but: ${passed.join("; ")}`);
  }

  /** Waits until this has the focus, without a key. */
  waitForFocus(wanted: string): Promise<true> {
    let focused = "";
    return until(
      () => `${wanted} does not get the focus, but ${focused} has it`,
      async () => {
        focused = await this.focused();
        return focused === wanted || undefined;
      },
    );
  }

  async isOpen(dialog: string): Promise<boolean> {
    return (await this.visit.page.$(`::-p-aria([name="${dialog}"][role="dialog"])`)) !== null;
  }
}
