/** What axe finds on the page. */
import { AxePuppeteer } from "@axe-core/puppeteer";
import { expect } from "vitest";
import { settle } from "./states";
import type { Visit } from "./visit";

const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
/** The rules that look at colours: they alone tell one theme from the other. */
const colours = ["color-contrast", "link-in-text-block"];

export type Theme = "light" | "dark";
/** A part of the page, by the path of selectors through its shadow roots. */
export type Part = readonly [string, string];

/** Which rules axe goes by: all, those that look at colours, or the others. */
type Rules = "all" | "colours" | "form";

/** What axe finds by these rules on the whole page or in a part of it. */
export async function findings(
  { page }: Visit,
  rules: Rules = "all",
  part?: Part,
): Promise<readonly string[]> {
  const axe = new AxePuppeteer(page).setLegacyMode();
  if (part) axe.include({ fromShadowDom: [...part] });
  if (rules === "colours") axe.withRules(colours);
  else axe.withTags(tags);
  if (rules === "form") axe.disableRules(colours);
  const { violations } = await axe.analyze();
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} (${help}): ${target.join(" ")}: ${failureSummary}`),
  );
}

/** Shows the page in a theme, without motion. */
export async function showTheme(visit: Visit, theme: Theme): Promise<void> {
  await visit.page.emulateMediaFeatures([
    { name: "prefers-color-scheme", value: theme },
    { name: "prefers-reduced-motion", value: "reduce" },
  ]);
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
