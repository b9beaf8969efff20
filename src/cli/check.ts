/** `fluxion check`: conformance vectors against the kernels on this adapter. */
import { readdirSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import type { Command } from "commander";
import { type CaseResult, runCase } from "../check";
import { openCase } from "../check/case";
import { type Device, FormatError } from "../engine";
import { jsonLine, oneLine, plainName } from "../engine/files/error";
import { type AdapterFlags, addAdapterFlags } from "./adapter-flags";
import { fileError, UsageError } from "./errors";
import { readInput } from "./files";
import { openHost } from "./host";

interface CheckFlags extends AdapterFlags {
  readonly json?: true;
}

const mostBytes = 2 ** 30;

const examples = `
A vector is one operation with inputs and the outputs expected of it, computed in float64 by an
outside oracle. A tensor passes when its largest error stays within the tolerance it carries.
The error is infinite (null in JSON) where a value is not finite or the tensor is missing.
A vector that asks for what this version does not have (an operation, a field of its config, an
input) is a failed case with a reason; a file that is no vector at all ends the command before
anything runs. Directories stand for all .safetensors files in them. Exit status 1 when anything fails.

Examples:
  fluxion check test/conformance
  fluxion check --json test/conformance/conv1d-*.safetensors | tail -n 1`;

export function addCheck(program: Command): void {
  addAdapterFlags(
    program
      .command("check")
      .summary("run conformance vectors on this machine's adapter")
      .description("Compare the kernels on this adapter with conformance vectors.")
      .argument("<file...>", "vectors (.safetensors), or directories of them")
      .option("--json", 'print {"passed", "failed", "cases"} as one line of JSON, last on standard output'),
  )
    .addHelpText("after", examples)
    .action(check);
}

/** A result as it is reported: `case` is the file's name without its ending. */
export interface Reported extends CaseResult {
  readonly file: string;
  readonly passed: boolean;
  /** Why it could not be run; none of its tensors is compared then. */
  readonly reason?: string;
}

async function check(paths: readonly string[], flags: CheckFlags): Promise<void> {
  const files = paths.flatMap(listVectors);
  const vectors: { readonly path: string; readonly bytes: Uint8Array }[] = [];
  for (const path of files) vectors.push({ path, bytes: await readInput("check", path, mostBytes) });
  // Whatever is no vector at all is refused before anything runs.
  const operations = vectors.map(({ path, bytes }) => openCase(bytes, path).metadata.get("op") ?? "");
  const device = await openHost(flags);
  const cases: Reported[] = [];
  for (const [i, { path, bytes }] of vectors.entries()) {
    const reported = { ...(await runVector(device, path, bytes, operations[i])), file: path };
    cases.push(reported);
    process.stdout.write(describe(reported));
  }
  const passed = cases.filter((reported) => reported.passed).length;
  const failed = cases.length - passed;
  process.stdout.write(
    `${passed} of ${cases.length} cases passed${failed > 0 ? `, ${failed} FAILED` : ""}\n`,
  );
  if (flags.json) process.stdout.write(`${jsonLine({ passed, failed, cases })}\n`);
  if (failed > 0) process.exitCode = 1;
}

/** A case that cannot be run has failed like any other, and those after it are run. */
export async function runVector(
  device: Device,
  path: string,
  bytes: Uint8Array,
  op: string,
): Promise<Omit<Reported, "file">> {
  const name = basename(path, ".safetensors");
  try {
    const result = await runCase(device, bytes, path);
    return { ...result, case: name, passed: result.tensors.every((tensor) => tensor.passed) };
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    return { case: name, op, tensors: [], passed: false, reason: `${error.field}: ${error.expected}` };
  }
}

function listVectors(path: string): string[] {
  try {
    if (!statSync(path).isDirectory()) return [path];
    const names = readdirSync(path).filter((name) => name.endsWith(".safetensors"));
    if (names.length === 0) throw new UsageError(`check ${path}: must hold .safetensors files, holds none`);
    return names.sort().map((name) => join(path, name));
  } catch (error) {
    throw error instanceof UsageError ? error : fileError(`check ${path}`, error);
  }
}

/** A line for each tensor, or one that says why there is none. Columns are as wide as their names, where these are long. */
export function describe({ case: name, tensors, reason }: Reported): string {
  const begin = plainName(name).padEnd(30);
  if (reason !== undefined) return `${begin} FAIL ${oneLine(reason)}\n`;
  const width = Math.max(26, ...tensors.map((tensor) => plainName(tensor.name).length));
  return tensors
    .map(
      (tensor) =>
        `${begin} ${plainName(tensor.name).padEnd(width)} error ${figure(tensor.error)}  allowed ${figure(tensor.allowed)}  ${tensor.passed ? "pass" : "FAIL"}\n`,
    )
    .join("");
}

const figure = (value: number): string => value.toExponential(2).padStart(9);
