/* Runs before uPlot's script, which formats numbers by the browser's language as it loads: a headless
   Chromium in the POSIX locale reports "en-US@posix", which Intl refuses. */
try {
  new Intl.NumberFormat(navigator.language);
} catch {
  Object.defineProperty(navigator, "language", { value: "en-US" });
}
