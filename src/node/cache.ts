/** Folders of the user's own, for what can be made again: the unpacked driver, measured tunings. */
import {
  closeSync,
  constants,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  statSync,
} from "node:fs";
import { homedir, tmpdir } from "node:os";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { reasonOf } from "./reasons";

export type Environment = Readonly<Record<string, string | undefined>>;

/** The user's home; undefined where neither the environment nor the system knows one, as in many containers. */
export function homeOf(environment: Environment): string | undefined {
  if (environment.HOME) return environment.HOME;
  try {
    // Without HOME this asks the system, which throws for a user that it does not know.
    return homedir() || undefined;
  } catch {
    return undefined;
  }
}

/**
 * Where caches may lie, the best place first: XDG_CACHE_HOME (which counts where it is absolute, as its specification
 * says), the system's usual place in the user's home, and a folder of the user's own among the temporary files.
 */
export function cacheFolders(environment: Environment = process.env, system = process.platform): string[] {
  const { XDG_CACHE_HOME, LOCALAPPDATA } = environment;
  const home = homeOf(environment);
  const usual =
    system === "win32" && LOCALAPPDATA
      ? LOCALAPPDATA
      : home && join(home, system === "darwin" ? "Library/Caches" : ".cache");
  const base = XDG_CACHE_HOME && isAbsolute(XDG_CACHE_HOME) ? XDG_CACHE_HOME : usual;
  const user = process.geteuid?.() ?? "cache";
  return [...(base && isAbsolute(base) ? [join(base, "fluxion")] : []), resolve(tmpdir(), `fluxion-${user}`)];
}

/** What is to be said of the folder that XDG_CACHE_HOME names, each thing once. */
const refusals = new Map<string, "new" | "told">();

/** Lines that nobody was told yet: why the folder that XDG_CACHE_HOME names is not used, and which is instead. */
export function takeRefusals(): readonly string[] {
  const lines = [...refusals].flatMap(([line, state]) => (state === "new" ? [line] : []));
  for (const line of lines) refusals.set(line, "told");
  return lines;
}

/**
 * Calls `use` with one cache folder after the other until it succeeds in one.
 * @returns what `use` returned
 * @throws Error that names every folder with what is wrong there
 */
export function useCache<Result>(use: (folder: string) => Result, folders = cacheFolders()): Result {
  const complaints: string[] = [];
  for (const folder of folders) {
    try {
      makePrivate(folder);
      const result = use(folder);
      if (complaints.length > 0 && process.env.XDG_CACHE_HOME) {
        const line = `XDG_CACHE_HOME is not used (${complaints.join("; ")}), but ${folder}`;
        if (!refusals.has(line)) refusals.set(line, "new");
      }
      return result;
    } catch (error) {
      complaints.push(`${folder}: ${reasonOf(error)}`);
    }
  }
  throw new Error(complaints.join("; "));
}

/**
 * Makes a folder where it is missing, and those above it, for this user alone.
 * @throws Error where anyone else could put other files in its place: a library from there would run their code
 */
export function makePrivate(folder: string): void {
  for (const level of levelsOf(folder)) {
    if (statSync(level, { throwIfNoEntry: false }) === undefined) makeOne(level);
    requireSafe(level, level === folder);
  }
  // A symbolic link leads to a place with other folders above it.
  const real = realpathSync(folder);
  if (real !== folder) for (const level of levelsOf(real)) requireSafe(level, level === real);
}

/** Throws an Error unless a folder, inside one that is private, is this user's alone. */
export const requirePrivate = (folder: string): void => requireSafe(folder, true);

/** Reads a file. Throws an Error where it is none: a pipe of its name would be waited for without end. */
export function readRegular(path: string): Buffer {
  const file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    if (!fstatSync(file).isFile()) throw new Error("is no file");
    return readFileSync(file);
  } finally {
    closeSync(file);
  }
}

/** From the root of the file system down. */
function levelsOf(path: string): string[] {
  const above = dirname(path);
  return above === path ? [path] : [...levelsOf(above), path];
}

function makeOne(folder: string): void {
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    // Another process may have been quicker.
    if (statSync(folder, { throwIfNoEntry: false }) === undefined) throw error;
  }
}

/** @param own whether it must be the user's, as the folder itself must; those above it may be the system's */
function requireSafe(folder: string, own: boolean): void {
  const stat = statSync(folder);
  if (!stat.isDirectory()) throw new Error(`${folder} is no directory`);
  const user = process.geteuid?.();
  // Windows has neither owners in numbers nor modes.
  if (user === undefined) return;
  if (stat.uid !== user && (own || !isSystem(stat.uid)))
    throw new Error(`${folder} belongs to another user (${stat.uid})`);
  const sticky = (stat.mode & 0o1000) !== 0;
  if ((stat.mode & 0o022) !== 0 && (own || !sticky))
    throw new Error(`others may write to ${folder} (mode ${(stat.mode & 0o7777).toString(8)})`);
}

/** In a user namespace the owner of the system may have another number, which its own folders show. */
const isSystem = (user: number): boolean =>
  user === 0 || user === statSync("/proc", { throwIfNoEntry: false })?.uid;
