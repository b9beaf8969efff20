import { describe, expect, test } from "vitest";
import { gpu } from "./client";

describe("the host", () => {
  test("has an adapter and names it", async () => {
    const adapter = await gpu.run(({ device }) => device.adapter);
    expect(adapter.vendor).not.toBe("");
    expect(typeof adapter.software).toBe("boolean");
  });

  test("computes: a dispatch doubles an array", async () => {
    const doubled = await gpu.run(
      async ({ device: { gpu } }, { values }) => {
        const bytes = values.byteLength;
        const module = gpu.createShaderModule({
          label: "double",
          code: /* wgsl */ `
            @group(0) @binding(0) var<storage, read_write> values: array<f32>;
            @compute @workgroup_size(64) fn double(@builtin(global_invocation_id) id: vec3u) {
              if (id.x < arrayLength(&values)) { values[id.x] = 2 * values[id.x]; }
            }`,
        });
        const pipeline = gpu.createComputePipeline({ label: "double", layout: "auto", compute: { module } });
        const storage = gpu.createBuffer({
          label: "values",
          size: bytes,
          usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC,
        });
        const staging = gpu.createBuffer({
          label: "staging",
          size: bytes,
          usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
        });
        gpu.queue.writeBuffer(storage, 0, values);
        const encoder = gpu.createCommandEncoder({ label: "double" });
        const pass = encoder.beginComputePass({ label: "double" });
        pass.setPipeline(pipeline);
        pass.setBindGroup(
          0,
          gpu.createBindGroup({
            label: "double",
            layout: pipeline.getBindGroupLayout(0),
            entries: [{ binding: 0, resource: { buffer: storage } }],
          }),
        );
        pass.dispatchWorkgroups(Math.ceil(values.length / 64));
        pass.end();
        encoder.copyBufferToBuffer(storage, 0, staging, 0, bytes);
        gpu.queue.submit([encoder.finish()]);
        await staging.mapAsync(GPUMapMode.READ);
        return new Float32Array(staging.getMappedRange().slice(0));
      },
      { values: Float32Array.from({ length: 129 }, (_, i) => i - 64.5) },
    );
    expect(doubled).toEqual(Float32Array.from({ length: 129 }, (_, i) => 2 * i - 129));
  });
});

describe("what crosses", () => {
  const nanBits = new Float32Array(Uint32Array.of(0x7fc0_1234, 0xffc0_0001, 0x8000_0000, 1).buffer);

  test.for([
    ["float32 with NaN payloads, −0 and a denormal", nanBits],
    ["float64", Float64Array.of(Number.NaN, -0, Number.POSITIVE_INFINITY, 5e-324, Math.PI)],
    ["int32", Int32Array.of(-(2 ** 31), -1, 2 ** 31 - 1)],
    ["uint32", Uint32Array.of(0, 2 ** 32 - 1)],
    ["bytes from the middle of a buffer", Uint8Array.from({ length: 256 }, (_, i) => i).subarray(3, 250)],
    ["nothing", new Float32Array(0)],
  ] as const)("%s arrives bit for bit, both ways", async ([, sent]) => {
    const seen = await gpu.run(
      (_, array) => ({
        kind: array.constructor.name,
        bytes: Array.from(new Uint8Array(array.buffer, array.byteOffset, array.byteLength)),
        array,
      }),
      sent,
    );
    const bytes = (array: typeof sent) =>
      Array.from(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
    expect(seen.kind).toBe(sent.constructor.name);
    expect(seen.bytes).toEqual(bytes(sent));
    expect(seen.array.constructor).toBe(sent.constructor);
    expect(bytes(seen.array)).toEqual(bytes(sent));
  });

  test("a megabyte and more arrives whole", async () => {
    const sent = Float32Array.from({ length: 1_000_003 }, (_, i) => Math.fround(Math.sin(i)));
    const returned = await gpu.run((_, array) => array.map((value) => -value), sent);
    expect(returned.every((value, i) => value === -(sent[i] ?? Number.NaN))).toBe(true);
    expect(returned.length).toBe(sent.length);
  });

  test("plain data, Maps and unusual numbers arrive as they are, at any depth", async () => {
    const sent = {
      numbers: [0, -0, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0.1, 2 ** 53],
      text: 'Moler\'s "−π"\u2028',
      nothing: [null, true],
      tensors: new Map([["conv1.weight", { shape: [1, 2, 1], data: Float32Array.of(-0, 0.5) }]]),
    };
    const returned = await gpu.run((_, value) => {
      if (!Object.is(value.numbers[1], -0)) throw new Error("−0 was lost on the way in");
      if (!(value.tensors.get("conv1.weight")?.data instanceof Float32Array)) throw new Error("no tensor");
      return value;
    }, sent);
    expect(returned).toEqual(sent);
    expect(await gpu.run(() => undefined)).toBeUndefined();
  });

  test("what is not plain data is refused by name", async () => {
    await expect(gpu.run(() => 0, { at: new Date() })).rejects.toThrow(/a Date cannot cross/);
    await expect(gpu.run(({ device }) => device.gpu)).rejects.toThrow(/a GPUDevice cannot cross/);
    await expect(gpu.run(() => () => 0)).rejects.toThrow(/a function cannot cross/);
    await expect(gpu.run(() => ({ $: 1 }))).rejects.toThrow(/key `\$` cannot cross/);
  });
});

describe("what goes wrong", () => {
  test("an exception arrives with its name and message", async () => {
    const failing = gpu.run(() => {
      throw new RangeError("batch must be positive, got 0");
    });
    await expect(failing).rejects.toMatchObject({
      name: "RangeError",
      message: "batch must be positive, got 0",
    });
  });

  test("a named inner function survives the bundler", async () => {
    const squares = await gpu.run(async (_, count: number) => {
      async function* generate() {
        for (let i = 0; i < count; i += 1) yield i ** 2;
      }
      class Sum {
        total = 0;
        add = (value: number) => {
          this.total += value;
        };
      }
      const sum = new Sum();
      for await (const value of generate()) sum.add(value);
      return sum.total;
    }, 4);
    expect(squares).toBe(14);
  });

  test("a function that uses an import is refused before it runs", async () => {
    await expect(gpu.run(() => expect.getState())).rejects.toThrow(/must not use an import/);
  });

  test("an uncaptured error of the device is reported", async () => {
    const failing = gpu.run(({ device }) => {
      device.gpu.createBuffer({ label: "impossible", size: 4, usage: 0 });
    });
    await expect(failing).rejects.toThrow(/uncaptured GPUValidationError: .*usage/is);
  });

  test("an error that a scope captures is the function's own business", async () => {
    const captured = await gpu.run(async ({ device: { gpu } }) => {
      gpu.pushErrorScope("validation");
      gpu.createBuffer({ label: "impossible", size: 4, usage: 0 });
      return (await gpu.popErrorScope())?.message;
    });
    expect(captured).toMatch(/usage/i);
  });

  test("an error on the console is reported", async () => {
    await expect(gpu.run(() => console.error("iteration 17"))).rejects.toThrow(/console: iteration 17/);
  });
});
