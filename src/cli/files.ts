/** Reading inputs whole, and writing outputs so that a file is either complete or not there. */
import { randomBytes } from "node:crypto";
import {
  accessSync,
  closeSync,
  constants,
  createReadStream,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { hostname } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileError, UsageError } from "./errors";

export type FileContent = string | Uint8Array;

/** Reads a file or pipe of at most `mostBytes` bytes. Throws UsageError naming flag and path. */
export function readInput(flag: string, path: string, mostBytes: number): Uint8Array {
  const what = `${flag} ${path}`;
  try {
    const stat = statSync(path);
    if (stat.isCharacterDevice() || stat.isBlockDevice())
      throw new UsageError(`${what}: is a device, must be a file or a pipe`);
    if (stat.isFIFO()) return readPipe(what, path, mostBytes);
    if (stat.size > mostBytes)
      throw new UsageError(`${what}: must be at most ${mostBytes} bytes, has ${stat.size}`);
    return readFileSync(path);
  } catch (error) {
    throw error instanceof UsageError ? error : fileError(what, error);
  }
}

/**
 * Reads a file or pipe piece by piece; - is standard input.
 * @throws UsageError naming flag and path, also where more than `mostBytes` come
 */
export async function* readPieces(flag: string, path: string, mostBytes: number): AsyncGenerator<Uint8Array> {
  const what = `${flag} ${path}`;
  const tooLong = new UsageError(`${what}: must be at most ${mostBytes} bytes`);
  // A pipe from another program may be a socket, which has no name to be opened by.
  const isStandardInput = path === "-" || path === "/dev/stdin";
  let bytes = 0;
  try {
    if (!isStandardInput) {
      const stat = statSync(path);
      if (stat.isCharacterDevice() || stat.isBlockDevice())
        throw new UsageError(`${what}: is a device, must be a file or a pipe`);
      if (stat.size > mostBytes) throw tooLong;
    }
    const stream: AsyncIterable<Uint8Array> = isStandardInput
      ? process.stdin
      : createReadStream(path, { highWaterMark: pieceBytes });
    for await (const piece of stream) {
      bytes += piece.length;
      if (bytes > mostBytes) throw tooLong;
      yield piece;
    }
  } catch (error) {
    throw isFileError(error) ? fileError(what, error) : error;
  }
}

const isFileError = (error: unknown): boolean => error instanceof Error && "syscall" in error;

const pieceBytes = 2 ** 16;

/** A pipe does not tell its length, and may have no end. */
function readPipe(what: string, path: string, mostBytes: number): Uint8Array {
  const file = openSync(path, "r");
  try {
    const buffer = new Uint8Array(pieceBytes);
    const pieces: Uint8Array[] = [];
    for (let bytes = 0; bytes <= mostBytes; ) {
      const read = readSync(file, buffer);
      if (read === 0) return Buffer.concat(pieces);
      pieces.push(buffer.slice(0, read));
      bytes += read;
    }
    throw new UsageError(`${what}: must be at most ${mostBytes} bytes`);
  } finally {
    closeSync(file);
  }
}

/**
 * The directory of a command's results. Files appear in it all together, once they are complete; a process
 * that ends before takes back the directories it made. What a killed process was writing there is cleared.
 */
export class OutputDirectory {
  /** Those of this process: one listener serves them all, however many runs there are. */
  static readonly #all: OutputDirectory[] = [];
  /** The topmost directory that had to be made, if any. */
  readonly #made: string | undefined;
  readonly #what: string;
  #written = false;

  /** Makes the directory where it is missing. Throws UsageError when it cannot be made or written to. */
  constructor(readonly path: string) {
    this.#what = `--out ${path} cannot be written`;
    if (OutputDirectory.#all.length === 0) process.once("exit", OutputDirectory.#discardAll);
    OutputDirectory.#all.push(this);
    try {
      this.#made = makeDirectories(resolve(path));
      const probe = join(path, temporaryName("probe"));
      writeFileSync(probe, "");
      rmSync(probe);
      this.#clear();
    } catch (error) {
      throw fileError(this.#what, error);
    }
  }

  /** Whether anything stands in it that was written here. */
  get written(): boolean {
    return this.#written;
  }

  #clear(): void {
    for (const name of readdirSync(this.path))
      if (isAbandoned(name)) rmSync(join(this.path, name), { force: true });
  }

  /** Writes all files, or none: UsageError when the disk refuses. */
  write(files: ReadonlyMap<string, FileContent>): void {
    const temporary = new Map<string, string>();
    try {
      for (const [name, content] of files) {
        const path = join(this.path, temporaryName(name));
        temporary.set(path, join(this.path, name));
        writeThrough(path, content);
      }
      for (const [from, to] of temporary) renameSync(from, to);
      this.#written = true;
      // A process that was killed may have been there still when this one began.
      this.#clear();
    } catch (error) {
      for (const path of temporary.keys()) rmSync(path, { force: true });
      throw fileError(this.#what, error);
    }
  }

  /** The last directory made goes first: it may stand in one made before. */
  static #discardAll(): void {
    for (const directory of OutputDirectory.#all.toReversed()) directory.#discard();
  }

  #discard(): void {
    if (this.#written || this.#made === undefined) return;
    const made = this.#made.length;
    try {
      for (let path = resolve(this.path); path.length >= made; path = dirname(path)) rmdirSync(path);
    } catch {
      // Someone else put a file there meanwhile: it is theirs to keep.
    }
  }
}

/**
 * Makes a directory with those above it; returns the topmost that was missing. (Node's own recursive mkdir
 * never returns where the file system denies the existence of what it holds, as /proc does.)
 */
export function makeDirectories(path: string, mode = 0o777): string | undefined {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return undefined;
  const above = dirname(path);
  const made = above === path ? undefined : makeDirectories(above, mode);
  mkdirSync(path, { mode });
  return made ?? path;
}

/** Throws UsageError unless a file could be written at `path`. */
export function requireWritable(flag: string, path: string): void {
  try {
    const target = statSync(path, { throwIfNoEntry: false });
    if (target?.isDirectory()) throw new UsageError(`${flag} ${path}: is a directory`);
    accessSync(target === undefined || target.isFile() ? dirname(resolve(path)) : path, constants.W_OK);
  } catch (error) {
    throw error instanceof UsageError ? error : fileError(`${flag} ${path}`, error);
  }
}

/**
 * Writes one file, text piece by piece, as a temporary that is then renamed; a pipe or device is written to directly.
 * Throws UsageError.
 */
export function writeOutput(flag: string, path: string, pieces: Iterable<string>): void {
  const temporary = join(dirname(path), temporaryName("output"));
  try {
    if (statSync(path, { throwIfNoEntry: false })?.isFile() === false) {
      writePieces(openSync(path, "w"), pieces, false);
      return;
    }
    writePieces(openSync(temporary, "wx"), pieces, true);
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw fileError(`${flag} ${path}`, error);
  }
}

/** It tells which process of which host is writing it: machines may share a directory. */
const temporaryName = (name: string): string =>
  `.${name}.${hostname()}.${process.pid}.${randomBytes(6).toString("hex")}.tmp`;

/** Whether a file is a temporary one of a process of this host that is no more. */
function isAbandoned(name: string): boolean {
  const [, before, writer] = /^(\..+)\.(\d+)\.[\da-f]{12}\.tmp$/.exec(name) ?? [];
  if (!before?.endsWith(`.${hostname()}`)) return false;
  try {
    // Signal 0 asks whether the process is there.
    process.kill(Number(writer), 0);
    return false;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "ESRCH";
  }
}

/** Writes and waits for the disk, so that a late "no space left" is seen before the rename. */
const writeThrough = (path: string, content: FileContent): void =>
  writePieces(openSync(path, "wx"), [content], true);

function writePieces(file: number, pieces: Iterable<FileContent>, through: boolean): void {
  try {
    for (const piece of pieces) writeFileSync(file, piece);
    if (through) fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
