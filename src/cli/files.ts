/** Reading inputs whole, and writing outputs so that a file is either complete or not there. */
import {
  accessSync,
  constants,
  createReadStream,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmdirSync,
  statSync,
} from "node:fs";
import { Socket } from "node:net";
import { dirname, join, resolve } from "node:path";
import { codeOf, fileError, UsageError } from "./errors";
import { DirectoryLock } from "./lock";
import {
  type FileContent,
  removeAbandoned,
  removeIfPossible,
  temporaryName,
  writePieces,
  writeThrough,
} from "./temporary";

/** Reads a file or pipe of at most `mostBytes` bytes. Throws UsageError naming flag and path. */
export async function readInput(flag: string, path: string, mostBytes: number): Promise<Uint8Array> {
  const what = `${flag} ${path}`;
  try {
    const stat = statSync(path);
    if (stat.isSocket()) throw new UsageError(`${what}: is a socket, must be a file or a pipe`);
    if (stat.isFile() && stat.size > mostBytes)
      throw new UsageError(`${what}: must be at most ${mostBytes} bytes, has ${stat.size}`);
    if (stat.isFile() || stat.isDirectory()) return readFileSync(path);
  } catch (error) {
    throw error instanceof UsageError ? error : fileError(what, error);
  }
  const pieces: Uint8Array[] = [];
  for await (const piece of readPieces(flag, path, mostBytes)) pieces.push(piece);
  return Buffer.concat(pieces);
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
      : isPipe(path)
        ? openPipe(path)
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

/** Whether it can be read only once, and stands in no directory of its own. */
export const isPipe = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFIFO() === true;

const pieceBytes = 2 ** 16;

/**
 * To open a pipe waits until someone writes to it, and what waits so, on whichever thread, keeps signals from ending the
 * process. The event loop waits instead, which Deno does not offer.
 */
const openPipe = (path: string): AsyncIterable<Uint8Array> =>
  process.versions.deno === undefined
    ? new Socket({
        fd: openSync(path, constants.O_RDONLY | constants.O_NONBLOCK),
        readable: true,
        writable: false,
      })
    : createReadStream(path);

/**
 * The directory of a command's results. Files appear in it all together, once they are complete; a process
 * that ends before takes back the directories it made.
 */
export class OutputDirectory {
  /** Those of this process: one listener serves them all, however many runs there are. */
  static readonly #all: OutputDirectory[] = [];
  /** The topmost directory that had to be made, if any. */
  readonly #made: string | undefined;
  readonly #what: string;
  #lock: DirectoryLock | undefined;
  #written = false;

  /**
   * Makes the directory where it is missing.
   * @param made the topmost that had to be made, where it stands already
   * @throws UsageError when it cannot be made or written to
   */
  constructor(
    readonly path: string,
    made?: string,
  ) {
    this.#what = `--out ${path} cannot be written`;
    if (OutputDirectory.#all.length === 0) process.once("exit", OutputDirectory.#leaveAll);
    OutputDirectory.#all.push(this);
    try {
      this.#made = made ?? makeDirectories(resolve(path));
      removeAbandoned(path);
    } catch (error) {
      throw fileError(this.#what, error);
    }
  }

  /** A new directory of that name, or with -2, -3 … behind it: others may begin in the same second. */
  static fresh(path: string): OutputDirectory {
    try {
      const above = makeDirectories(dirname(resolve(path)));
      for (let i = 1; ; i++) {
        const name = i === 1 ? path : `${path}-${i}`;
        if (makeOne(resolve(name))) return new OutputDirectory(name, above ?? resolve(name));
      }
    } catch (error) {
      throw error instanceof UsageError ? error : fileError(`${path} cannot be written`, error);
    }
  }

  /** Whether anything stands in it that was written here. */
  get written(): boolean {
    return this.#written;
  }

  /**
   * Keeps other processes from training into it, until `release`.
   * @param names of all files that are to be written: what stands in the way is told now, not after hours
   * @throws UsageError where another process holds it, or something that is no file has one of the names
   */
  hold(names: Iterable<string>): void {
    try {
      this.#requireFiles(names);
      this.#lock ??= new DirectoryLock(this.path, `--out ${this.path}`);
    } catch (error) {
      throw error instanceof UsageError ? error : fileError(this.#what, error);
    }
  }

  release(): void {
    this.#lock?.release();
    this.#lock = undefined;
  }

  /** Writes all files, or none: UsageError when the disk refuses. */
  write(files: ReadonlyMap<string, FileContent>): void {
    const temporary = new Map<string, string>();
    try {
      // Someone may have removed it while a network was trained.
      makeDirectories(resolve(this.path));
      if (this.#lock?.held === false)
        throw new UsageError(`${this.#what}: another process has taken it, while this one stood still`);
      this.#requireFiles(files.keys());
      for (const [name, content] of files) {
        const path = join(this.path, temporaryName(name));
        temporary.set(path, join(this.path, name));
        writeThrough(path, content);
      }
      for (const [from, to] of temporary) renameSync(from, to);
      this.#written = true;
    } catch (error) {
      for (const path of temporary.keys()) removeIfPossible(path);
      throw error instanceof UsageError ? error : fileError(this.#what, error);
    }
  }

  /** A directory in the way of the last file would be found when the others stand in their places. */
  #requireFiles(names: Iterable<string>): void {
    for (const name of names)
      if (isDirectory(join(this.path, name)))
        throw new UsageError(`${this.#what}: ${name} is a directory there, must be a file or missing`);
  }

  /** The last directory made goes first: it may stand in one made before. */
  static #leaveAll(): void {
    for (const directory of OutputDirectory.#all.toReversed()) {
      directory.release();
      directory.#discard();
    }
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
  if (isDirectory(path)) return undefined;
  const above = dirname(path);
  const made = above === path ? undefined : makeDirectories(above, mode);
  return makeOne(path, mode) ? (made ?? path) : made;
}

const isDirectory = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

/** @returns whether it was this process that made the directory: another may have made it meanwhile */
function makeOne(path: string, mode = 0o777): boolean {
  try {
    mkdirSync(path, { mode });
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST" && isDirectory(path)) return false;
    throw error;
  }
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
export function writeOutput(flag: string, path: string, pieces: Generator<string> | readonly string[]): void {
  const temporary = join(dirname(path), temporaryName("output"));
  try {
    if (statSync(path, { throwIfNoEntry: false })?.isFile() === false) {
      writePieces(openSync(path, "w"), pieces, false);
      return;
    }
    writePieces(openSync(temporary, "wx"), pieces, true);
    renameSync(temporary, path);
  } catch (error) {
    removeIfPossible(temporary);
    throw fileError(`${flag} ${path}`, error);
  }
}
