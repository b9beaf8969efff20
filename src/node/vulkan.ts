/**
 * Which Vulkan drivers this Linux machine has. Dawn, asked without a loader or without a driver, writes warnings to
 * standard error from native code: so look first, ask only where there is something.
 */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { type Environment, homeOf } from "./cache";

const loaderName = "libvulkan.so.1";
/** Where the dynamic linker looks besides its cache and LD_LIBRARY_PATH. */
const loaderDirectories = ["/lib64", "/usr/lib64", "/lib", "/usr/lib", "/run/opengl-driver/lib"];
/** Driver manifests outside the loader's own search path: Kubernetes nodes mount NVIDIA's driver there. */
const mountedManifests = "/usr/local/nvidia/share/vulkan/icd.d";

/** Variables by which a user names drivers; the first that is set holds. */
const only = ["VK_DRIVER_FILES", "VK_ICD_FILENAMES"] as const;
const besides = "VK_ADD_DRIVER_FILES";

export interface InstalledDrivers {
  /** Whether a Vulkan loader is installed. */
  readonly loader: boolean;
  /** The manifests of all drivers that count. */
  readonly manifests: readonly string[];
  /** Drivers that the user names, one of which at least must be of use. */
  readonly named?: {
    /** The variable and what it says, as one types it. */
    readonly words: string;
    readonly manifests: readonly string[];
    /** Whether no other driver counts. */
    readonly alone: boolean;
  };
}

/** Looks at the files only; `root` is where the file system begins. */
export function findDrivers(environment: Environment = process.env, root = "/"): InstalledDrivers {
  const loader = hasLoader(environment, root);
  const variable = only.find((name) => environment[name]);
  if (variable !== undefined) {
    const named = namedBy(environment, variable, root);
    return { loader, manifests: named.manifests, named };
  }
  const found = unique(
    manifestDirectories(environment).flatMap((path) => manifestsIn(join(root, resolve(path)))),
  );
  const searched = found.length > 0 ? found : manifestsIn(join(root, mountedManifests));
  if (!environment[besides]) return { loader, manifests: searched };
  const named = namedBy(environment, besides, root);
  return { loader, manifests: unique([...named.manifests, ...searched]), named };
}

const unique = (paths: readonly string[]): string[] => Array.from(new Set(paths));

/** Files, or directories of them. What does not exist is named all the same. */
function namedBy(environment: Environment, variable: string, root: string) {
  const value = environment[variable] ?? "";
  const manifests = value
    .split(delimiter)
    .filter(Boolean)
    .flatMap((path) => {
      const at = join(root, resolve(path));
      return statSync(at, { throwIfNoEntry: false })?.isDirectory() ? manifestsIn(at) : [at];
    });
  return { words: `${variable}=${value}`, manifests, alone: variable !== besides };
}

/** The Vulkan loader's search path for drivers. */
function manifestDirectories(environment: Environment): string[] {
  const list = (value: string | undefined, fallback: string): string[] =>
    (value || fallback).split(delimiter).filter(Boolean);
  const home = homeOf(environment) ?? "";
  const roots = [
    ...list(environment.XDG_CONFIG_HOME, home && join(home, ".config")),
    ...list(environment.XDG_CONFIG_DIRS, "/etc/xdg"),
    "/etc",
    "/usr/local/etc",
    ...list(environment.XDG_DATA_HOME, home && join(home, ".local/share")),
    ...list(environment.XDG_DATA_DIRS, "/usr/local/share:/usr/share"),
    "/usr/local/share",
    "/usr/share",
    "/run/opengl-driver/share",
  ];
  return roots.map((path) => join(path, "vulkan/icd.d"));
}

function manifestsIn(directory: string): string[] {
  try {
    return readdirSync(directory)
      .filter((name) => name.endsWith(".json"))
      .sort()
      .map((name) => join(directory, name));
  } catch {
    return [];
  }
}

function hasLoader(environment: Environment, root: string): boolean {
  const directories = [
    ...(environment.LD_LIBRARY_PATH ?? "").split(delimiter).filter(Boolean),
    ...loaderDirectories,
  ];
  return (
    directories.some((path) => isLoaderIn(join(root, path))) ||
    isLoaderInCache(join(root, "/etc/ld.so.cache"))
  );
}

function isLoaderIn(directory: string): boolean {
  try {
    return readdirSync(directory).includes(loaderName);
  } catch {
    return false;
  }
}

/** The linker's cache holds the names of all libraries it knows as plain strings. */
function isLoaderInCache(path: string): boolean {
  try {
    return readFileSync(path).includes(`${loaderName}\0`);
  } catch {
    return false;
  }
}
