/**
 * `npm run bundle`: packs the command line into one folder that runs on a Linux x64 machine with nothing installed but a
 * GPU driver: Node, Dawn, a Vulkan loader, SwiftShader and the conformance vectors. Fails when it grows too large.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "vite";

const mostBytes = 60e6;

const root = resolve(import.meta.dirname, "..");
const modules = join(root, "node_modules");
const target = join(root, "dist/bundle/fluxion-linux-x64");

/** The Node that npm runs on. */
function findNode(): string {
  const node = process.env.npm_node_execpath;
  if (!node) throw new Error("run this as npm run bundle");
  const { stdout } = spawnSync(
    node,
    ["-p", "JSON.stringify([process.platform, process.arch, process.config.variables])"],
    { encoding: "utf8" },
  );
  const [platform, arch, variables] = JSON.parse(stdout) as [string, string, Record<string, unknown>];
  if (platform !== "linux" || arch !== "x64")
    throw new Error(
      `the bundle is for Linux on x64, and packs the Node it is made with: this one is for ${platform} on ${arch}`,
    );
  const shared = Object.keys(variables).filter(
    (name) => /^node_shared/.test(name) && variables[name] === true,
  );
  if (shared.length > 0)
    throw new Error(
      `${node} needs libraries of this machine (${shared.join(", ")}): use a build from nodejs.org`,
    );
  return node;
}

const compress = (from: string, to: string): void =>
  writeFileSync(to, gzipSync(readFileSync(from), { level: 9 }));

/** Copies files of a package to where the program finds them. */
function copyPackage(name: string, files: readonly string[]): void {
  for (const file of ["package.json", ...files]) {
    const to = join(target, "app/node_modules", name, file);
    mkdirSync(dirname(to), { recursive: true });
    cpSync(join(modules, name, file), to, { recursive: true });
  }
}

const bytesIn = (directory: string): number =>
  readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);

const node = findNode();
rmSync(target, { recursive: true, force: true });
mkdirSync(target, { recursive: true });
await build({
  root,
  mode: "cli",
  logLevel: "error",
  build: { outDir: join(target, "app") },
  // Chrome and Vite serve `bench --host chrome`, which needs a clone of the repository.
  ssr: { noExternal: true, external: ["webgpu", "@sparticuz/chromium", "puppeteer", "vite"] },
});
writeFileSync(join(target, "app/package.json"), JSON.stringify({ type: "module" }));
copyPackage("webgpu", ["index.js", "LICENSE.md"]);
mkdirSync(join(target, "app/node_modules/webgpu/dist/linux-x64"), { recursive: true });
copyPackage("@sparticuz/chromium", ["build/cjs", "bin/swiftshader.tar.br", "LICENSE"]);
compress(join(modules, "webgpu/dist/linux-x64/dawn.node"), join(target, "dawn.node.gz"));
compress(node, join(target, "node.gz"));
cpSync(join(root, "test/conformance"), join(target, "conformance"), { recursive: true });
cpSync(join(root, "LICENSE"), join(target, "LICENSE"));
cpSync(join(root, "scripts/fluxion.sh"), join(target, "fluxion"));
chmodSync(join(target, "fluxion"), 0o755);
const hash = createHash("sha256");
for (const file of ["app/fluxion.js", "dawn.node.gz", "node.gz"])
  hash.update(readFileSync(join(target, file)));
writeFileSync(join(target, "id"), hash.digest("hex").slice(0, 16));

const bytes = bytesIn(target);
console.log(`${target}: ${(bytes / 1e6).toFixed(1)} MB`);
if (bytes > mostBytes) throw new Error(`the bundle must stay below ${mostBytes / 1e6} MB`);
