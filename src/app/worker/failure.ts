import { DeviceLostError, FormatError, NoAdapterError, OutOfMemoryError } from "../../engine";
import type { Failure } from "./protocol";

/** Why a run ended without a result. */
export function describeFailure(error: unknown): Failure {
  return { reason: reasonOf(error), message: messageOf(error) };
}

function reasonOf(error: unknown): Failure["reason"] {
  if (error instanceof OutOfMemoryError) return "out-of-memory";
  if (error instanceof DeviceLostError) return "device-lost";
  if (error instanceof NoAdapterError) return "no-adapter";
  if (error instanceof FormatError || error instanceof RangeError) return "options";
  return "error";
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
