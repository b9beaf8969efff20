import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { unpackBundledChromium } from "./bundled";

/** A Chrome or Chromium that can be started. */
export interface Chrome {
  readonly executable: string;
  /** What the browser's environment needs beside ours. */
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * Finds a browser: the path in PUPPETEER_EXECUTABLE_PATH or CHROME_PATH, else an installed Chrome or Chromium,
 * else on Linux x64 the one that comes as an npm package. Throws where there is none.
 */
export async function findChrome(): Promise<Chrome> {
  for (const variable of ["PUPPETEER_EXECUTABLE_PATH", "CHROME_PATH"]) {
    const executable = process.env[variable];
    if (!executable) continue;
    if (!existsSync(executable))
      throw new Error(`${variable} names a file that does not exist: ${executable}`);
    return { executable, environment: {} };
  }
  const installed = installedPaths().find((path) => existsSync(path) && starts(path));
  if (installed !== undefined) return { executable: installed, environment: {} };
  if (process.platform === "linux" && process.arch === "x64") return bundledChromium();
  throw new Error("no Chrome was found: install Chrome or Chromium, or set CHROME_PATH to its program");
}

/** Where Chrome lies when it is installed, the usual names first. */
function installedPaths(): string[] {
  switch (process.platform) {
    case "darwin":
      return ["Google Chrome", "Chromium"].flatMap((name) =>
        ["/Applications", join(process.env.HOME ?? "", "Applications")].map((folder) =>
          join(folder, `${name}.app/Contents/MacOS/${name}`),
        ),
      );
    case "win32":
      return ["PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA"].flatMap((variable) => {
        const folder = process.env[variable];
        return folder ? [join(folder, "Google/Chrome/Application/chrome.exe")] : [];
      });
    default: {
      const names = ["google-chrome", "google-chrome-stable", "chromium", "chromium-browser"];
      const folders = (process.env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
      return names.flatMap((name) => folders.map((folder) => join(folder, name)));
    }
  }
}

async function bundledChromium(): Promise<Chrome> {
  const folder = await unpackBundledChromium();
  const executable = join(folder, "chromium");
  if (starts(executable)) return { executable, environment: {} };
  const libraries = [join(folder, "lib"), process.env.LD_LIBRARY_PATH].filter(Boolean).join(delimiter);
  return { executable, environment: { LD_LIBRARY_PATH: libraries } };
}

/** Whether the program runs at all: a distribution's stand-in or a missing system library shows here. */
function starts(executable: string): boolean {
  // On Windows `--version` opens a window instead.
  if (process.platform === "win32") return true;
  return spawnSync(executable, ["--version"], { stdio: "ignore", timeout: 20_000 }).status === 0;
}
