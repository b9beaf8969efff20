/** The colours of the page's theme, for what is drawn and not styled. */
import type { ChartColors } from "../../charts/spec";

/** The colours that hold now where an element stands. */
export function readColors(element: Element): ChartColors {
  const style = getComputedStyle(element);
  const page = getComputedStyle(document.body);
  return {
    of: (token) => style.getPropertyValue(token).trim() || style.color,
    text: page.color,
    ground: page.backgroundColor,
  };
}

const listeners = new Set<() => void>();

/** Every theme, the system's too, is a class of the page. */
const observer = new MutationObserver(() => {
  for (const listener of listeners) listener();
});

/** Calls back after the theme has changed; returns a function that ends it. */
export function onThemeChange(listener: () => void): () => void {
  if (listeners.size === 0) observer.observe(document.documentElement, { attributeFilter: ["class"] });
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) observer.disconnect();
  };
}
