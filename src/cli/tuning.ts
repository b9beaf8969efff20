/** Which kernels a network trains with on this machine: measured once, then read from a file. */
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import {
  type Device,
  describeTuning,
  type Finding,
  isFaster,
  isTuning,
  type NetworkSpec,
  type Tuning,
  tune,
  tuningKey,
} from "../index";
import { makeDirectories, writeOutput } from "./files";
import { runtime } from "./runtime";

/** off: kernels by rules; on: measured once and kept; again: measured now, whatever is kept. */
export type TuneMode = (typeof tuneModes)[number];
export const tuneModes = ["off", "on", "again"] as const;

/** Flags that say with which kernels a network trains. */
export interface KernelFlags {
  readonly tune: TuneMode;
  /** Bits in which recurrences read their weights. */
  readonly recurrentWeights: "f32" | "f16";
}

/** Tunings by adapter, driver and engine. */
type Kept = Readonly<Record<string, Tuning>>;

/**
 * The tuning of a network on a device. Says on standard error what was measured. What cannot be kept is not measured,
 * unless it is asked for: runs with the same options would differ in their last digits from one to the next.
 */
export async function tuningFor(
  device: Device,
  spec: NetworkSpec & { readonly batch: number },
  { tune: mode, recurrentWeights }: KernelFlags,
): Promise<Tuning> {
  if (mode === "off") return {};
  const key = tuningKey(device, runtime.version);
  const kept = readKept();
  const known = kept[key] ?? {};
  // What is there can be written back: whoever cannot write is told before anything is measured.
  const refusal = keep(kept);
  if (refusal !== undefined && mode === "on") {
    process.stderr.write(`kernels by rules: what is measured cannot be kept (${refusal})\n`);
    return known;
  }
  const { tuning, findings, milliseconds } = await tune(device, spec, {
    known: mode === "again" ? {} : known,
    kernels: { recurrentWeights },
  });
  if (findings.length === 0) return tuning;
  const lost = keep({ ...kept, [key]: { ...known, ...tuning } });
  process.stderr.write(
    `${describeTuning(findings, milliseconds)}; ${lost === undefined ? `kept in ${file()}` : `not kept: ${lost}`}\n` +
      findings
        .filter((finding) => mode === "again" || isFaster(finding))
        .map(describe)
        .join(""),
  );
  return tuning;
}

function describe({ problem, choice, trials }: Finding): string {
  const rate = choice.gflops === undefined ? "" : `, ${choice.gflops} GFLOP/s`;
  const refused = trials.filter(({ refused }) => refused !== undefined);
  return [
    `  ${problem}: ${choice.variant}${rate}; tried ${trials.length}`,
    ...refused.map((trial) => `    ${trial.variant}: ${trial.refused?.split("\n")[0]}`),
    "",
  ].join("\n");
}

/** Where programs keep what they can measure again. */
function file(): string {
  const { XDG_CACHE_HOME, LOCALAPPDATA } = process.env;
  const folder =
    XDG_CACHE_HOME ||
    (process.platform === "darwin"
      ? join(homedir(), "Library/Caches")
      : (process.platform === "win32" && LOCALAPPDATA) || join(homedir(), ".cache"));
  return join(folder, "fluxion", "tuning.json");
}

/** Nothing, where there is no file or it is not what was written here. */
function readKept(): Kept {
  try {
    const kept: unknown = JSON.parse(readFileSync(file(), "utf8"));
    return isKept(kept) ? kept : {};
  } catch {
    return {};
  }
}

const isKept = (value: unknown): value is Kept =>
  typeof value === "object" &&
  value !== null &&
  !Array.isArray(value) &&
  Object.values(value).every(isTuning);

/** @returns why it cannot be written, where it cannot */
function keep(kept: Kept): string | undefined {
  try {
    makeDirectories(dirname(file()));
    writeOutput("tuning", file(), `${JSON.stringify(kept, undefined, 1)}\n`);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
