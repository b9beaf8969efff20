/** No browser outlives the process that started it, however that ends. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { readdirSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { build } from "vite";
import { afterAll, beforeAll, expect, test } from "vitest";
import { until } from "./visit";

let folder: string;

beforeAll(async () => {
  // Within the project, so that what it imports is found.
  folder = await mkdtemp(resolve("node_modules/.cache/fluxion/lifetime-"));
  await build({
    configFile: false,
    logLevel: "error",
    build: {
      ssr: "bench/chrome/launch.ts",
      outDir: folder,
      rolldownOptions: { output: { entryFileNames: "launch.mjs" } },
    },
  });
  writeFileSync(
    join(folder, "start.mjs"),
    `import { launchChrome } from "./launch.mjs";
     await launchChrome("none");
     console.log("started");
     setInterval(() => {}, 1000);`,
  );
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** Command lines of the programs that run, with this text in them. */
const running = (text: string): string[] =>
  spawnSync("ps", ["-ewwo", "args"], { encoding: "utf8" })
    .stdout.split("\n")
    .filter((line) => line.includes(text));

/** Starts a process that starts a browser; returns when it has. */
async function start(): Promise<ChildProcess> {
  const child = spawn(process.execPath, [join(folder, "start.mjs")], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await new Promise((resolve, reject) => {
    child.stdout.once("data", resolve);
    child.once("exit", () => reject(new Error("no browser was started")));
  });
  return child;
}

/** What browsers keep their profiles in, by the process that started them. */
const profilesOf = ({ pid }: ChildProcess): string[] =>
  readdirSync(tmpdir()).filter((name) => name.startsWith(`fluxion-chrome-${pid}-`));

test("a signal that ends a process ends its browser, and nothing stays of its profile", async () => {
  const signals = ["SIGINT", "SIGTERM", "SIGHUP", "SIGKILL"] as const;
  const children = await Promise.all(
    signals.map(async (signal) => {
      const child = await start();
      const profile = `fluxion-chrome-${child.pid}-`;
      expect(running(profile), signal).not.toEqual([]);
      child.kill(signal);
      await until(`the browser outlives ${signal}`, async () => running(profile).length === 0 || undefined);
      child.kill("SIGKILL");
      return child;
    }),
  );
  // What a process could not clear away, the next that starts a browser does.
  const next = await start();
  expect(children.flatMap(profilesOf)).toEqual([]);
  expect(profilesOf(next)).toHaveLength(1);
  next.kill("SIGINT");
  await until("the profile stays", async () => profilesOf(next).length === 0 || undefined);
});
