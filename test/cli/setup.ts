import { spawnSync } from "node:child_process";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "../..");

/** Builds the program as `npm run build:cli` does, once for all tests that start it. */
export default function buildProgram(): void {
  const vite = join(root, "node_modules/vite/bin/vite.js");
  const flags = [vite, "build", "--mode", "cli", "--logLevel", "error"];
  const { status, stderr } = spawnSync(process.execPath, flags, { cwd: root, encoding: "utf8" });
  if (status !== 0) throw new Error(`the program cannot be built: ${stderr}`);
}
