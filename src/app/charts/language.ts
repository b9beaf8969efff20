/* Runs before uPlot, which makes a formatter for the browser's language as it loads, though charts here never use it:
   browsers in the POSIX locale report "en-US@posix", which Intl refuses. */
try {
  new Intl.NumberFormat(navigator.language);
} catch {
  Object.defineProperty(navigator, "language", { value: "en-US" });
}
