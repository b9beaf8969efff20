/** The libraries that are timed beside Fluxion, and how they are installed. */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { NetworkName } from "../src/calculus";
import { UsageError } from "../src/cli/errors";
import type { PagePath } from "./site";

export interface Peer {
  readonly name: string;
  /** The npm package whose version is reported. */
  readonly package: string;
  readonly page: PagePath;
  /** Networks that it cannot train, with the reason. */
  readonly unsupported: { readonly [Name in NetworkName]?: string };
  /** Curves in a step, at most, where there is no GPU: beyond, a step does not end in reasonable time. */
  readonly mostWithoutGpu: { readonly [Name in NetworkName]?: number };
}

export const peers: readonly Peer[] = [
  {
    name: "tfjs-webgpu",
    package: "@tensorflow/tfjs-backend-webgpu",
    page: "peers/tfjs",
    unsupported: {},
    mostWithoutGpu: { bilstm: 20 },
  },
  {
    name: "jax-js",
    package: "@jax-js/jax",
    page: "peers/jax",
    unsupported: {
      bilstm:
        "has no loop primitive such as lax.scan (ekzhang/jax-js#39): the time steps would have to be unrolled into one graph",
    },
    mostWithoutGpu: {},
  },
];

/** A lock file of npm, as far as it is read here. */
interface Lock {
  readonly packages: { readonly [path: string]: { readonly version?: string } };
}

const readLock = (path: string): Lock => JSON.parse(readFileSync(path, "utf8"));

/** Versions of installed packages by their path in a lock file; the root package apart. */
export const versionsIn = ({ packages }: Lock): Map<string, string | undefined> =>
  new Map(
    Object.entries(packages)
      .filter(([path]) => path !== "")
      .map(([path, { version }]) => [path, version]),
  );

/**
 * Installs the peers unless exactly the versions of the lock file are there.
 * @param root of the repository
 * @throws UsageError when npm cannot install them
 */
export function installPeers(root: string, say: (text: string) => void): void {
  const bench = join(root, "bench");
  const installed = join(bench, "node_modules/.package-lock.json");
  const wanted = versionsIn(readLock(join(bench, "package-lock.json")));
  if (existsSync(installed)) {
    const found = versionsIn(readLock(installed));
    if (Array.from(wanted).every(([path, version]) => found.get(path) === version)) return;
  }
  say("installing the peers: npm ci --prefix bench");
  const { status, error } = spawnSync("npm", ["ci", "--prefix", "bench", "--no-audit", "--no-fund"], {
    cwd: root,
    // Standard output is for results.
    stdio: ["ignore", process.stderr, process.stderr],
    // npm is a script there.
    shell: process.platform === "win32",
  });
  if (status !== 0)
    throw new UsageError(
      `--peers: the peers cannot be installed${error ? ` (${error.message})` : ""}: run npm ci --prefix bench`,
    );
}

/** Installed version of a peer. */
export function versionOf(root: string, peer: Peer): string {
  const version = versionsIn(readLock(join(root, "bench/package-lock.json"))).get(
    `node_modules/${peer.package}`,
  );
  if (version === undefined) throw new Error(`${peer.package} is not in bench/package-lock.json`);
  return version;
}
