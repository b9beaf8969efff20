import { html, trusted } from "../../calculus/markup";

/** The parts of the report's page. */
export interface PageParts {
  readonly title: string;
  readonly styles: readonly string[];
  readonly scripts: readonly string[];
  readonly data: unknown;
}

/** The report's HTML. Its script fills the elements with an id from the data. */
export const page = ({ title, styles, scripts, data }: PageParts): string =>
  html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
${styles.map((style) => html`<style>${trusted(style)}</style>`)}
</head>
<body>
<header>
  <h1>${title}</h1>
  <p class="verdict" id="verdict"></p>
</header>
<main>
  <section>
    <h2>Training</h2>
    <div class="networks" id="training"></div>
  </section>
  <section>
    <h2>Predictions</h2>
    <p>One test curve of each function: its derivative against x.
      <span class="key target">target</span> <span class="key prediction">prediction</span></p>
    <div class="networks" id="predictions"></div>
  </section>
  <section>
    <h2>Numbers</h2>
    <p>RMSE per point on the test set, against the clean derivative; over several runs mean ± standard
      deviation. The noise floor is what the clean derivative itself scores against the noisy target.</p>
    <table class="numbers" id="numbers"></table>
    <table class="numbers" id="seeds"></table>
  </section>
  <section class="pair">
    <div><h2>Run</h2><table id="run"></table></div>
    <div><h2>Options</h2><table id="options"></table></div>
  </section>
</main>
<noscript>This report draws its plots with JavaScript.</noscript>
<script type="application/json" id="data">${scriptJson(data)}</script>
${scripts.map((script) => html`<script>${trusted(script)}</script>`)}
</body>
</html>
`.text;

/** JSON inside a script element: no "<" may begin an end tag or a comment. */
const scriptJson = (data: unknown) => trusted(JSON.stringify(data).replaceAll("<", "\\u003c"));
