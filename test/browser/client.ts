/**
 * The test's half of the harness: `import { gpu } from "./browser/client"` gives a test file a page of its own
 * in the running browser, with one device, closed when the file is done.
 */

import puppeteer, { type Browser } from "puppeteer";
import { afterAll, afterEach, beforeAll, inject } from "vitest";
import { type OpenPage, openPage } from "./open";
import type { Outcome, TestPage } from "./page";
import { type Base64, decode, encode } from "./wire";

const base64: Base64 = {
  encode: (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64"),
  decode: (text) => Buffer.from(text, "base64"),
};

let browser: Browser | undefined;
let opened: OpenPage | undefined;

beforeAll(async () => {
  const { endpoint, url } = inject("chrome");
  // The limits of time are vitest's, not the protocol's.
  browser = await puppeteer.connect({
    browserWSEndpoint: endpoint,
    protocolTimeout: 0,
    defaultViewport: null,
  });
  opened = await openPage(browser, url);
});

afterEach(async () => {
  const problems = await readProblems(running());
  if (problems.length > 0) throw new Error(problems.join("\n"));
});

afterAll(async () => {
  await opened?.page.close();
  await browser?.disconnect();
});

/**
 * Runs a function in the page and returns what it returns. Arguments and result are plain data: numbers,
 * strings, booleans, null, undefined, arrays, objects, Maps, and typed arrays, which arrive bit for bit.
 *
 * The function travels as its source text: it sees its two parameters and the globals of a page, and nothing
 * of the file it stands in, neither imports nor constants. Pass what it needs as `args`, reach the library
 * through `page.fluxion`, and write it as an arrow or `function` expression.
 *
 * Throws what the function throws (name and message), and an Error when the device reported an error that no
 * error scope caught or the page wrote an error to its console.
 */
async function run<Result>(body: (page: TestPage) => Result): Promise<Awaited<Result>>;
async function run<Args, Result>(
  body: (page: TestPage, args: Args) => Result,
  args: Args,
): Promise<Awaited<Result>>;
async function run<Args, Result>(
  body: (page: TestPage, args: Args) => Result,
  args?: Args,
): Promise<Awaited<Result>> {
  const source = body.toString();
  // Vitest rewrites every use of an import to a member of a variable of such a name.
  if (/__vi(te_ssr)?_(dynamic_)?import_/.test(source))
    throw new TypeError("a function given to gpu.run must not use an import: it runs in the page");
  const open = running();
  const answer = await open.page.evaluate(
    (text, encoded) => window.harness.call(text, encoded),
    source,
    encode(args, base64),
  );
  const outcome = decode(answer, base64) as Outcome;
  const problems = await readProblems(open);
  if (outcome.kind === "error") {
    const error = new Error([outcome.message, ...problems].join("\n"));
    error.name = outcome.name;
    error.cause = outcome.stack;
    throw error;
  }
  if (problems.length > 0) throw new Error(problems.join("\n"));
  return outcome.value as Awaited<Result>;
}

export const gpu = { run } as const;

function running(): OpenPage {
  if (opened === undefined) throw new Error("the page is open only while tests run");
  return opened;
}

async function readProblems({ page, complaints }: OpenPage): Promise<string[]> {
  const uncaught = await page.evaluate(() => window.harness.problems());
  return [...complaints.splice(0), ...uncaught];
}
