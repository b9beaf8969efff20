import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { vulkanNeeds } from "../../src/cli/vulkan";
import { inDirectory } from "./program";

/** What `vulkanNeeds` says of a machine with these files. */
function needsWith(files: Record<string, string>, environment: Record<string, string> = {}) {
  let needs: ReturnType<typeof vulkanNeeds>;
  inDirectory((root) => {
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), content);
    }
    needs = vulkanNeeds({ HOME: "/home/user", ...environment }, root);
    for (const path of needs?.manifests ?? []) expect(path.startsWith(root)).toBe(true);
  });
  return needs;
}
const manifest = { "/etc/vulkan/icd.d/nvidia_icd.json": "{}" };

describe("what Vulkan needs before it can be asked for a GPU", () => {
  it("is hopeless without a driver, loader or not", () => {
    expect(needsWith({})).toBeUndefined();
    expect(needsWith({ "/usr/lib/libvulkan.so.1": "" })).toBeUndefined();
    expect(needsWith({ "/etc/vulkan/icd.d/readme.txt": "" })).toBeUndefined();
  });

  it.each([
    "/etc/vulkan/icd.d/nvidia_icd.json",
    "/usr/share/vulkan/icd.d/intel_icd.x86_64.json",
    "/home/user/.local/share/vulkan/icd.d/mine.json",
    "/run/opengl-driver/share/vulkan/icd.d/radeon_icd.json",
  ])("is a loader where only a driver is installed: %s", (path) => {
    expect(needsWith({ [path]: "{}" })).toEqual({ loader: true, manifests: [] });
  });

  it("finds the loader among the libraries, in the linker's cache and in LD_LIBRARY_PATH", () => {
    const nothing = { loader: false, manifests: [] };
    expect(needsWith({ ...manifest, "/usr/lib64/libvulkan.so.1": "" })).toEqual(nothing);
    expect(
      needsWith({ ...manifest, "/etc/ld.so.cache": "cache\0libvulkan.so.1\0/usr/lib/x/libvulkan.so.1\0" }),
    ).toEqual(nothing);
    expect(
      needsWith({ ...manifest, "/opt/v/libvulkan.so.1": "" }, { LD_LIBRARY_PATH: "/opt/u:/opt/v" }),
    ).toEqual(nothing);
    expect(needsWith({ ...manifest, "/etc/ld.so.cache": "libvulkan.so.10\0" })?.loader).toBe(true);
  });

  it("trusts drivers named in the environment", () => {
    for (const name of ["VK_DRIVER_FILES", "VK_ICD_FILENAMES", "VK_ADD_DRIVER_FILES"])
      expect(needsWith({}, { [name]: "/opt/driver.json" })).toEqual({ loader: true, manifests: [] });
  });

  it("looks in the directories of XDG", () => {
    const files = { "/opt/share/vulkan/icd.d/a.json": "{}" };
    expect(needsWith(files, { XDG_DATA_DIRS: "/usr/share:/opt/share" })).toBeDefined();
    expect(needsWith(files)).toBeUndefined();
  });

  it("names the manifests of a mounted driver that the loader does not find by itself", () => {
    const mounted = "/usr/local/nvidia/share/vulkan/icd.d/nvidia_icd.json";
    const needs = needsWith({ [mounted]: "{}" });
    expect(needs?.loader).toBe(true);
    expect(needs?.manifests.map((path) => path.endsWith(mounted))).toEqual([true]);
    expect(needsWith({ [mounted]: "{}", ...manifest })?.manifests).toEqual([]);
  });
});
