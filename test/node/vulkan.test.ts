import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { findDrivers, type InstalledDrivers } from "../../src/node/vulkan";
import { inDirectory } from "../cli/program";

/** What `findDrivers` says of a machine with these files, with paths as that machine has them. */
function driversWith(
  files: Record<string, string>,
  environment: Record<string, string> = {},
): InstalledDrivers {
  let found = "";
  inDirectory((root) => {
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), content);
    }
    found = JSON.stringify(findDrivers({ HOME: "/home/user", ...environment }, root)).replaceAll(root, "");
  });
  return JSON.parse(found);
}
const nvidia = "/etc/vulkan/icd.d/nvidia_icd.json";

describe("the Vulkan drivers of a machine", () => {
  it("are the manifests in the loader's search path", () => {
    expect(driversWith({ "/etc/vulkan/icd.d/readme.txt": "" }).manifests).toEqual([]);
    for (const path of [
      nvidia,
      "/usr/share/vulkan/icd.d/intel_icd.x86_64.json",
      "/home/user/.local/share/vulkan/icd.d/mine.json",
      "/run/opengl-driver/share/vulkan/icd.d/radeon_icd.json",
    ])
      expect(driversWith({ [path]: "{}" })).toEqual({ loader: false, manifests: [path] });
    const files = { "/opt/share/vulkan/icd.d/a.json": "{}" };
    expect(driversWith(files, { XDG_DATA_DIRS: "/usr/share:/opt/share" }).manifests).toEqual(
      Object.keys(files),
    );
    expect(driversWith(files).manifests).toEqual([]);
  });

  it("include a mounted one that the loader does not find by itself, where there is no other", () => {
    const mounted = "/usr/local/nvidia/share/vulkan/icd.d/nvidia_icd.json";
    expect(driversWith({ [mounted]: "{}" }).manifests).toEqual([mounted]);
    expect(driversWith({ [mounted]: "{}", [nvidia]: "{}" }).manifests).toEqual([nvidia]);
  });

  it("need a loader, which lies among the libraries, in the linker's cache or in LD_LIBRARY_PATH", () => {
    const cache = "/etc/ld.so.cache";
    for (const [path, content, environment, expected] of [
      ["/usr/lib64/libvulkan.so.1", "", {}, true],
      [cache, "cache\0libvulkan.so.1\0/usr/lib/x/libvulkan.so.1\0", {}, true],
      [cache, "libvulkan.so.10\0", {}, false],
      ["/opt/v/libvulkan.so.1", "", { LD_LIBRARY_PATH: "/opt/u:/opt/v" }, true],
      ["/opt/v/libvulkan.so.1", "", {}, false],
    ] as const)
      expect(driversWith({ [path]: content }, environment).loader).toBe(expected);
  });

  it("are those alone that the user names, whether they exist or not", () => {
    const files = { [nvidia]: "{}", "/opt/d/b.json": "", "/opt/d/a.json": "", "/opt/d/readme": "" };
    for (const name of ["VK_DRIVER_FILES", "VK_ICD_FILENAMES"])
      expect(driversWith(files, { [name]: "/opt/none.json:/opt/d" })).toEqual({
        loader: false,
        manifests: ["/opt/none.json", "/opt/d/a.json", "/opt/d/b.json"],
        named: {
          words: `${name}=/opt/none.json:/opt/d`,
          manifests: ["/opt/none.json", "/opt/d/a.json", "/opt/d/b.json"],
          alone: true,
        },
      });
    const both = { VK_DRIVER_FILES: "/a.json", VK_ICD_FILENAMES: "/b.json", VK_ADD_DRIVER_FILES: "/c.json" };
    expect(driversWith(files, both).manifests).toEqual(["/a.json"]);
  });

  it("are those that the user adds before all others", () => {
    expect(driversWith({ [nvidia]: "{}" }, { VK_ADD_DRIVER_FILES: "/c.json" })).toEqual({
      loader: false,
      manifests: ["/c.json", nvidia],
      named: { words: "VK_ADD_DRIVER_FILES=/c.json", manifests: ["/c.json"], alone: false },
    });
  });
});
