import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { TestHost } from "../browser/host";
import { denoCommand, denoEnvironment } from "./command";
import { type Answers, type Request, toLine } from "./protocol";

/** A Deno process with the library loaded. */
export interface DenoHost extends TestHost {
  describe(): Promise<Answers["describe"]>;
}

interface Waiting {
  resolve(answer: unknown): void;
  reject(error: Error): void;
}

/** Starts the harness, a bundle, in a Deno of its own. What is asked rejects where that ends, for want of an adapter too. */
export async function openDeno(bundle: string): Promise<DenoHost> {
  const child = spawn(process.execPath, denoCommand(bundle), { env: denoEnvironment });
  const waiting: Waiting[] = [];
  let said = "";
  let end: Error | undefined;
  child.stderr.on("data", (chunk: Buffer) => {
    said += chunk.toString();
  });
  // Answers come in the order of the questions.
  createInterface({ input: child.stdout }).on("line", (line) => waiting.shift()?.resolve(JSON.parse(line)));
  // Whatever is asked of a process that has ended is answered below.
  child.stdin.on("error", () => undefined);
  const ended = new Promise<void>((resolve) =>
    child.once("close", (status) => {
      end = new Error(`Deno ended with status ${status}: ${said.trim()}`);
      for (const { reject } of waiting.splice(0)) reject(end);
      resolve();
    }),
  );
  const ask = <R extends Request>(request: R): Promise<Answers[R["kind"]]> =>
    new Promise<unknown>((resolve, reject) => {
      if (end) return reject(end);
      waiting.push({ resolve, reject });
      child.stdin.write(toLine(request));
    }) as Promise<Answers[R["kind"]]>;
  return {
    describe: () => ask({ kind: "describe" }),
    call: (source, args) => ask({ kind: "call", source, args }),
    problems: () => ask({ kind: "problems" }),
    async close() {
      child.stdin.end();
      await ended;
    },
  };
}
