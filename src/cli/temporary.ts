/** Files while they are written: under a name of their own, until they are whole. */
import { randomBytes } from "node:crypto";
import { closeSync, fsyncSync, openSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export type FileContent = string | Uint8Array;

/** ".model.safetensors.0123456789ab.tmp": random, because no process can know those of all machines that share a disk. */
export const temporaryName = (name: string): string => `.${name}.${randomBytes(6).toString("hex")}.tmp`;

const isTemporary = (name: string): boolean => /^\..+\.[\da-f]{12}\.tmp$/.test(name);

/** Milliseconds since a temporary file was last written to after which nobody writes it any more. */
const abandonedAfter = 3_600_000;

/** Milliseconds by the clock of the disk on which a directory stands. Throws when nothing can be written there. */
export function clockOf(directory: string): number {
  const probe = join(directory, temporaryName("probe"));
  try {
    writeFileSync(probe, "", { flag: "wx" });
    return statSync(probe).mtimeMs;
  } finally {
    removeIfPossible(probe);
  }
}

/** Removes what killed processes were writing. Whether another process lives cannot be seen from every container. */
export function removeAbandoned(directory: string): void {
  const now = clockOf(directory);
  for (const name of readdirSync(directory).filter(isTemporary)) {
    const path = join(directory, name);
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat !== undefined && now - stat.mtimeMs > abandonedAfter) removeIfPossible(path);
  }
}

/** Writes a new file and waits for the disk, so that a late "no space left" is seen before it replaces another. */
export const writeThrough = (path: string, content: FileContent): void =>
  writePieces(openSync(path, "wx"), [content], true);

/**
 * Writes to an open file and closes it.
 * @param through whether to wait for the disk
 */
export function writePieces(file: number, pieces: Iterable<FileContent>, through: boolean): void {
  try {
    for (const piece of pieces) writeFileSync(file, piece);
    if (through) fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** For what is no longer needed: that it cannot be removed is no reason to fail. */
export function removeIfPossible(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // Its directory may be gone, or be something else by now.
  }
}
