/**
 * SwiftShader, a Vulkan driver that computes on the CPU, and the Vulkan loader beside it: both lie packed in
 * the npm package @sparticuz/chromium. They are unpacked once into the user's cache.
 */
import { randomBytes } from "node:crypto";
import {
  createReadStream,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from "node:fs";
import { createRequire } from "node:module";
import { homedir, tmpdir, userInfo } from "node:os";
import { basename, dirname, isAbsolute, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createBrotliDecompress } from "node:zlib";
import { fileError, UsageError } from "./errors";
import { makeDirectories } from "./files";

const packageName = "@sparticuz/chromium";
const manifest = "vk_swiftshader_icd.json";
const loader = "libvulkan.so.1";
const files: readonly string[] = [manifest, "libvk_swiftshader.so", loader];

export interface SwiftShader {
  /** The Vulkan loader. */
  readonly loader: string;
  /** The driver's manifest: for VK_ICD_FILENAMES. */
  readonly manifest: string;
}

/**
 * Unpacks SwiftShader unless that was done before.
 * @throws UsageError where it cannot run, is not installed, or cannot be unpacked
 */
export async function installSwiftShader(): Promise<SwiftShader> {
  if (process.platform !== "linux" || process.arch !== "x64")
    throw new UsageError(
      `no GPU found, and the software adapter is available for Linux on x64 only, not for ${process.platform} on ${process.arch}`,
    );
  const { archive, version } = findPackage();
  const name = `swiftshader-${version}`;
  const cache = openCache();
  const directory = join(cache, name);
  if (!files.every((file) => existsSync(join(directory, file)))) await unpack(archive, cache, name);
  return { loader: join(directory, loader), manifest: join(directory, manifest) };
}

function findPackage(): { archive: string; version: string } {
  const require = createRequire(import.meta.url);
  try {
    // The package exports only its entry, build/cjs/index.cjs: package.json and bin lie two above it.
    const root = dirname(dirname(dirname(require.resolve(packageName))));
    const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    const archive = join(root, "bin/swiftshader.tar.br");
    if (existsSync(archive)) return { archive, version: String(version) };
  } catch {
    // Reported below, as a package without its archive is.
  }
  throw new UsageError(
    `no GPU found, and the software adapter needs the npm package ${packageName}: run npm install ${packageName}@147 tar-fs`,
  );
}

/** The user's cache directory, or one of their own among the temporary files. Nobody else may write to it. */
function openCache(): string {
  const { XDG_CACHE_HOME } = process.env;
  const base = XDG_CACHE_HOME && isAbsolute(XDG_CACHE_HOME) ? XDG_CACHE_HOME : join(homedir(), ".cache");
  const { uid } = userInfo();
  let failure: unknown;
  for (const path of [join(base, "fluxion"), join(tmpdir(), `fluxion-${uid}`)]) {
    try {
      makeDirectories(path, 0o700);
      const stat = lstatSync(path);
      // A library out of a directory that others can write to would run their code.
      if (!stat.isDirectory() || stat.uid !== uid || (stat.mode & 0o022) !== 0)
        throw new Error("must be a directory that only its owner can write to");
      return path;
    } catch (error) {
      failure = fileError(`cache directory ${path}`, error);
    }
  }
  throw failure;
}

/** Unpacks beside the final place and renames: a killed unpacking leaves nothing that looks complete. */
async function unpack(archive: string, cache: string, name: string): Promise<void> {
  const { extract } = await import("tar-fs").catch(() => {
    throw new UsageError(
      "unpacking the software adapter needs the npm package tar-fs: run npm install tar-fs",
    );
  });
  const partial = join(cache, `.${name}.${randomBytes(6).toString("hex")}`);
  try {
    mkdirSync(partial, { mode: 0o700 });
    const ignore = (path: string): boolean => path !== partial && !files.includes(basename(path));
    await pipeline(createReadStream(archive), createBrotliDecompress(), extract(partial, { ignore }));
    const missing = files.find((file) => !existsSync(join(partial, file)));
    if (missing !== undefined) throw new Error(`${missing} is missing in ${archive}`);
    const target = join(cache, name);
    try {
      renameSync(partial, target);
    } catch (error) {
      // Another process may have finished first; whatever else lies there is not complete and makes way.
      if (files.every((file) => existsSync(join(target, file)))) return;
      if (!existsSync(target)) throw error;
      rmSync(target, { recursive: true });
      renameSync(partial, target);
    }
  } catch (error) {
    throw fileError(`cannot unpack the software adapter into ${cache}`, error);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}
