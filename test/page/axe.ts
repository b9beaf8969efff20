/** What axe finds on the page. */
import { type ElementContext, type RunOptions, source } from "axe-core";
import type { Page } from "puppeteer";
import { expect } from "vitest";
import { settle } from "./states";
import type { Visit } from "./visit";

const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
/** The rules that look at colours: they alone tell one theme from the other. */
const colours = ["color-contrast", "link-in-text-block"];

export type Theme = "light" | "dark";
/** A part of the page, by the path of selectors through its shadow roots. */
export type Part = readonly [string, string];

/** The rules that look at how large things are. */
const sizes = ["scrollable-region-focusable", "target-size"];

/** Which rules axe goes by. */
type Rules = "all" | "colours" | "sizes";

/** What axe finds by these rules on the whole page or in a part of it. */
export async function findings(
  { page }: Visit,
  rules: Rules = "all",
  part?: Part,
): Promise<readonly string[]> {
  const withoutColours = Object.fromEntries(colours.map((rule) => [rule, { enabled: false }]));
  const found: string[] = [];
  if (rules === "all")
    found.push(...(await analyse(page, shadowed(part), { runOnly: tags, rules: withoutColours })));
  if (rules === "sizes") found.push(...(await analyse(page, shadowed(part), { runOnly: sizes })));
  if (rules !== "sizes") {
    // Axe looks long at the background of each text: one is enough of those that look alike.
    const looks = await page.evaluate(markLooks, part ?? []);
    found.push(...(await analyse(page, { include: looks.map(fromShadowDom) }, { runOnly: colours })));
  }
  return found;
}

const fromShadowDom = (path: readonly string[]) => ({ fromShadowDom: [...path] as [string, string] });

const shadowed = (part: Part | undefined): ElementContext => ({
  include: [part ? fromShadowDom(part) : "html"],
});

/** What axe finds there, told in lines. Axe stays in the page, which has it from the first time on. */
async function analyse(page: Page, context: ElementContext, options: RunOptions): Promise<readonly string[]> {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(source);
  return page.evaluate(
    async (context, options) => {
      const { axe } = window as unknown as { axe: typeof import("axe-core") };
      const { violations } = await axe.run(context, { ...options, resultTypes: ["violations"] });
      return violations.flatMap(({ id, help, nodes }) =>
        nodes.map(({ target, failureSummary }) => `${id} (${help}): ${target.join(" ")}: ${failureSummary}`),
      );
    },
    context,
    options,
  );
}

/** Shows the page in a theme, without motion. */
export async function showTheme(visit: Visit, theme: Theme): Promise<void> {
  await visit.page.emulateMediaFeatures([
    { name: "prefers-color-scheme", value: theme },
    { name: "prefers-reduced-motion", value: "reduce" },
  ]);
  // Colours that pass over into others do so from the next frame on.
  await visit.page.evaluate(
    () => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))),
  );
  await settle(visit);
}

/** In the light theme nothing is found, in the dark one no colour. */
export async function expectFoundRight(
  visit: Visit,
  state: string,
  theme: Theme = "light",
  part?: Part,
): Promise<void> {
  await showTheme(visit, theme);
  const rules = theme === "light" ? "all" : "colours";
  expect.soft(await findings(visit, rules, part), `${state}, ${theme}`).toEqual([]);
}

/**
 * Of all texts in a part of the page that are of one colour on one background, of one size and weight, the path to one.
 * Runs in the page.
 */
function markLooks(part: readonly string[]): readonly (readonly string[])[] {
  /** The element around it, through slots and shadow roots. */
  const around = (element: Element): Element | null => {
    const root = element.getRootNode();
    return element.assignedSlot ?? element.parentElement ?? (root instanceof ShadowRoot ? root.host : null);
  };
  const looks = new Map<string, Element>();
  const visit = (element: Element): void => {
    const texts = [...element.childNodes].some(
      (node) => node instanceof Text && node.textContent?.trim() !== "",
    );
    if (texts && element.checkVisibility()) {
      const { color, fontSize, fontWeight } = getComputedStyle(element);
      const behind: string[] = [];
      for (let at: Element | null = element; at; at = around(at)) {
        const { backgroundColor, backgroundImage, opacity } = getComputedStyle(at);
        if (opacity !== "1" || backgroundImage !== "none") behind.push(opacity, backgroundImage);
        if (backgroundColor === "rgba(0, 0, 0, 0)") continue;
        behind.push(backgroundColor);
        if (!/rgba|\//.test(backgroundColor)) break;
      }
      const disabled = element.closest(":disabled, [aria-disabled=true]") !== null;
      const look = [color, fontSize, fontWeight, disabled, element.localName === "a", ...behind].join();
      if (!looks.has(look)) looks.set(look, element);
    }
    for (const child of [...(element.shadowRoot?.children ?? []), ...element.children]) visit(child);
  };
  let root: Element | undefined | null = document.documentElement;
  for (const [i, selector] of part.entries())
    root = (i === 0 ? document : root?.shadowRoot)?.querySelector(selector);
  if (!root) throw new Error(`there is no ${part.join(" ")}`);
  visit(root);
  return Array.from(looks.values(), (element, i) => {
    const path: string[] = [];
    for (let at: Element | undefined = element; at; ) {
      const mark = at.getAttribute("data-look") ?? `${i}.${path.length}`;
      at.setAttribute("data-look", mark);
      path.unshift(`[data-look="${mark}"]`);
      const inner: Node = at.getRootNode();
      at = inner instanceof ShadowRoot ? inner.host : undefined;
    }
    return path;
  });
}
