/** Wrong use, or an input or machine that cannot do what was asked: one line on standard error, exit status 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

const reasons: ReadonlyMap<string | undefined, string> = new Map([
  ["ENOENT", "no such file or directory"],
  ["EACCES", "permission denied"],
  ["EPERM", "not permitted"],
  ["EROFS", "the file system is read-only"],
  ["EISDIR", "is a directory"],
  ["ENOTDIR", "a part of the path is not a directory"],
  ["EEXIST", "a file of that name is in the way"],
  ["ENOSPC", "no space left on the disk"],
  ["EDQUOT", "the disk quota is used up"],
  ["ENAMETOOLONG", "the name is too long"],
  ["ELOOP", "too many symbolic links"],
]);

/** Turns a failed file operation into a UsageError that begins with `what`, for instance "--out runs/a". */
export function fileError(what: string, cause: unknown): UsageError {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : undefined;
  const reason = reasons.get(code) ?? (cause instanceof Error ? cause.message : String(cause));
  return new UsageError(`${what}: ${reason}`, { cause });
}
