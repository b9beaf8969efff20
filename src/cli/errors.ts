import { reasonOf } from "../node/reasons";

/** Wrong use, or an input or machine that cannot do what was asked: one line on standard error, exit status 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** "ENOENT" and the like, of a failed operation of the system. */
export const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && "code" in error ? String(error.code) : undefined;

/** Turns a failed file operation into a UsageError that begins with `what`, for instance "--out runs/a". */
export function fileError(what: string, cause: unknown): UsageError {
  return new UsageError(`${what}: ${reasonOf(cause)}`, { cause });
}
