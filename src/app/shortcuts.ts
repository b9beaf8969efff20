/** Keyboard shortcuts: each is also a button, and all can be turned off (WCAG 2.1.4). */

export const shortcuts = [
  { key: " ", name: "Space", does: "train, pause or resume" },
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
/** Where Space presses. */
const pressed =
  "button, a, summary, [role=button], [role=tab], [role=switch], [role=checkbox], [role=radio], [role=menuitem]";

/** The shortcut that a key press means, if it means one: not while typing, and not Space on what Space presses. */
function shortcutOf(event: KeyboardEvent): Shortcut | undefined {
  if (!on || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return undefined;
  const found = shortcuts.find(({ key }) => key === event.key);
  if (!found || (event.repeat && found.key !== ".")) return undefined;
  const used = found.key === " " ? `${taken}, ${pressed}` : taken;
  const inUse = event.composedPath().some((target) => target instanceof Element && target.matches(used));
  return inUse ? undefined : found.key;
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
