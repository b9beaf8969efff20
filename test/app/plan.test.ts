import { expect, test } from "vitest";
import { describePlan } from "../../src/app/controls/plan";
import { type ExperimentOptions, resolveExperiment } from "../../src/index";

test("the plan tells of curves that mini-batches leave over", () => {
  const said = (options: ExperimentOptions) => describePlan(resolveExperiment("quick", "cnn", options));
  const base = { curves: 18, epochs: 3 } as const;
  for (const [options, ending] of [
    [{ batch: 5 }, " 15 curves train, 3 test."],
    [{ batch: 8, shuffle: "once" }, " Mini-batches leave over 7 curves, which are never trained on."],
    [{ batch: 8, shuffle: "never" }, " Mini-batches leave over 7 curves, which are never trained on."],
    [{ batch: 14, shuffle: "once" }, " Mini-batches leave over 1 curve, which is never trained on."],
    [
      { batch: 8, shuffle: "every-epoch" },
      " Mini-batches leave over 7 curves in every epoch, others each time.",
    ],
    [
      { batch: 8, shuffle: "every-epoch", epochs: 1 },
      " Mini-batches leave over 7 curves, which are never trained on.",
    ],
  ] as const)
    expect(said({ ...base, ...options }).endsWith(ending), JSON.stringify(options)).toBe(true);
});
