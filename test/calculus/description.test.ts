import { describe, expect, it } from "vitest";
import { modelMetadata, nameInfinities } from "../../src/calculus/description";
import { optionsOf, resolveExperiment } from "../../src/calculus/experiment";
import { networkNames, type OptionName, readOption } from "../../src/calculus/options";

describe("nameInfinities", () => {
  it("writes infinity as none and keeps all else", () => {
    expect(nameInfinities({ clip: Number.POSITIVE_INFINITY, epochs: 3, solver: "adam" })).toEqual({
      clip: "none",
      epochs: 3,
      solver: "adam",
    });
  });
});

describe("the metadata of a model", () => {
  it.each(networkNames)("describe the %s so that it can be trained again", (network) => {
    const experiment = resolveExperiment("quick", network, {
      seed: 5,
      family: "sixty",
      curves: 600,
      learnRateSchedule: "cosine",
    });
    const metadata = modelMetadata(experiment);
    expect([...metadata.keys()]).toEqual(["name", "preset", "options", "seed", "data"]);
    expect([metadata.get("name"), metadata.get("preset"), metadata.get("seed")]).toEqual([
      network,
      "quick",
      "5",
    ]);
    const told: Record<string, string | number> = JSON.parse(metadata.get("options") ?? "");
    const options = Object.fromEntries(
      Object.entries(told).map(([name, value]) => [name, readOption(name as OptionName, String(value))]),
    );
    expect(options).toEqual(optionsOf(experiment));
    expect(resolveExperiment("quick", network, options)).toEqual(experiment);
    expect(JSON.parse(metadata.get("data") ?? "")).toMatchObject({
      family: "sixty",
      curves: 600,
      samples: 50,
      noise: 1e-3,
      seed: 5,
    });
  });
});
