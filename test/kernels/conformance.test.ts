import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { gpu } from "../browser/client";

const directory = new URL("../conformance/", import.meta.url);
const files = readdirSync(directory).filter((file) => file.endsWith(".safetensors"));

/** Cases of operations that are not built yet. Whoever builds one takes its lines away. */
const notBuilt = new Map([
  ["bilstm-full-width.safetensors", "bilstm"],
  ["bilstm-odd.safetensors", "bilstm"],
  ["bilstm-small.safetensors", "bilstm"],
  ["bilstm-stacked.safetensors", "bilstm"],
  ["lstm-small.safetensors", "lstm"],
  ["train-bilstm.safetensors", "train/bilstm"],
]);

const run = (file: string) =>
  gpu.run(({ fluxion, device }, { bytes, file }) => fluxion.runCase(device, bytes, file), {
    bytes: new Uint8Array(readFileSync(new URL(file, directory))),
    file,
  });

describe("conformance vectors on the GPU", () => {
  test("are all there", () => {
    expect(files.length).toBeGreaterThanOrEqual(24);
    expect(files).toEqual(expect.arrayContaining([...notBuilt.keys()]));
  });

  test.for(files.filter((file) => !notBuilt.has(file)))("%s passes", async (file) => {
    const { tensors, reason } = await run(file);
    expect(reason).toBeUndefined();
    expect(tensors.length).toBeGreaterThan(0);
    expect(tensors.filter(({ passed }) => !passed)).toEqual([]);
  });

  test.for([...notBuilt])("%s fails, and says that there is no %s", async ([file, op]) => {
    const { tensors, reason } = await run(file);
    expect(reason).toBe(`this version has no operation ${op}`);
    expect(tensors.length).toBeGreaterThan(0);
    expect(tensors.filter(({ passed }) => passed)).toEqual([]);
  });
});
