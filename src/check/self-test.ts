/** Every kernel of a training against the float64 reference, on the device at hand. */
import type { Device } from "../engine/gpu/device";
import { type Agreement, compareWithin } from "./bounds";
import type { Comparison, SelfCheck } from "./self-check";
import { selfChecks } from "./self-checks";

/** One kernel's agreement with the reference. */
export interface KernelCheck {
  /** "conv1d", "bilstm" … */
  readonly kernel: string;
  /** What was computed: "(33, 3, 31), 7 filters of 5, same padding". */
  readonly shape: string;
  /** The tensor that came off worst: "dweight". */
  readonly tensor: string;
  /** |got − expected| of that tensor's worst element; Infinity where it is not finite or missing. */
  readonly error: number;
  /** The error that float32 may make there. */
  readonly allowed: number;
  readonly passed: boolean;
  /** Why it could not be computed at all; it then counts as failed. */
  readonly reason?: string;
}

/**
 * Runs every check, one after another; between them the thread is free.
 * @param onChecked called with each result as it comes
 * @throws the device's fault where it is lost meanwhile
 */
export async function selfTest(
  device: Device,
  onChecked: (check: KernelCheck) => void = () => undefined,
): Promise<KernelCheck[]> {
  const results: KernelCheck[] = [];
  for (const check of selfChecks) {
    const result = await run(device, check);
    results.push(result);
    onChecked(result);
    await new Promise((resolve) => setTimeout(resolve));
  }
  return results;
}

async function run(device: Device, check: SelfCheck): Promise<KernelCheck> {
  try {
    return judge(check, await check.run(device));
  } catch (error) {
    if (device.fault) throw device.fault;
    const { kernel, shape } = check;
    const reason = error instanceof Error ? error.message : String(error);
    return { kernel, shape, tensor: "", error: Number.POSITIVE_INFINITY, allowed: 0, passed: false, reason };
  }
}

/** Compares what was computed with what is expected; the tensor that is closest to its bound, or furthest over it, tells. */
export function judge(
  { kernel, shape }: Pick<SelfCheck, "kernel" | "shape">,
  { got, expected }: Comparison,
): KernelCheck {
  const { tensor, error, allowed, passed } = expected
    .map((expectation) => compareWithin(got.get(expectation.tensor), expectation))
    .reduce((worst, each) => (strain(each) > strain(worst) ? each : worst));
  return { kernel, shape, tensor, error, allowed, passed };
}

/** The share of the allowed error that was made. */
function strain({ error, allowed, passed }: Agreement): number {
  if (!passed) return error === Number.POSITIVE_INFINITY ? error : Number.MAX_VALUE;
  return error === 0 ? 0 : error / allowed;
}
