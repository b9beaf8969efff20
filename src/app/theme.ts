/** The visitor's theme. public/theme.js sets it before the first paint; this takes over. */
const key = "fluxion-theme";
const system = matchMedia("(prefers-color-scheme: dark)");

export const themes = ["auto", "light", "dark"] as const;
export type Theme = (typeof themes)[number];

/** What the visitor chose in an earlier visit; `auto` follows the system. */
export function readTheme(): Theme {
  try {
    const kept = localStorage.getItem(key);
    return themes.find((theme) => theme === kept) ?? "auto";
  } catch {
    return "auto";
  }
}

/** Shows a theme from now on, and in later visits where the browser lets the page remember it. */
export function chooseTheme(theme: Theme): void {
  try {
    localStorage.setItem(key, theme);
  } catch {
    // It holds for this visit.
  }
  show(theme);
}

function show(theme: Theme): void {
  const dark = theme === "dark" || (theme === "auto" && system.matches);
  document.documentElement.classList.toggle("wa-dark", dark);
  document.documentElement.classList.toggle("wa-light", !dark);
}

/** Follows the system while the theme is `auto`; returns a function that ends it. */
export function followSystem(current: () => Theme): () => void {
  const follow = () => show(current());
  system.addEventListener("change", follow);
  return () => system.removeEventListener("change", follow);
}
