/** Which kernels a network trains with on this machine: measured once, then read from a file. */
import { statSync } from "node:fs";
import { join } from "node:path";
import { type Device, type NetworkSpec, type Tuning, tune } from "../engine";
import { isTuning } from "../engine/layers/variant";
import { describeTuning, type Finding, isFaster, tuningKey } from "../engine/tuning/tuner";
import { readRegular, useCache } from "../node/cache";
import { runtime } from "../node/runtime";
import { UsageError } from "./errors";
import { requireWritable, writeOutput } from "./files";
import { sayRefusedCaches } from "./host";

/** off: kernels by rules; on: measured once and kept; again: measured now, whatever is kept. */
export type TuneMode = (typeof tuneModes)[number];
export const tuneModes = ["off", "on", "again"] as const;

/** In which recurrences read their weights. */
export const recurrentWeightTypes = ["f32", "f16"] as const;

/** Flags that say with which kernels a network trains. */
export interface KernelFlags {
  readonly tune: TuneMode;
  readonly recurrentWeights: (typeof recurrentWeightTypes)[number];
}

/** With which kernels a network trains. */
export type Kernels = Pick<KernelFlags, "recurrentWeights"> & { readonly tuning: Tuning };

/** Tunings by adapter, driver and engine. */
type Kept = Readonly<Record<string, Tuning>>;

/** The kernels for a network on a device, as the flags want them. */
export const kernelsFor = async (
  device: Device,
  spec: NetworkSpec & { readonly batch: number },
  flags: KernelFlags,
): Promise<Kernels> => ({
  recurrentWeights: flags.recurrentWeights,
  tuning: await tuningFor(device, spec, flags),
});

/** By this process: several runs with --tune again train with the same kernels. */
const measured: Record<string, Tuning> = {};

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
  const place = findPlace();
  sayRefusedCaches();
  const known = mode === "again" ? (measured[key] ?? {}) : (readKept(place)[key] ?? {});
  if ("refusal" in place && mode === "on") {
    process.stderr.write(`kernels by rules: what is measured cannot be kept (${place.refusal})\n`);
    return known;
  }
  const { tuning, findings, milliseconds } = await tune(device, spec, {
    known,
    kernels: { recurrentWeights },
  });
  if (findings.length === 0) return tuning;
  if (mode === "again") measured[key] = { ...measured[key], ...tuning };
  // Others may have written meanwhile.
  const kept = readKept(place);
  const lost = keep(place, { ...kept, [key]: { ...kept[key], ...tuning } });
  process.stderr.write(
    `${describeTuning(findings, milliseconds)}; ${lost === undefined && "file" in place ? `kept in ${place.file}` : `not kept: ${lost}`}\n` +
      findings
        .filter(
          (finding) => mode === "again" || isFaster(finding) || finding.trials.some(({ refused }) => refused),
        )
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

/** The file in which tunings are kept, or why there is none. */
type Place = { readonly file: string } | { readonly refusal: string };

function findPlace(): Place {
  try {
    return useCache((folder) => {
      const file = join(folder, "tuning.json");
      if (statSync(file, { throwIfNoEntry: false })?.isFile() === false)
        throw new UsageError(`${file} is no file`);
      requireWritable("tuning", file);
      return { file };
    });
  } catch (error) {
    return { refusal: error instanceof Error ? error.message : String(error) };
  }
}

/** Nothing, where there is no file or it is not what was written here. */
function readKept(place: Place): Kept {
  if ("refusal" in place) return {};
  try {
    const kept: unknown = JSON.parse(readRegular(place.file).toString());
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
function keep(place: Place, kept: Kept): string | undefined {
  if ("refusal" in place) return place.refusal;
  try {
    writeOutput("tuning", place.file, [`${JSON.stringify(kept, undefined, 1)}\n`]);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
