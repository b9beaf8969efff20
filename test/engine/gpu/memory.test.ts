import { expect, test } from "vitest";
import { conv1d } from "../../../src/engine";
import { gpu } from "../../browser/client";

test("memory counts its bytes, in whole units of 16, and gives them back", async () => {
  const [before, held, after, created] = await gpu.run(({ internals, device }) => {
    const buffers = device.buffersCreated;
    const memory = new internals.Memory(device);
    const before = memory.bytes;
    memory.storage("five words", 5);
    memory.upload("one word", Float32Array.of(1));
    memory.staging("a kilobyte", 1024);
    const held = memory.bytes;
    memory.dispose();
    return [before, held, memory.bytes, device.buffersCreated - buffers];
  });
  expect([before, held, after, created]).toEqual([0, 32 + 16 + 1024, 0, 3]);
});

test("what does not fit is refused by name", async () => {
  await expect(
    gpu.run(({ internals, device }) => {
      const memory = new internals.Memory(device);
      try {
        internals.write(device, memory.storage("four words", 4), new Float32Array(5));
      } finally {
        memory.dispose();
      }
    }),
  ).rejects.toMatchObject({ name: "RangeError", message: "four words: 20 bytes do not fit into 16" });
});

test("a network too large for the adapter is refused in one line, with what to make smaller", async () => {
  const error = await gpu
    .run(
      ({ fluxion, device }, layer) =>
        fluxion.Network.build(device, {
          input: { channels: 1, steps: 1000 },
          layers: [layer],
          loss: "observations",
          batch: 1e6,
        }),
      conv1d({ filters: 1, kernel: 1 }),
    )
    .then(
      () => undefined,
      (thrown: Error) => thrown,
    );
  expect(error?.name).toBe("OutOfMemoryError");
  expect(error?.message).toMatch(/^input needs [\d.]+ MiB, more than the [\d.]+ MiB this adapter allows/);
  expect(error?.message).toContain("use a smaller batch");
  expect(error?.message).not.toContain("\n");
});

test("a network that fails to be built keeps no memory", async () => {
  const left = await gpu.run(
    async ({ fluxion, device }, layers) => {
      const live = new Set<GPUBuffer>();
      const prototype = Object.getPrototypeOf(device.gpu);
      const original: GPUDevice["createBuffer"] = prototype.createBuffer;
      prototype.createBuffer = function (this: GPUDevice, descriptor: GPUBufferDescriptor) {
        const buffer = original.call(this, descriptor);
        const destroy = buffer.destroy.bind(buffer);
        live.add(buffer);
        buffer.destroy = () => {
          live.delete(buffer);
          destroy();
        };
        return buffer;
      };
      try {
        await fluxion.Network.build(device, {
          input: { channels: 1, steps: 100 },
          layers,
          loss: "observations",
          batch: 5000,
        });
      } catch {
        // Expected: the second layer's output is too large.
      } finally {
        prototype.createBuffer = original;
      }
      return live.size;
    },
    [conv1d({ filters: 4, kernel: 1 }), conv1d({ filters: 4096, kernel: 1 })],
  );
  expect(left).toBe(0);
});

test("scratch of one role and size is one buffer, and is freed by the mark before it", async () => {
  const { shared, others, bytes } = await gpu.run(({ internals, device }) => {
    const memory = new internals.Memory(device);
    const first = memory.scratch("operands", 64);
    const free = memory.mark();
    const shared = memory.scratch("operands", 64) === first;
    const others = [memory.scratch("operands", 128), memory.scratch("results", 64)];
    const held = memory.bytes;
    free();
    const again = memory.scratch("results", 64);
    const bytes = [held, memory.bytes];
    const isNew = again.buffer !== others[1].buffer;
    memory.dispose();
    return { shared, others: [...others.map(({ buffer }) => buffer !== first.buffer), isNew], bytes };
  });
  expect(shared).toBe(true);
  expect(others).toEqual([true, true, true]);
  expect(bytes).toEqual([256 + 512 + 256, 256 + 256]);
});

test("what would not fit into a buffer at all points of Toom and Cook is convolved as it stands", async () => {
  const names = await gpu.run(
    async ({ fluxion, device }, layers) => {
      const offered = async (largest: number) => {
        const limits = new Proxy(device.gpu.limits, {
          get: (target, key) =>
            key === "maxStorageBufferBindingSize" ? largest : Reflect.get(target, key, target),
        });
        const gpu = new Proxy(device.gpu, {
          get(target, key) {
            if (key === "limits") return limits;
            const value: unknown = Reflect.get(target, key, target);
            return typeof value === "function" ? value.bind(target) : value;
          },
        });
        const names: string[] = [];
        const network = await fluxion.Network.build(
          { ...device, gpu },
          { input: { channels: 32, steps: 100 }, layers, loss: "observations", batch: 20 },
          {
            choose({ variants }) {
              names.push(...variants.map(({ name }) => name));
              return variants[0].calls();
            },
          },
        );
        network.dispose();
        return names.filter((name) => name.startsWith("toom-cook")).length;
      };
      // The activation takes 250 KiB, its values at eight points twice as much.
      return [await offered(300 * 1024), await offered(500 * 1024)];
    },
    [conv1d({ filters: 32, kernel: 5 })],
  );
  expect(names[0]).toBe(0);
  expect(names[1]).toBeGreaterThan(0);
});
