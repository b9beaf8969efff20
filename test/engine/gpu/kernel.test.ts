import { describe, expect, test } from "vitest";
import { gpu } from "../../browser/client";

interface Call {
  readonly file: string;
  readonly modules?: Readonly<Record<string, string>>;
  readonly entry: string;
  readonly constants: Readonly<Record<string, number>>;
  readonly conditions?: Readonly<Record<string, boolean>>;
  /** Binding → name of its buffer and length in vec4f. */
  readonly bindings: Readonly<Record<string, readonly [buffer: string, length: number]>>;
}

/** Binds one call of a kernel; returns the error, or nothing. */
function bind(call: Call): Promise<{ name: string; message: string } | undefined> {
  return gpu.run(async ({ internals, device }, { bindings, ...call }) => {
    const memory = new internals.Memory(device);
    const buffers = new Map<string, ReturnType<typeof memory.storage>>();
    const slices = Object.fromEntries(
      Object.entries(bindings).map(([binding, [label, length]]) => {
        const slice = buffers.get(label) ?? memory.storage(label, length * 4);
        buffers.set(label, slice);
        return [binding, slice];
      }),
    );
    try {
      await internals.compile(device, { ...call, label: "test", bindings: slices, workgroups: [1] });
      return undefined;
    } catch (error) {
      return error instanceof Error ? { name: error.name, message: error.message } : undefined;
    } finally {
      memory.dispose();
    }
  }, call);
}

const forward: Call = {
  file: "pointwise/leakyrelu",
  entry: "forward",
  constants: { LENGTH: 8, SLOPE: 0.5 },
  bindings: { x: ["input", 8], y: ["output", 8] },
};
const place = "test: shaders/pointwise/leakyrelu.wgsl, entry forward";

describe("binding by name", () => {
  test("takes exactly what the entry uses", async () => {
    expect(await bind(forward)).toBeUndefined();
  });

  test.for([
    ["a missing binding", { x: ["input", 8] }, `${place}: binding "y" is missing`],
    [
      "a binding of another entry",
      { ...forward.bindings, dy: ["gradient", 8] },
      `${place} uses no binding "dy"; it uses x, y`,
    ],
    [
      "a buffer too short",
      { ...forward.bindings, x: ["input", 7] },
      `${place}: binding "x" has 128 bytes in the shader but was given 112`,
    ],
    [
      "a buffer too long",
      { ...forward.bindings, y: ["output", 9] },
      `${place}: binding "y" has 128 bytes in the shader but was given 144`,
    ],
    [
      "reading what is written",
      { x: ["both", 8], y: ["both", 8] },
      `${place}: binding "x" reads buffer "both", which the same dispatch writes; WebGPU tracks whole buffers, so keep them apart`,
    ],
  ] as const)("refuses %s", async ([, bindings, message]) => {
    expect(await bind({ ...forward, bindings })).toEqual({ name: "KernelError", message });
  });
});

describe("compiling", () => {
  test("names a shader file that does not exist", async () => {
    expect(await bind({ ...forward, file: "gru" })).toEqual({
      name: "KernelError",
      message: "test: there is no shader file shaders/gru.wgsl",
    });
    expect(await bind({ ...forward, file: "pointwise/leakyrelo" })).toMatchObject({
      message: expect.stringMatching(/leakyrelo\.wgsl: did you mean pointwise\/leakyrelu\?$/),
    });
    expect(await bind({ ...forward, modules: { "recurrence/cell": "recurrence/rnn" } })).toEqual({
      name: "KernelError",
      message: expect.stringContaining("test: there is no shader file shaders/recurrence/rnn.wgsl"),
    });
  });

  test("says what a file that takes a module's place lacks", async () => {
    const error = await bind({
      file: "recurrence/order",
      modules: { "recurrence/cell": "pointwise/tanh" },
      entry: "arrange_recurrent",
      constants: {},
      bindings: {},
    });
    expect(error?.name).toBe("KernelError");
    expect(error?.message).toMatch(/GATES/);
    expect(error?.message).not.toContain("recurrence/cell");
  });

  test.for([
    ["forwards", "did you mean forward?"],
    ["sideways", "it has forward, backward"],
  ] as const)("names an entry that does not exist: %s", async ([entry, advice]) => {
    expect(await bind({ ...forward, entry })).toEqual({
      name: "KernelError",
      message: `test: shaders/pointwise/leakyrelu.wgsl has no entry ${entry}: ${advice}`,
    });
  });

  test("names each call that fails, though calls share a pipeline and its error", async () => {
    const messages = await gpu.run(async ({ internals, device }, call) => {
      const compiled = ["conv1 forward", "conv2 forward"].map((label) =>
        internals
          .compile(device, { ...call, entry: "sideways", label, bindings: {}, workgroups: [1] })
          .then(String, ({ message }: Error) => message),
      );
      return Promise.all(compiled);
    }, forward);
    expect(messages.map((message) => message.split(": shaders")[0])).toEqual([
      "conv1 forward",
      "conv2 forward",
    ]);
  });

  test.for([
    ["a constant that is missing", { constants: { LENGTH: 8 } }, `${place}: the constant SLOPE is missing`],
    [
      "a constant that no shader names",
      { constants: { ...forward.constants, SLOP: 1 } },
      `${place} names no constant SLOP: did you mean SLOPE?`,
    ],
    [
      "a condition that no shader names",
      { conditions: { steep: true } },
      `${place} names no condition steep`,
    ],
  ] as const)("tells %s", async ([, other, message]) => {
    expect(await bind({ ...forward, ...other })).toEqual({ name: "KernelError", message });
  });

  test("shows file, line, message and source of an error", async () => {
    // reduce.wgsl, which this kernel imports, takes the constant as an array's length.
    const error = await bind({
      file: "loss/halfmse",
      entry: "train",
      constants: { BATCH: 1, STEPS: 1, CHANNELS: 1, LENGTH: 1, WORKGROUP: -1 },
      bindings: {},
    });
    expect(error?.name).toBe("KernelError");
    const [heading, message, source] = error?.message.split("\n") ?? [];
    expect(heading).toBe("test: shaders/loss/halfmse.wgsl, entry train does not compile:");
    expect(message).toMatch(/^shaders\/shared\/reduce\.wgsl:5: ./);
    expect(source).toBe("    var<workgroup> shares: array<vec4f, WORKGROUP>;");
  });

  test("compiles a kernel once for each set of constants", async () => {
    const pipelines = await gpu.run(async ({ internals, device }, call) => {
      const memory = new internals.Memory(device);
      const dispatch = async (slope: number) => {
        const bindings = { x: memory.storage("x", 32), y: memory.storage("y", 32) };
        const constants = { LENGTH: 8, SLOPE: slope };
        return internals.compile(device, { ...call, constants, label: "test", bindings, workgroups: [1] });
      };
      const [first, again, other] = await Promise.all([dispatch(0.25), dispatch(0.25), dispatch(0.125)]);
      memory.dispose();
      return {
        shared: first.pipeline === again.pipeline,
        apart: first.pipeline !== other.pipeline,
      };
    }, forward);
    expect(pipelines).toEqual({ shared: true, apart: true });
  });

  test("compiles a kernel once for constants that its entry does not reach", async () => {
    const shared = await gpu.run(async ({ internals, device }) => {
      const memory = new internals.Memory(device);
      const dispatch = (constants: Record<string, number>) => {
        const call = { label: "test", file: "training/batch", entry: "advance", workgroups: [1] } as const;
        return internals.compile(device, {
          ...call,
          constants,
          bindings: { next: memory.storage("next", 4) },
        });
      };
      const [first, other] = [
        await dispatch({ BATCH: 3, ROWS: 7 }),
        await dispatch({ ROWS: 7, BATCH: 3, STEPS: 9 }),
      ];
      memory.dispose();
      return first.pipeline === other.pipeline;
    });
    expect(shared).toBe(true);
  });
});

test("a plan's dispatches see what the ones before them wrote, every time it runs", async () => {
  const values = await gpu.run(async ({ internals, device }, call) => {
    const memory = new internals.Memory(device);
    const a = memory.upload("a", new Float32Array(32).fill(-1));
    const b = memory.storage("b", 32);
    const rectify = (x: typeof a, y: typeof a) =>
      ({ ...call, label: "test", bindings: { x, y }, workgroups: [1] }) as const;
    const plan = await internals.Plan.build(device, [rectify(a, b), rectify(b, a)]);
    plan.submit(device);
    plan.submit(device);
    const values = await internals.readWords(device, a);
    memory.dispose();
    return values;
  }, forward);
  expect(values).toEqual(new Float32Array(32).fill(-(0.5 ** 4)));
});
