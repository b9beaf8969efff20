/** Keyboard shortcuts: each is also a button, and all can be turned off (WCAG 2.1.4). */

export const shortcuts = [
  { key: " ", name: "Space", does: "train, pause or resume, where a chart has the focus" },
  { key: ".", name: ".", does: "one iteration, then pause" },
  { key: "s", name: "s", does: "stop and evaluate" },
  { key: "r", name: "r", does: "restart with the present options" },
  { key: "?", name: "?", does: "show these shortcuts" },
] as const;
export type Shortcut = (typeof shortcuts)[number]["key"];

const storageKey = "fluxion-shortcuts";
let on = readKept();

export const shortcutsOn = (): boolean => on;

/** Turns them on or off, now and in later visits where the browser lets the page remember it. */
export function turnShortcuts(wanted: boolean): void {
  on = wanted;
  try {
    localStorage.setItem(storageKey, wanted ? "on" : "off");
  } catch {
    // It holds for this visit.
  }
}

function readKept(): boolean {
  try {
    return localStorage.getItem(storageKey) !== "off";
  } catch {
    return true;
  }
}

/** Where keys write, choose or close. */
const taken =
  "input, textarea, select, dialog, [contenteditable], [role=combobox], [role=listbox], [role=menu], [role=slider]";
/** Where Space has no use of its own: everywhere else it presses, or scrolls the page. */
const charts = "[role=application]";

/** The shortcut that a key press means, if it means one: not while typing, and Space on charts alone. */
function shortcutOf(event: KeyboardEvent): Shortcut | undefined {
  if (!on || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return undefined;
  const found = shortcuts.find(({ key }) => key === event.key);
  if (!found || (event.repeat && found.key !== ".")) return undefined;
  const within = (selector: string): boolean =>
    event.composedPath().some((target) => target instanceof Element && target.matches(selector));
  if (within(taken) || (found.key === " " && !within(charts))) return undefined;
  return found.key;
}

/** Answers shortcuts pressed anywhere on the page; returns a function that ends it. */
export function onShortcut(answer: (shortcut: Shortcut) => boolean): () => void {
  const listen = (event: KeyboardEvent) => {
    const shortcut = shortcutOf(event);
    if (shortcut !== undefined && answer(shortcut)) event.preventDefault();
  };
  addEventListener("keydown", listen);
  return () => removeEventListener("keydown", listen);
}
