import { describe, expect, it } from "vitest";
import { batchOrder } from "../../src/engine/training/resolve";

const options = { batch: 3, epochs: 4, seed: 0 };
const isSubset = (rows: ArrayLike<number>) =>
  new Set(Array.from(rows)).size === rows.length && Array.from(rows).every((row) => row >= 0 && row < 11);

describe("batchOrder of 11 rows in batches of 3", () => {
  it("never: the rows in order, without the last two", () => {
    const order = batchOrder(11, { ...options, shuffle: "never" });
    expect(Array.from(order)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it("once: nine different rows, shuffled", () => {
    const order = batchOrder(11, { ...options, shuffle: "once" });
    expect(order.length).toBe(9);
    expect(isSubset(order)).toBe(true);
    expect(Array.from(order)).not.toEqual(Array.from(order).sort((a, b) => a - b));
  });

  it("every-epoch: another order of other rows each time, the first as with once", () => {
    const order = batchOrder(11, { ...options, shuffle: "every-epoch" });
    const epochs = [0, 1, 2, 3].map((epoch) => order.slice(epoch * 9, (epoch + 1) * 9));
    expect(order.length).toBe(36);
    expect(epochs.every(isSubset)).toBe(true);
    expect(new Set(epochs.map((epoch) => epoch.join())).size).toBe(4);
    expect(epochs[0]).toEqual(batchOrder(11, { ...options, shuffle: "once" }));
    expect(new Set(order).size).toBe(11);
  });

  it("repeats a seed, and only that", () => {
    const order = (seed: number) => batchOrder(11, { ...options, shuffle: "once", seed });
    expect(order(5)).toEqual(order(5));
    expect(order(5)).not.toEqual(order(6));
  });

  it("refuses a batch larger than the data", () => {
    const order = () => batchOrder(11, { ...options, batch: 12, shuffle: "once" });
    expect(order).toThrow(new RangeError("batch (12) exceeds the 11 rows of the training set"));
  });
});
