/** What every report is: one file that opens offline in any browser, and runs and fetches nothing. */
import { html, type Markup, trusted } from "../../calculus/markup";
import dark from "../../charts/dark.css?raw";
import light from "../../charts/light.css?raw";
import pageStyle from "./style.css?raw";

/** The class is the page's for its dark theme: here the reader's system decides on it. */
export const reportPage = (title: string, style: string, content: Markup): string =>
  html`<!doctype html>
<html lang="en" class="wa-dark">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${trusted(light)}</style>
<style media="(prefers-color-scheme: dark)">${trusted(dark)}</style>
<style>${trusted(pageStyle)}</style>
<style>${trusted(style)}</style>
</head>
<body>
${content}
</body>
</html>
`.text;
