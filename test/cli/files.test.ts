import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { describe, expect, it, vi } from "vitest";
import { UsageError } from "../../src/cli/errors";
import { makeDirectories, OutputDirectory, readInput, readPieces, writeOutput } from "../../src/cli/files";
import { inDirectory, testDirectory } from "./program";

describe("an output directory", () => {
  it("is made with those above it, and replaces what it holds", () => {
    inDirectory((directory) => {
      const out = new OutputDirectory(join(directory, "a/b"));
      out.write(new Map([["x.txt", "old"]]));
      out.write(
        new Map<string, string | Uint8Array>([
          ["x.txt", "new"],
          ["y.bin", new Uint8Array([1, 2])],
        ]),
      );
      expect(readdirSync(join(directory, "a/b")).sort()).toEqual(["x.txt", "y.bin"]);
      expect(readFileSync(join(directory, "a/b/x.txt"), "utf8")).toBe("new");
    });
  });

  it("takes all files or none, and then keeps what it held", () => {
    inDirectory((directory) => {
      const out = new OutputDirectory(directory);
      out.write(new Map([["first.txt", "whole"]]));
      const write = () =>
        out.write(
          new Map([
            ["first.txt", "1"],
            ["no/such/place.txt", "2"],
          ]),
        );
      expect(write).toThrow(UsageError);
      expect(readdirSync(directory)).toEqual(["first.txt"]);
      expect(readFileSync(join(directory, "first.txt"), "utf8")).toBe("whole");
    });
  });

  it("is taken back as the process ends, together with those made in it, by one listener", async () => {
    const directory = testDirectory();
    vi.resetModules();
    const fresh = await import("../../src/cli/files");
    const before = process.rawListeners("exit");
    new fresh.OutputDirectory(join(directory, "a"));
    for (let i = 0; i < 12; i++) new fresh.OutputDirectory(join(directory, `a/b/${i}`)).hold([]);
    const [leave, ...others] = process.rawListeners("exit").filter((listener) => !before.includes(listener));
    expect(others).toEqual([]);
    leave.call(process, 0);
    expect(readdirSync(directory)).toEqual([]);
  });

  it("is cleared of what nobody writes any more, and of nothing else", () => {
    inDirectory((directory) => {
      const left = ".model.safetensors.0123456789ab.tmp";
      const others = [
        ".model.safetensors.ba9876543210.tmp",
        left.slice(1),
        ".notes.tmp",
        "model.safetensors",
      ];
      for (const name of [left, ...others]) writeFileSync(join(directory, name), "");
      const hoursAgo = new Date(Date.now() - 2 * 3_600_000);
      for (const name of [left, ...others.slice(1)]) utimesSync(join(directory, name), hoursAgo, hoursAgo);
      new OutputDirectory(directory);
      expect(readdirSync(directory).sort()).toEqual(others.sort());
    });
  });

  it("cannot be made where the file system denies it, and says so at once", () => {
    expect(() => new OutputDirectory("/dev/null/a/b")).toThrow(/not a directory/);
    if (process.platform === "linux") expect(() => new OutputDirectory("/proc/a/b")).toThrow(UsageError);
  });
});

describe("an input", () => {
  it("is a file of at most so many bytes", async () => {
    const directory = testDirectory();
    const path = join(directory, "in.csv");
    writeFileSync(path, "1234");
    expect(new TextDecoder().decode(await readInput("--input", path, 4))).toBe("1234");
    await expect(readInput("--input", path, 3)).rejects.toThrow(
      `--input ${path}: must be at most 3 bytes, has 4`,
    );
    await expect(readInput("--input", directory, 2 ** 20)).rejects.toThrow(
      `--input ${directory}: is a directory`,
    );
  });

  it.runIf(process.platform !== "win32")("is no device, which may have no end", async () => {
    await expect(readInput("--resume", "/dev/null", 1000)).rejects.toThrow(
      new UsageError("--resume /dev/null: is a device, must be a file or a pipe"),
    );
  });

  it.runIf(process.platform !== "win32")("may be a pipe, and then is bounded too", async () => {
    const path = join(testDirectory(), "pipe");
    const readFrom = (writer: string, mostBytes: number): Promise<Uint8Array> => {
      // A pipe of its own: the writer before may not have noticed yet that nobody reads any more.
      rmSync(path, { force: true });
      spawnSync("mkfifo", [path]);
      spawn("sh", ["-c", `${writer} > "$0"`, path], { stdio: "ignore" });
      return readInput("--input", path, mostBytes);
    };
    // More than a pipe holds.
    const { length } = await readFrom("head -c 200000 /dev/zero", 200_000);
    expect(length).toBe(200_000);
    await expect(readFrom("head -c 200001 /dev/zero", 200_000)).rejects.toThrow(
      `--input ${path}: must be at most 200000 bytes`,
    );
    await expect(readFrom("yes", 2 ** 22)).rejects.toThrow(`--input ${path}: must be at most 4194304 bytes`);
  });
});

describe("an input in pieces", () => {
  const readAll = async (path: string, mostBytes: number): Promise<string> => {
    const pieces: Uint8Array[] = [];
    for await (const piece of readPieces("--input", path, mostBytes)) pieces.push(piece);
    return Buffer.concat(pieces).toString();
  };

  it("comes from a file, a pipe or standard input, and is bounded", async () => {
    const directory = testDirectory();
    const path = join(directory, "in.csv");
    writeFileSync(path, "a".repeat(100_000));
    expect((await readAll(path, 100_000)).length).toBe(100_000);
    await expect(readAll(path, 99_999)).rejects.toThrow(`--input ${path}: must be at most 99999 bytes`);
    const pipe = join(directory, "pipe");
    spawnSync("mkfifo", [pipe]);
    spawn("sh", ["-c", 'cat "$0" > "$1"', path, pipe], { stdio: "ignore" });
    expect((await readAll(pipe, 100_000)).length).toBe(100_000);
    for (const name of ["-", "/dev/stdin"]) {
      vi.spyOn(process, "stdin", "get").mockReturnValue(
        Readable.from([Buffer.from("12"), Buffer.from("34")]) as typeof process.stdin,
      );
      expect(await readAll(name, 4)).toBe("1234");
    }
    vi.restoreAllMocks();
  });

  it("that cannot be read is told by flag and path", async () => {
    const directory = testDirectory();
    const missing = join(directory, "no.csv");
    await expect(readAll(missing, 9)).rejects.toThrow(`--input ${missing}: no such file or directory`);
    await expect(readAll(directory, 2 ** 20)).rejects.toThrow(`--input ${directory}: is a directory`);
    await expect(readAll("/dev/zero", 9)).rejects.toThrow(
      "--input /dev/zero: is a device, must be a file or a pipe",
    );
  });
});

describe("makeDirectories", () => {
  it("returns the topmost directory that was missing", () => {
    inDirectory((directory) => {
      expect(makeDirectories(join(directory, "a/b/c"))).toBe(join(directory, "a"));
      expect(makeDirectories(join(directory, "a/b/d"))).toBe(join(directory, "a/b/d"));
      expect(makeDirectories(join(directory, "a"))).toBeUndefined();
    });
  });
});

describe("a single output", () => {
  it("replaces a file and leaves no temporary", () => {
    inDirectory((directory) => {
      const path = join(directory, "out.csv");
      writeFileSync(path, "old");
      writeOutput("--output", path, ["n", "ew"]);
      expect(readFileSync(path, "utf8")).toBe("new");
      expect(readdirSync(directory)).toEqual(["out.csv"]);
    });
  });

  it("is written into a device, not renamed over it", () => {
    writeOutput("--output", "/dev/null", ["text"]);
    expect(existsSync("/dev/null")).toBe(true);
    expect(readFileSync("/dev/null", "utf8")).toBe("");
  });

  it("that cannot be replaced leaves no temporary", () => {
    inDirectory((directory) => {
      mkdirSync(join(directory, "out.csv"));
      expect(() => writeOutput("--output", join(directory, "out.csv"), ["text"])).toThrow(UsageError);
      expect(readdirSync(directory)).toEqual(["out.csv"]);
    });
  });
});
