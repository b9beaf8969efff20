import { expect, test } from "vitest";
import { summarise } from "../../src/check/steps";

test("the times of steps have a median and extremes, however many they are", () => {
  expect(summarise([3])).toEqual({ msPerStep: 3, spreadMs: [3, 3] });
  expect(summarise([4, 1, 3, 10])).toEqual({ msPerStep: 3.5, spreadMs: [1, 10] });
  const many = Array.from({ length: 200_000 }, (_, i) => (7 * i) % 200_000);
  expect(summarise(many)).toEqual({ msPerStep: 99_999.5, spreadMs: [0, 199_999] });
});
