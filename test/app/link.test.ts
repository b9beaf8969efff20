import { describe, expect, test } from "vitest";
import { readLink, writeLink } from "../../src/app/session/link";
import type { Settings } from "../../src/app/session/run";

const standard: Settings = { preset: "quick", network: "cnn", options: {} };

describe("a link", () => {
  test.each<Settings>([
    standard,
    { preset: "moler", network: "bilstm", options: {} },
    { preset: "quick", network: "bilstm", options: { seed: 3, epochs: 40, hidden: 7, dropout: 0.25 } },
    { preset: "moler", network: "cnn", options: { clip: Number.POSITIVE_INFINITY, patience: 5 } },
    {
      preset: "quick",
      network: "cnn",
      options: {
        solver: "adamw",
        learnRate: 3e-7,
        epsilon: 1e-8 * 3,
        learnRateSchedule: "cosine",
        warmup: 12,
      },
    },
  ])("brings back %j", (settings) => {
    expect(readLink(writeLink(settings))).toEqual({ settings, problems: [] });
  });

  test("names version, preset and network even where nothing differs", () => {
    expect(writeLink(standard)).toBe("?v=1&preset=quick&network=cnn");
  });

  test("leaves out what nothing reads and what the preset says", () => {
    const options = { momentum: 0.5, solver: "adam", learnRate: 0.001, hidden: 7, epochs: 30 } as const;
    expect(writeLink({ ...standard, options })).toBe("?v=1&preset=quick&network=cnn&solver=adam");
  });

  test("that is empty means the quick CNN", () => {
    expect(readLink("")).toEqual({ settings: standard, problems: [] });
    expect(readLink("?")).toEqual({ settings: standard, problems: [] });
  });

  test("of values that only contradict each other is taken as it is", () => {
    expect(readLink("?v=1&curves=7").settings.options).toEqual({ curves: 7 });
  });
});

describe("parts of a link that cannot be are reported, not obeyed", () => {
  test.each([
    ["?v=1&epochs=0", 'epochs is "0", expected a whole number from 1 to 500000'],
    ["?v=1&epochs=1e3", 'epochs is "1e3", expected a whole number'],
    ["?v=1&epochs=", 'epochs is "", expected'],
    ["?v=1&noise=NaN", 'noise is "NaN", expected a number'],
    ["?v=1&learnRate=-1", 'learnRate is "-1", expected'],
    ["?v=1&solver=__proto__", 'solver is "__proto__", expected one of sgdm'],
    ["?v=1&network=gru", 'network is "gru", expected one of cnn, bilstm'],
    ["?v=1&preset=constructor", 'preset is "constructor", expected one of quick, moler'],
    ["?v=1&__proto__=1", '"__proto__" is no option'],
    ["?v=1&toString=1", '"toString" is no option'],
    ["?v=1&utm=x", '"utm" is no option'],
    ["?v=1&seed=1&seed=2", "seed stands 2 times"],
    ["?v=1&preset=moler&preset=quick", "preset stands 2 times"],
    ["?v=1&hidden=12", "hidden means nothing"],
    ["?v=1&momentum=0.5&solver=adam&network=cnn&solver=adam", "solver stands 2 times"],
    ["?v=2&epochs=3", 'the link is of version "2"'],
    ["?v=1&v=1&epochs=3", 'the link is of version "1" and "1"'],
    ["?epochs=3", "the link names no version"],
    [`?v=1&epochs=${"9".repeat(10_000)}`, "the link has 10012 characters"],
    [`?v=1&${"x".repeat(1000)}=1`, `"${"x".repeat(40)}…" is no option`],
    ["?v=1&seed=%00%E0%A4%A", 'seed is "'],
  ])("%s", (search, problem) => {
    const { settings, problems } = readLink(search);
    expect(problems[0]).toContain(problem);
    for (const each of problems) expect(each.length).toBeLessThan(250);
    expect({ ...settings, options: {} }).toEqual(standard);
    expect(Object.getPrototypeOf(settings.options)).toBe(Object.prototype);
    const { momentum: _, ...others } = settings.options;
    expect(others).toEqual({});
  });

  test("and the rest is taken", () => {
    const { settings, problems } = readLink("?v=1&network=bilstm&epochs=zero&seed=5");
    expect(settings).toEqual({ preset: "quick", network: "bilstm", options: { seed: 5 } });
    expect(problems).toHaveLength(1);
  });
});
