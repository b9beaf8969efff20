import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, it, vi } from "vitest";
import { UsageError } from "../../src/cli/errors";
import { DirectoryLock, lockName } from "../../src/cli/lock";
import { testDirectory } from "./program";

const hooks = vi.hoisted(() => ({ beforeRename: (): void => undefined }));

vi.mock(import("node:fs"), async (original) => {
  const actual = await original();
  const renameSync: typeof actual.renameSync = (from, to) => {
    hooks.beforeRename();
    actual.renameSync(from, to);
  };
  return { ...actual, renameSync, default: { ...actual.default, renameSync } };
});

/** A directory with a lock as this process writes it, with changes; `seconds` ago. */
function lockedDirectory(change: object, seconds = 0): string {
  const directory = testDirectory();
  const path = join(directory, lockName);
  const lock = new DirectoryLock(directory, "--out a");
  const holder = JSON.parse(readFileSync(path, "utf8"));
  lock.release();
  expect(existsSync(path)).toBe(false);
  writeFileSync(path, "text" in change ? String(change.text) : JSON.stringify({ ...holder, ...change }));
  const signed = new Date(Date.now() - 1000 * seconds);
  utimesSync(path, signed, signed);
  return directory;
}

const token = "of another";
const gone = spawnSync(process.execPath, ["--version"]).pid;
const lives = process.ppid;

it("a lock is void when its process is known to be gone, or has not signed for two minutes", () => {
  for (const [change, seconds] of [
    [{ token, process: gone }, 0],
    // A process before this one had its number.
    [{ token }, 0],
    [{ token, process: gone, space: "elsewhere" }, 130],
    [{ token, process: lives }, 130],
    [{ text: "" }, 130],
  ] as const) {
    const directory = lockedDirectory(change, seconds);
    const lock = new DirectoryLock(directory, "--out a");
    expect(lock.held).toBe(true);
    lock.release();
    expect(readdirSync(directory)).toEqual([]);
  }
});

it("a lock holds while its process may live: of another container nobody here knows", () => {
  for (const [change, who] of [
    [{ token, process: lives, host: "there" }, `process ${lives} on there`],
    [{ token, process: gone, host: "there", space: "elsewhere" }, `process ${gone} on there`],
    // As it is being written.
    [{ text: "" }, "another process"],
  ] as const) {
    const directory = lockedDirectory(change, 100);
    expect(() => new DirectoryLock(directory, "--out a")).toThrow(
      new UsageError(
        `--out a: ${who} is writing there; wait for its end or name another directory (of a killed one it is free after two minutes)`,
      ),
    );
    expect(readdirSync(directory)).toEqual([lockName]);
  }
});

it("a lock that another has taken is left to it, and one that is gone is made again", () => {
  const directory = testDirectory();
  const lock = new DirectoryLock(directory, "--out a");
  expect(() => new DirectoryLock(directory, "--out a")).toThrow(UsageError);
  const path = join(directory, lockName);
  const text = readFileSync(path, "utf8");
  writeFileSync(path, text.replace(/"token":"\w+"/, `"token":"${token}"`));
  expect(lock.held).toBe(false);
  lock.release();
  expect(readdirSync(directory)).toEqual([lockName]);
  const other = lockedDirectory({ token, process: gone });
  const taken = new DirectoryLock(other, "--out b");
  writeFileSync(join(other, lockName), "");
  expect(taken.held).toBe(false);
  taken.release();
});

it.runIf(process.platform !== "win32")(
  "what is no file is no lock, and is neither waited for nor followed",
  () => {
    for (const place of [
      (path: string) => symlinkSync("nowhere", path),
      (path: string) => spawnSync("mkfifo", [path]),
      (path: string) => mkdirSync(path),
    ]) {
      const directory = testDirectory();
      place(join(directory, lockName));
      expect(() => new DirectoryLock(directory, "--out a")).toThrow(".lock there is no file");
      expect(readdirSync(directory)).toEqual([lockName]);
    }
  },
);

it("of two processes that find a lock void the slower one leaves the other its own", () => {
  const directory = lockedDirectory({ token, process: gone });
  const path = join(directory, lockName);
  const holder = readFileSync(path, "utf8").replace(token, "of the quicker");
  hooks.beforeRename = () => writeFileSync(path, holder);
  expect(() => new DirectoryLock(directory, "--out a")).toThrow(UsageError);
  hooks.beforeRename = () => undefined;
  expect(readdirSync(directory)).toEqual([lockName]);
  expect(readFileSync(path, "utf8")).toBe(holder);
});
