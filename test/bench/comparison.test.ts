import { describe, expect, it } from "vitest";
import { batchesToTry, compare, disagreement } from "../../bench/comparison";
import { versionsIn } from "../../bench/peers";

const prepared = { adapter: "google, swiftshader, ", parameters: 84609, firstLoss: 150 };

describe("a peer is timed only where it computes the same", () => {
  it.each([
    ["rounding", { firstLoss: 150.1 }, undefined],
    ["another loss", { firstLoss: 150.2 }, /^its first loss is 150.2 instead of 150$/],
    ["no number", { firstLoss: Number.NaN }, /^its first loss is NaN/],
    ["other parameters", { parameters: 84353 }, /^it has 84353 parameters instead of 84609$/],
    ["another adapter", { adapter: "acme" }, /^it runs on another adapter: acme instead of google/],
  ])("%s", (_, change, reason) => {
    const said = disagreement(prepared, { ...prepared, ...change });
    if (reason === undefined) expect(said).toBeUndefined();
    else expect(said).toMatch(reason);
  });
});

it("the ratio is the peer's time in Fluxion's", () => {
  const pairing = { peer: "jax-js", version: "0.1.25", network: "cnn" } as const;
  const ours = { ...prepared, msPerStep: 20, spreadMs: [19, 25] } as const;
  const theirs = {
    ...prepared,
    msPerStep: 50,
    spreadMs: [40, 60],
    warmUpMs: 900,
    losses: [150, 149],
  } as const;
  expect(compare(pairing, 200, ours, theirs)).toEqual({
    ...pairing,
    batch: 200,
    msPerStep: 50,
    oursMsPerStep: 20,
    ratio: 2.5,
    spreadMs: [40, 60],
    oursSpreadMs: [19, 25],
    warmUpMs: 900,
    firstLoss: 150,
    oursFirstLoss: 150,
  });
});

it("the wanted batch is tried first, within what the peer can do, then a tenth of it", () => {
  expect(batchesToTry(200)).toEqual([200, 20]);
  expect(batchesToTry(200, 20)).toEqual([20, 2]);
  expect(batchesToTry(4, 20)).toEqual([4]);
});

it("versions are those of the packages, the project itself apart", () => {
  const packages = { "": { version: "1.0.0" }, "node_modules/long": { version: "4.0.0" } };
  expect(versionsIn({ packages })).toEqual(new Map([["node_modules/long", "4.0.0"]]));
});
