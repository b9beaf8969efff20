import { expect, it } from "vitest";
import { isCalled, isChosen, nameAdapter, reportAdapter } from "../../src/engine/gpu/adapter";
import { chooseDrivers, type Offer, readAnswers } from "../../src/node/survey";

/** What runtimes tell of adapters. */
const dawn = { device: "", description: "", isFallbackAdapter: false };
const infos = {
  h100: {
    ...dawn,
    vendor: "nvidia",
    architecture: "hopper",
    device: "nvidia-h100",
    description: "NVIDIA: 550.54",
  },
  swiftShader: {
    vendor: "google",
    architecture: "swiftshader",
    device: "swiftshader-device-subzero-",
    description: "SwiftShader driver 5.0.0",
    isFallbackAdapter: true,
  },
  swiftShaderInDeno: {
    vendor: "6880",
    architecture: "",
    device: "49374",
    description: "SwiftShader Device (Subzero)",
    isFallbackAdapter: true,
  },
  swiftShaderInChrome: { ...dawn, vendor: "google", architecture: "swiftshader" },
  mesa: {
    ...dawn,
    vendor: "65541",
    architecture: "",
    device: "0",
    description: "llvmpipe (LLVM 15, 256 bits)",
  },
};

it("an adapter is called by its own name", () => {
  for (const [info, name] of [
    [infos.h100, "nvidia-h100, NVIDIA: 550.54"],
    [infos.swiftShader, "SwiftShader driver 5.0.0 (software adapter)"],
    [infos.swiftShaderInDeno, "SwiftShader Device (Subzero) (software adapter)"],
    [infos.swiftShaderInChrome, "google swiftshader (software adapter)"],
    [infos.mesa, "llvmpipe (LLVM 15, 256 bits) (software adapter)"],
  ] as const)
    expect(nameAdapter(reportAdapter(info))).toBe(name);
  expect(reportAdapter(infos.h100).driver).toBe("NVIDIA: 550.54");
  expect(reportAdapter(infos.mesa)).toMatchObject({ vendor: "mesa", software: true });
  expect(reportAdapter(infos.mesa)).not.toHaveProperty("driver");
});

it("an adapter is found by its kind and by whatever it is called", () => {
  for (const [info, words, others] of [
    [infos.h100, ["auto", "hardware", "H100", "nvidia", "Hopper", "550"], ["software", "a100"]],
    [infos.swiftShader, ["auto", "software", "SWIFTSHADER", "subzero"], ["hardware", "llvmpipe"]],
    [infos.swiftShaderInDeno, ["software", "swiftshader"], ["hardware"]],
    [infos.swiftShaderInChrome, ["software", "swiftshader"], ["hardware"]],
  ] as const) {
    const report = reportAdapter(info);
    for (const word of words) expect(isChosen(report, word)).toBe(true);
    for (const word of others) expect(isChosen(report, word)).toBe(false);
  }
  for (const info of [infos.swiftShader, infos.swiftShaderInDeno, infos.swiftShaderInChrome])
    expect(isCalled(reportAdapter(info), /swiftshader/i)).toBe(true);
  expect(isCalled(reportAdapter(infos.h100), /^nvidia$/i)).toBe(true);
  expect(isCalled(reportAdapter(infos.h100), /nvidia.*hopper.*550/i)).toBe(true);
  expect(isCalled(reportAdapter(infos.h100), /swiftshader/i)).toBe(false);
});

const line = (...found: readonly object[]): string => `${JSON.stringify(found)}\n`;

it("what drivers answer is told from what they say besides, also where one of them ends the process", () => {
  const stdout = `MESA: a note\n${line()}${line()}${line(infos.mesa)}`;
  const stderr =
    "Error: Loader Message: no GPU\nWarning: vkEnumeratePhysicalDevices\n----\n" +
    "Warning: Vulkan shaderUniform*ArrayDynamicIndexing required.\n - While …\n----\n----\n";
  const offers = readAnswers(["a", "b", "c", "d"], { stdout, stderr });
  expect(offers.map(({ manifest, refused }) => [manifest, refused])).toEqual([
    ["a", "offers no adapter"],
    ["b", "Vulkan shaderUniform*ArrayDynamicIndexing required"],
    ["c", undefined],
  ]);
  expect(offers[2].adapters).toEqual([reportAdapter(infos.mesa)]);
  expect(readAnswers(["a"], { stdout: "", stderr: "" })).toEqual([]);
});

it("all drivers with a GPU are opened, or else one that has what is wanted", () => {
  const offer = (manifest: string, ...found: readonly (keyof typeof infos)[]): Offer => ({
    manifest,
    adapters: found.map((name) => reportAdapter(infos[name])),
  });
  const software = [offer("none"), offer("mesa", "mesa"), offer("swift", "swiftShader")];
  const all = [...software, offer("nvidia", "h100"), offer("both", "mesa", "h100")];
  for (const [offers, choice, expected] of [
    [all, "auto", ["nvidia", "both"]],
    [all, "hardware", ["nvidia", "both"]],
    [all, "software", ["mesa"]],
    [all, "swiftshader", ["swift"]],
    [all, "h100", ["nvidia"]],
    [all, "radeon", undefined],
    [software, "auto", ["mesa"]],
    [software, "hardware", undefined],
    [[], "auto", undefined],
  ] as const)
    expect(chooseDrivers(offers, choice)).toEqual(expected);
});
