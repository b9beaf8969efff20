import { describe, expect, test } from "vitest";
import { recordedRuns } from "../../src/app/recorded/recorded";
import { calculusFunctions, evaluate } from "../../src/calculus";

describe("the recorded runs", () => {
  const runs = recordedRuns();

  test.each(runs)("$settings.network: predictions belong to their curves", ({ test, outcome }) => {
    const trained = outcome?.trained;
    if (!trained) throw new Error("a recorded run has a result");
    const shown = evaluate(trained.prediction, test);
    // A part of the test set scores about what the whole does; another order of the curves would score as zero does.
    expect(shown.rmse / trained.evaluation.rmse).toBeGreaterThan(0.7);
    expect(shown.rmse / trained.evaluation.rmse).toBeLessThan(1.4);
    expect(new Set(test.functionIndex).size).toBe(calculusFunctions.length);
  });

  test.each(runs)(
    "$settings.network: the whole test set is the one that was recorded",
    ({ facts, outcome }) => {
      expect(facts.zero.rmse).toBeCloseTo(outcome?.trained?.evaluation.rmseZero ?? Number.NaN, 12);
      expect(Object.values(outcome?.trained?.evaluation.rmsePerFunction ?? {}).every(Number.isFinite)).toBe(
        true,
      );
    },
  );

  test.each(runs)("$settings.network: the history is whole", ({ facts, history, outcome }) => {
    expect(history.map(({ iteration }) => iteration)).toEqual(
      Array.from({ length: facts.iterations }, (_, i) => i + 1),
    );
    expect(history.filter(({ validation }) => validation).map(({ iteration }) => iteration)).toEqual([
      1, 50, 100, 150, 200, 250, 300, 350,
    ]);
    expect(outcome?.result.best?.loss).toBeCloseTo(
      Math.min(...history.flatMap(({ validation }) => validation?.loss ?? [])),
      5,
    );
  });
});
