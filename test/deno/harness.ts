/** The harness in Deno: takes requests on standard input and answers each on standard output, a line of JSON each. */
import { createInterface } from "node:readline";
import { openHost } from "../../src/cli/host";
import { createHarness } from "../browser/harness";
import { type Answers, type Request, toLine } from "./protocol";

/** Answers until standard input ends; throws where there is no adapter. */
export async function serve(): Promise<void> {
  const complaints: string[] = [];
  console.error = (...words: unknown[]) => complaints.push(`console: ${words.join(" ")}`);
  const harness = createHarness(() => openHost({ adapter: "auto" }));
  const adapter = await harness.adapter();
  const answer = async (request: Request): Promise<Answers[Request["kind"]]> => {
    switch (request.kind) {
      case "describe":
        return { version: String(process.versions.deno), adapter };
      case "call":
        return harness.call(request.source, request.args);
      case "problems": {
        const uncaught = await harness.problems();
        return [...complaints.splice(0), ...uncaught];
      }
      default:
        return request satisfies never;
    }
  };
  for await (const line of createInterface({ input: process.stdin }))
    process.stdout.write(toLine(await answer(JSON.parse(line))));
}
