/** One run at a time in a directory: a file in it says which process writes there. */
import { randomBytes } from "node:crypto";
import { linkSync, lstatSync, readFileSync, readlinkSync, renameSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { codeOf, UsageError } from "./errors";
import { clockOf, removeIfPossible, temporaryName } from "./temporary";

export const lockName = ".lock";

/** Milliseconds between two signs of life, and without one until a lock is void. */
const beat = 10_000;
const voidAfter = 120_000;

/** Who holds a lock. */
interface Holder {
  /** Random. */
  readonly token: string;
  readonly process: number;
  readonly host: string;
  /** Where its number means a process. */
  readonly space: string;
}

/** Containers of one host number their processes apart, and hosts may have one name. */
function processSpace(): string {
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    return `${boot} ${readlinkSync("/proc/self/ns/pid")}`;
  } catch {
    return hostname();
  }
}

/** Tokens of the locks of this process. */
const own = new Set<string>();

/** A directory that is held until `release`, or until two minutes after the end of a process that was killed. */
export class DirectoryLock {
  readonly #path: string;
  readonly #holder: Holder = {
    token: randomBytes(12).toString("hex"),
    process: process.pid,
    host: hostname(),
    space: processSpace(),
  };
  readonly #timer: NodeJS.Timeout;

  /**
   * Takes an existing directory.
   * @param what begins the message where it cannot be taken, for instance "--out runs/a"
   * @throws UsageError where another process holds it, and what the file system throws
   */
  constructor(directory: string, what: string) {
    this.#path = join(directory, lockName);
    while (!this.#create()) {
      const found = lookAt(this.#path);
      if (found === undefined) continue;
      if (!isVoid(found, clockOf(directory))) throw new UsageError(`${what}: ${describe(found.holder)}`);
      // Of two processes that find it void one takes it away, and the other sees that it took something else.
      const aside = join(directory, temporaryName("lock"));
      renameSync(this.#path, aside);
      const taken = lookAt(aside)?.holder;
      const others = taken?.token !== found.holder?.token;
      if (others) putBack(aside, this.#path);
      removeIfPossible(aside);
      if (others) throw new UsageError(`${what}: ${describe(taken)}`);
    }
    own.add(this.#holder.token);
    this.#timer = setInterval(() => this.#sign(), beat).unref();
  }

  /** Whether it is ours still; another may have taken it while this process slept. */
  get held(): boolean {
    return this.#isOurs() || this.#create();
  }

  release(): void {
    clearInterval(this.#timer);
    own.delete(this.#holder.token);
    if (this.#isOurs()) removeIfPossible(this.#path);
  }

  #isOurs(): boolean {
    try {
      return lookAt(this.#path)?.holder?.token === this.#holder.token;
    } catch {
      // The directory is something else by now.
      return false;
    }
  }

  /** @returns whether there was none */
  #create(): boolean {
    try {
      writeFileSync(this.#path, JSON.stringify(this.#holder), { flag: "wx" });
      return true;
    } catch (error) {
      if (codeOf(error) === "EEXIST") return false;
      throw error;
    }
  }

  /** Written anew, and so dated by the clock of the disk. */
  #sign(): void {
    try {
      if (this.#isOurs()) writeFileSync(this.#path, JSON.stringify(this.#holder), { flag: "r+" });
    } catch {
      // The next write says what is wrong with the directory.
    }
  }
}

/** Gives a lock that was taken by mistake its name again, unless there is another meanwhile. */
function putBack(aside: string, path: string): void {
  try {
    linkSync(aside, path);
  } catch {
    // Where a file cannot have two names, its holder makes it anew when it writes.
  }
}

/** A lock as it stands; `holder` is undefined while it is being written. */
interface Found {
  readonly holder: Holder | undefined;
  readonly signedAt: number;
}

/** Undefined where there is none. Throws an Error where it is no file: a link that leads nowhere would be looked at for ever. */
function lookAt(path: string): Found | undefined {
  try {
    const stat = lstatSync(path);
    if (!stat.isFile()) throw new Error(`${lockName} there is no file`);
    return { holder: readHolder(readFileSync(path, "utf8")), signedAt: stat.mtimeMs };
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

function readHolder(text: string): Holder | undefined {
  try {
    const holder: Partial<Holder> = JSON.parse(text);
    const { token, process, host, space } = holder;
    if (typeof token !== "string" || typeof host !== "string" || typeof space !== "string") return undefined;
    return Number.isSafeInteger(process) ? { token, process: Number(process), host, space } : undefined;
  } catch {
    return undefined;
  }
}

/** @param now by the clock of the disk */
function isVoid({ holder, signedAt }: Found, now: number): boolean {
  const gone = holder !== undefined && holder.space === processSpace() && !isRunning(holder);
  return gone || now - signedAt > voidAfter;
}

function isRunning({ process: id, token }: Holder): boolean {
  // A process that was killed may have had the number of this one.
  if (id === process.pid) return own.has(token);
  try {
    // Signal 0 asks whether the process is there.
    process.kill(id, 0);
    return true;
  } catch (error) {
    return codeOf(error) !== "ESRCH";
  }
}

function describe(holder: Holder | undefined): string {
  const who = holder === undefined ? "another process" : `process ${holder.process} on ${holder.host}`;
  return `${who} is writing there; wait for its end or name another directory (of a killed one it is free after two minutes)`;
}
