import { createReadStream, createWriteStream, existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import { brotliDecompressSync, createBrotliDecompress } from "node:zlib";
import { parseTar } from "nanotar";

/**
 * Unpacks the Chromium that lies in the npm package @sparticuz/chromium, once, and returns its folder: the
 * program `chromium`, SwiftShader beside it, and in `lib` the NSS libraries that a bare machine lacks.
 * The package's own unpacker leaves half a program in a shared folder when it is interrupted or runs twice.
 */
export async function unpackBundledChromium(): Promise<string> {
  const home = resolve(dirname(createRequire(import.meta.url).resolve("@sparticuz/chromium")), "../..");
  const { version } = JSON.parse(await readFile(join(home, "package.json"), "utf8")) as { version: string };
  // Beside the packages: private to this checkout, writable, and cleared away by npm ci.
  const folder = resolve(home, `../../.cache/fluxion/chromium-${version}`);
  if (existsSync(folder)) return folder;
  await mkdir(dirname(folder), { recursive: true });
  const unfinished = await mkdtemp(`${folder}-`);
  try {
    await pipeline(
      createReadStream(join(home, "bin/chromium.br")),
      createBrotliDecompress(),
      createWriteStream(join(unfinished, "chromium"), { mode: 0o755 }),
    );
    for (const archive of ["swiftshader.tar.br", "al2023.tar.br"])
      for (const { name, data } of parseTar(
        brotliDecompressSync(await readFile(join(home, "bin", archive))),
      )) {
        if (data === undefined) continue;
        await mkdir(dirname(join(unfinished, name)), { recursive: true });
        await writeFile(join(unfinished, name), data, { mode: 0o755 });
      }
    await rename(unfinished, folder);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    // Another run may have been quicker; what it put there is complete.
    if (!existsSync(folder)) throw error;
  }
  return folder;
}
