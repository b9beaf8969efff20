/** Directories that a process has for itself and that do not outlive it. */
import { readdirSync, rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";

/** Makes an empty directory named after this process, and clears away those of processes that were killed. */
export async function makeOwnDirectory(within: string, name: string): Promise<string> {
  const owned = new RegExp(`^${name}-(\\d+)-`);
  for (const entry of readdirSync(within)) {
    const owner = owned.exec(entry)?.[1];
    if (owner !== undefined && !isAlive(Number(owner)))
      rmSync(join(within, entry), { recursive: true, force: true });
  }
  return mkdtemp(join(within, `${name}-${process.pid}-`));
}

/** Removes a directory when this process exits, or when what is returned is called. */
export function removeAtExit(directory: string): () => void {
  const remove = () => {
    process.off("exit", remove);
    rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
  };
  process.once("exit", remove);
  return remove;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // There may be one that is somebody else's.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
