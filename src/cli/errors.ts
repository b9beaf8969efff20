import { reasonOf } from "../node/reasons";

/** Wrong use, or an input or machine that cannot do what was asked: one line on standard error, exit status 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** Turns a failed file operation into a UsageError that begins with `what`, for instance "--out runs/a". */
export function fileError(what: string, cause: unknown): UsageError {
  return new UsageError(`${what}: ${reasonOf(cause)}`, { cause });
}
