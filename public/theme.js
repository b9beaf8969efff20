/* Runs before the first paint: the page must not flash in the other theme. theme.ts takes over later. */
(() => {
  let chosen = null;
  try {
    chosen = localStorage.getItem("fluxion-theme");
  } catch {
    // A browser that lets the page store nothing has nothing to restore.
  }
  const dark =
    chosen === "dark" || (chosen !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.classList.add(dark ? "wa-dark" : "wa-light");
})();
