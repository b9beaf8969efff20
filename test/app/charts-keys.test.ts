import { describe, expect, it } from "vitest";
import { keyAction } from "../../src/app/charts/keys";

describe("keyAction", () => {
  it("moves within the points and begins where the view does", () => {
    expect(keyAction("ArrowRight", null, 100, [10, 50])).toEqual({ kind: "move", to: 10 });
    expect(keyAction("ArrowLeft", null, 100, [10, 50])).toEqual({ kind: "move", to: 50 });
    expect(keyAction("ArrowRight", 99, 100, [0, 99])).toEqual({ kind: "move", to: 99 });
    expect(keyAction("PageDown", 0, 100, [0, 99])).toEqual({ kind: "move", to: 10 });
    expect(keyAction("End", 5, 100, [0, 99])).toEqual({ kind: "move", to: 99 });
    expect(keyAction("r", 5, 100, [0, 99])).toBeUndefined();
  });
});
