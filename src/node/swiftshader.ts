/**
 * SwiftShader, a Vulkan driver that computes on the CPU, and the Vulkan loader beside it: both lie packed in
 * the npm package @sparticuz/chromium. They are unpacked once into the user's cache.
 */
import { createHash, randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { brotliDecompressSync } from "node:zlib";
import { parseTar } from "nanotar";
import { NoAdapterError } from "../engine/gpu/adapter";
import { cacheFolders, readRegular, requirePrivate, useCache } from "./cache";
import { reasonOf } from "./reasons";

const packageName = "@sparticuz/chromium";
const manifest = "vk_swiftshader_icd.json";
const loader = "libvulkan.so.1";
const files: readonly string[] = [manifest, "libvk_swiftshader.so", loader];
/** Beside them: the digest of each, by its name. */
const digests = "digests.json";

export interface SwiftShader {
  /** The Vulkan loader. */
  readonly loader: string;
  /** The driver's manifest: for VK_DRIVER_FILES. */
  readonly manifest: string;
}

/** Windows and macOS bring software adapters of their own, or none. */
export const hasSwiftShader = (): boolean => process.platform === "linux" && process.arch === "x64";

/**
 * Unpacks SwiftShader, unless it lies there whole, and loads the Vulkan loader that comes with it.
 * @param keepLibrary loads a library into this process
 * @throws NoAdapterError where it is not installed, or no folder can hold it
 */
export function loadSwiftShader(
  keepLibrary: (path: string) => void,
  folders = cacheFolders(),
  source = findPackage(),
): SwiftShader {
  const { archive, version } = source;
  const name = `swiftshader-${version}`;
  try {
    return useCache((cache) => {
      const folder = join(cache, name);
      if (!isWhole(folder)) unpack(archive, cache, name);
      // Also tells whether the file system lets anything run.
      keepLibrary(join(folder, loader));
      return { loader: join(folder, loader), manifest: join(folder, manifest) };
    }, folders);
  } catch (error) {
    throw new NoAdapterError(
      `the software adapter needs a folder that this user alone can write to and libraries can be loaded from: name one in XDG_CACHE_HOME (${reasonOf(error)})`,
      { cause: error },
    );
  }
}

function findPackage(): { readonly archive: string; readonly version: string } {
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
  throw new NoAdapterError(
    `no GPU was found, and a software adapter needs a package: npm i ${packageName}@147`,
  );
}

const digestOf = (data: Uint8Array): string => createHash("sha256").update(data).digest("hex");

/** Whether all files are there as they were unpacked: a disk that was full or failing leaves others. */
function isWhole(folder: string): boolean {
  try {
    requirePrivate(folder);
    const known: unknown = JSON.parse(readRegular(join(folder, digests)).toString());
    const found = files.map((file) => [file, digestOf(readRegular(join(folder, file)))]);
    return JSON.stringify(known) === JSON.stringify(Object.fromEntries(found));
  } catch {
    return false;
  }
}

/** Unpacks beside the final place and renames: a killed unpacking leaves nothing that looks whole. */
function unpack(archive: string, cache: string, name: string): void {
  const beside = join(cache, `.${name}.${randomBytes(6).toString("hex")}`);
  const target = join(cache, name);
  try {
    mkdirSync(beside, { mode: 0o700 });
    const packed = parseTar(brotliDecompressSync(readFileSync(archive)));
    const found = files.map((file) => {
      const data = packed.find((entry) => entry.name === file)?.data;
      if (data === undefined) throw new Error(`${file} is missing in ${archive}`);
      writeFileSync(join(beside, file), data, { mode: 0o700, flush: true });
      return [file, digestOf(data)];
    });
    writeFileSync(join(beside, digests), JSON.stringify(Object.fromEntries(found)), { flush: true });
    // What is not whole makes way. Another process may have it open still, or have been quicker.
    if (existsSync(target)) renameSync(target, `${beside}.old`);
    renameSync(beside, target);
  } catch (error) {
    if (!isWhole(target)) throw error;
  } finally {
    for (const path of [beside, `${beside}.old`]) rmSync(path, { recursive: true, force: true });
  }
}
