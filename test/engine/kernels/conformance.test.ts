import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { gpu } from "../../browser/client";

const directory = new URL("../../conformance/", import.meta.url);
const files = readdirSync(directory).filter((file) => file.endsWith(".safetensors"));

describe("conformance vectors on the GPU", () => {
  test("are all there", () => {
    expect(files.length).toBeGreaterThanOrEqual(47);
  });

  test.for(files)("%s passes", async (file) => {
    const { tensors } = await gpu.run(
      ({ fluxion, device }, { bytes, file }) => fluxion.runCase(device, bytes, file),
      { bytes: new Uint8Array(readFileSync(new URL(file, directory))), file },
    );
    expect(tensors.length).toBeGreaterThan(0);
    expect(tensors.filter(({ passed }) => !passed)).toEqual([]);
  });
});
