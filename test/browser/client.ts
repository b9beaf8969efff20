/**
 * The test's half of the harness: `import { gpu } from "./browser/client"` gives a test file a device, in a page of the
 * running browser or in a Deno. All files of a worker share it: what one has compiled, the next need not compile again.
 */
import { inject } from "vitest";
import { openDeno } from "../deno/open";
import { openChrome } from "./chrome";
import type { Outcome, TestPage } from "./harness";
import type { TestHost } from "./host";
import { type Base64, decode, encode } from "./wire";

const base64: Base64 = {
  encode: (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64"),
  decode: (text) => Buffer.from(text, "base64"),
};

let opened: Promise<TestHost> | undefined;

/** The worker's device, opened when a test first wants it; it ends with the browser, or with the worker. */
const open = (): Promise<TestHost> => {
  const deno = inject("deno");
  opened ??= deno === undefined ? openChrome(inject("chrome")) : openDeno(deno);
  return opened;
};

/** What went wrong in the host since the last call and nobody caught. A host that has complained is not used again. */
export async function findProblems(): Promise<readonly string[]> {
  const host = await opened;
  const problems = (await host?.problems()) ?? [];
  if (problems.length > 0) {
    opened = undefined;
    await host?.close();
  }
  return problems;
}

/**
 * Runs a function in the host and returns what it returns. Arguments and result are plain data: numbers,
 * strings, booleans, null, undefined, arrays, objects, Maps, and typed arrays, which arrive bit for bit.
 *
 * The function travels as its source text: it sees its two parameters and the globals of its host, and nothing
 * of the file it stands in, neither imports nor constants. Pass what it needs as `args`, reach the library
 * through `page.fluxion`, and write it as an arrow or `function` expression.
 *
 * Throws what the function throws (name and message), and an Error when the device reported an error that no
 * error scope caught or the host wrote an error to its console.
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
    throw new TypeError("a function given to gpu.run must not use an import: it runs in another place");
  const host = await open();
  const outcome = decode(await host.call(source, encode(args, base64)), base64) as Outcome;
  const problems = await findProblems();
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
