/** The package as npm packs it, in a project of a user. */
import { execFile } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";

export const root = resolve(import.meta.dirname, "../..");
export const run = promisify(execFile);

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
}

const readManifest = (directory: string): Manifest =>
  JSON.parse(readFileSync(join(directory, "package.json"), "utf8"));

export interface Project {
  /** The user's folder, the package in its node_modules. */
  readonly folder: string;
  /** The package there. */
  readonly installed: string;
  /** The packed file. */
  readonly tarball: string;
}

/**
 * Builds what the package holds into `directory`, so that other tests may build meanwhile, packs it, and installs it in a
 * project there: the package from its file, what it depends on from this clone.
 */
export async function installPackage(directory: string): Promise<Project> {
  const staged = join(directory, "staged");
  for (const file of ["package.json", "README.md", "CHANGELOG.md", "LICENSE", "docs"])
    cpSync(join(root, file), join(staged, file), { recursive: true });
  const vite = join(root, "node_modules/vite/bin/vite.js");
  const build = (mode: string) =>
    run(process.execPath, [vite, "build", root, "--mode", mode, "--outDir", join(staged, "dist", mode)], {
      cwd: root,
    });
  await Promise.all(["library", "cli"].map(build));
  const folder = join(directory, "user");
  const modules = join(folder, "node_modules");
  mkdirSync(modules, { recursive: true });
  cpSync(join(import.meta.dirname, "user"), folder, { recursive: true });
  const { stdout } = await run("npm", ["pack", "--ignore-scripts", "--pack-destination", directory], {
    cwd: staged,
  });
  const tarball = join(directory, stdout.trim());
  await run("tar", ["-xzf", tarball, "-C", modules]);
  const installed = join(modules, "fluxion");
  await run("mv", [join(modules, "package"), installed]);
  for (const name of Object.keys(readManifest(installed).dependencies ?? {})) link(folder, name);
  return { folder, installed, tarball };
}

/** Installs a package of this clone in a user's folder. */
export function link(folder: string, name: string): void {
  const place = join(folder, "node_modules", name);
  mkdirSync(dirname(place), { recursive: true });
  symlinkSync(join(root, "node_modules", name), place);
}

/** Folders of all packages that come along with the one in `folder`. */
export function dependenciesOf(folder: string): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (directory: string): void => {
    for (const name of Object.keys(readManifest(directory).dependencies ?? {})) {
      const dependency = findPackage(name, directory);
      if (found.has(dependency)) continue;
      found.add(dependency);
      visit(dependency);
    }
  };
  visit(folder);
  return found;
}

/** The folder of a package, as Node looks for it; not all packages export their package.json. */
function findPackage(name: string, from: string): string {
  const folder = createRequire(join(from, "package.json"))
    .resolve.paths(name)
    ?.map((modules) => join(modules, name))
    .find((candidate) => existsSync(join(candidate, "package.json")));
  if (folder === undefined) throw new Error(`${name}, which ${from} needs, is not installed`);
  return realpathSync(folder);
}

/** All files in a folder, packages installed there left out. */
export const filesIn = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" }).filter(
    (file) => !file.startsWith("node_modules") && statSync(join(folder, file)).isFile(),
  );

export const bytesIn = (folder: string): number =>
  filesIn(folder).reduce((sum, file) => sum + statSync(join(folder, file)).size, 0);
