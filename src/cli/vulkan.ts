/**
 * Whether Vulkan can be asked for a GPU on this Linux machine. Dawn, asked without a loader or without a
 * driver, writes warnings to standard error from native code: so look first, ask only if it can succeed.
 */
import { readdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";

export type Environment = Readonly<Record<string, string | undefined>>;

const loaderName = "libvulkan.so.1";
/** Where the dynamic linker looks besides its cache and LD_LIBRARY_PATH. */
const loaderDirectories = ["/lib64", "/usr/lib64", "/lib", "/usr/lib", "/run/opengl-driver/lib"];
/** Driver manifests outside the loader's own search path: Kubernetes nodes mount NVIDIA's driver there. */
const mountedManifests = "/usr/local/nvidia/share/vulkan/icd.d";

/**
 * What must be changed in the environment before Vulkan can be asked for a GPU.
 * `undefined`: no driver is installed, asking is useless.
 */
export interface VulkanNeeds {
  /** No loader is installed: one must come from elsewhere. */
  readonly loader: boolean;
  /** Manifests the loader would not find by itself. */
  readonly manifests: readonly string[];
}

/** Looks at the files only; `root` is where the file system begins. */
export function vulkanNeeds(environment: Environment = process.env, root = "/"): VulkanNeeds | undefined {
  const { VK_DRIVER_FILES, VK_ICD_FILENAMES, VK_ADD_DRIVER_FILES } = environment;
  const named = [VK_DRIVER_FILES, VK_ICD_FILENAMES, VK_ADD_DRIVER_FILES].some(Boolean);
  const found =
    named || manifestDirectories(environment).some((path) => manifestsIn(join(root, path)).length > 0);
  const manifests = found ? [] : manifestsIn(join(root, mountedManifests));
  if (!found && manifests.length === 0) return undefined;
  return { loader: !hasLoader(environment, root), manifests };
}

/** The Vulkan loader's search path for drivers. */
function manifestDirectories(environment: Environment): string[] {
  const list = (value: string | undefined, fallback: string): string[] =>
    (value || fallback).split(delimiter);
  const home = environment.HOME ?? homedir();
  const roots = [
    ...list(environment.XDG_CONFIG_HOME, join(home, ".config")),
    ...list(environment.XDG_CONFIG_DIRS, "/etc/xdg"),
    "/etc",
    "/usr/local/etc",
    ...list(environment.XDG_DATA_HOME, join(home, ".local/share")),
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
