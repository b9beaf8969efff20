import { expect, test } from "vitest";
import { describePlan } from "../../src/app/controls/plan";
import { type ExperimentOptions, resolveExperiment } from "../../src/calculus";

test("the plan tells of curves that mini-batches leave over", () => {
  const said = (options: ExperimentOptions) => describePlan(resolveExperiment("quick", "cnn", options));
  const base = { curves: 18, epochs: 3 } as const;
  for (const [options, ending] of [
    [{ batch: 5 }, " 15 curves train, 3 test."],
    [
      { batch: 8, shuffle: "once" },
      " Mini-batches of 8 leave over 7 of 15 training curves, which are never trained on.",
    ],
    [
      { batch: 8, shuffle: "never" },
      " Mini-batches of 8 leave over 7 of 15 training curves, which are never trained on.",
    ],
    [
      { batch: 14, shuffle: "once" },
      " Mini-batches of 14 leave over 1 of 15 training curves, which is never trained on.",
    ],
    [
      { batch: 8, shuffle: "every-epoch" },
      " Mini-batches of 8 leave over 7 of 15 training curves in every epoch, others each time.",
    ],
    [
      { batch: 8, shuffle: "every-epoch", epochs: 1 },
      " Mini-batches of 8 leave over 7 of 15 training curves, which are never trained on.",
    ],
  ] as const)
    expect(said({ ...base, ...options }).endsWith(ending), JSON.stringify(options)).toBe(true);
});
