import { expect, test } from "vitest";
import { conv1d, type NetworkSpec } from "../../../src/engine";
import { gpu } from "../../browser/client";
import { singles } from "../kernels/layer";

/** The smallest network that can be trained, on two curves of four points. */
const spec: NetworkSpec & { readonly batch: number } = {
  input: { channels: 1, steps: 4 },
  layers: [conv1d({ filters: 1, kernel: 1 })],
  loss: "observations",
  batch: 2,
};
const curves = { rows: 2, x: singles(8, 1), target: singles(8, 2) };
const small = { spec, config: { train: curves, validation: curves, options: { epochs: 20 } } };

test("the diagnosis of a divergence costs a build one pipeline", async () => {
  const built = await gpu.run(async ({ fluxion, device }, { spec, config }) => {
    const built: string[] = [];
    const counting = {
      ...device,
      gpu: new Proxy(device.gpu, {
        get(target, key) {
          if (key === "createComputePipelineAsync")
            return (descriptor: GPUComputePipelineDescriptor) => {
              built.push(descriptor.label ?? "");
              return target.createComputePipelineAsync(descriptor);
            };
          const value: unknown = Reflect.get(target, key);
          return typeof value === "function" ? value.bind(target) : value;
        },
      }),
    };
    const network = await fluxion.Network.build(counting, spec);
    const trainer = await fluxion.Trainer.build(network, config);
    trainer.dispose();
    network.dispose();
    return built;
  }, small);
  expect(built.filter((label) => label === "scan.scan")).toEqual(["scan.scan"]);
  expect(built.length).toBeLessThan(30);
});

test("what is asked of a disposed network is refused at the call, and the device stays sound for others", async () => {
  const { refused, others, fault } = await gpu.run(async ({ fluxion, device }, { spec, config }) => {
    const network = await fluxion.Network.build(device, spec);
    const other = await fluxion.Network.build(device, spec);
    const trainer = await fluxion.Trainer.build(network, config);
    const tensors = await network.readTensors();
    const { x, target } = config.train;
    network.dispose();
    network.dispose();
    const acts: readonly (() => unknown)[] = [
      () => network.readTensors(),
      () => network.writeTensors(tensors),
      () => network.writeLearnables(tensors),
      () => network.resetStatistics(),
      () => network.predict(x),
      () => network.inputGradient(x, target),
      () => trainer.inspect("conv1"),
      () => trainer.runSteps(1),
      () => trainer.run().next(),
      () => fluxion.Trainer.build(network, config),
    ];
    const refused: string[] = [];
    for (const act of acts)
      refused.push(
        await Promise.resolve()
          .then(act)
          .then(() => "nothing was thrown")
          .catch(({ name, message }: Error) => `${name}: ${message}`),
      );
    trainer.dispose();
    other.writeTensors(tensors);
    const others = (await other.predict(x)).length;
    other.dispose();
    return { refused, others, fault: device.fault?.message };
  }, small);
  expect(new Set(refused)).toEqual(new Set(["DisposedError: the network was disposed"]));
  expect(others).toBe(8);
  expect(fault).toBeUndefined();
});

test("what waits for an answer while its network or Trainer is disposed of rejects, and the device stays sound", async () => {
  const { outcomes, others, fault } = await gpu.run(async ({ fluxion, device }, { spec, config }) => {
    const outcomes: Record<string, string> = {};
    const { x, target } = config.train;
    const many = new Float32Array(16 * x.length).fill(1);
    const note = async (what: string, asked: Promise<unknown>) => {
      outcomes[what] = await asked.then(
        () => "nothing was thrown",
        ({ name, message }: Error) => `${name}: ${message}`,
      );
    };
    /** Runs to the end, as `for await` does. */
    const runTo = async (trainer: Awaited<ReturnType<typeof fluxion.Trainer.build>>, act: () => void) => {
      for await (const { iteration } of trainer.run()) if (iteration === 2) act();
    };
    const build = async (more: object = {}) => {
      const network = await fluxion.Network.build(device, spec);
      return { network, trainer: await fluxion.Trainer.build(network, { ...config, ...more }) };
    };
    {
      const { network, trainer } = await build();
      const asked = [
        note("predict", network.predict(many)),
        note("a second prediction", network.predict(x)),
        note("inputGradient", network.inputGradient(x, target)),
        note("inspect", trainer.inspect("conv1")),
      ];
      // They have begun, and some are under way.
      await Promise.resolve();
      network.dispose();
      await Promise.all(asked);
      trainer.dispose();
    }
    {
      const { network, trainer } = await build();
      const timed = note("runSteps", trainer.runSteps(2));
      trainer.dispose();
      await timed;
      network.dispose();
    }
    for (const victim of ["network", "trainer"] as const) {
      const built = await build();
      await note(
        `run, ${victim}`,
        runTo(built.trainer, () => built[victim].dispose()),
      );
      built.trainer.dispose();
      built.network.dispose();
    }
    {
      const { network, trainer } = await build({
        checkpoint: { every: 1, save: () => new Promise(() => undefined) },
      });
      const running = note(
        "a save that never settles",
        runTo(trainer, () => undefined),
      );
      while ((await trainer.inspect("conv1"))[0].gradients.every((value) => value === 0));
      trainer.dispose();
      await running;
      network.dispose();
    }
    const { network, trainer } = await build();
    const others = (await network.predict(x)).length;
    trainer.dispose();
    network.dispose();
    return { outcomes, others, fault: device.fault?.message };
  }, small);
  expect(outcomes).toEqual({
    predict: "DisposedError: the network was disposed",
    "a second prediction": "DisposedError: the network was disposed",
    inputGradient: "DisposedError: the network was disposed",
    inspect: "DisposedError: the network was disposed",
    runSteps: "DisposedError: the Trainer was disposed",
    "run, network": "DisposedError: the network was disposed",
    "run, trainer": "DisposedError: the Trainer was disposed",
    "a save that never settles": "DisposedError: the Trainer was disposed",
  });
  expect(others).toBe(8);
  expect(fault).toBeUndefined();
});

test("one Trainer at a time has a network, and either runs or is timed", async () => {
  const { refused, again } = await gpu.run(async ({ fluxion, device }, { spec, config }) => {
    const refused: string[] = [];
    const note = ({ name, message }: Error) => {
      refused.push(`${name}: ${message}`);
    };
    const network = await fluxion.Network.build(device, spec);
    const building = fluxion.Trainer.build(network, config);
    await fluxion.Trainer.build(network, config).catch(note);
    const trainer = await building;
    await trainer.runSteps(19);
    await trainer.runSteps(2).catch(note);
    await trainer.runSteps(1);
    await trainer.run().next().catch(note);
    trainer.dispose();
    const second = await fluxion.Trainer.build(network, config);
    // What is disposed of already gives nothing free.
    trainer.dispose();
    await fluxion.Trainer.build(network, config).catch(note);
    let again = 0;
    for await (const { iteration } of second.run()) {
      again = iteration;
      if (iteration === 3) await second.runSteps(1).catch(note);
    }
    second.dispose();
    network.dispose();
    return { refused, again };
  }, small);
  expect(refused).toEqual([
    "Error: the network has a Trainer already: dispose of it before another is built",
    "RangeError: steps must be a whole number from 1 to 1, got 2",
    "Error: a Trainer trains once: build another to train again",
    "Error: the network has a Trainer already: dispose of it before another is built",
    "Error: runSteps takes a Trainer of its own: this one has begun to run",
  ]);
  expect(again).toBe(20);
});

test("builds that overlap on one device are each told their own error, and so is one that overlaps its end", async () => {
  const { outcomes, sound } = await gpu.run(async ({ fluxion, device }, { spec }) => {
    const own = await fluxion.openDevice();
    // A driver that refuses large buffers.
    const { createBuffer } = own.gpu;
    own.gpu.createBuffer = (descriptor) =>
      createBuffer.call(own.gpu, descriptor.size > 4000 ? { ...descriptor, usage: 0 } : descriptor);
    const build = (steps: number) =>
      fluxion.Network.build(own, { ...spec, input: { channels: 1, steps } }).then(
        (network) => {
          network.dispose();
          return "built";
        },
        ({ name, message }: Error) => `${name}: ${message.slice(0, 27)}`,
      );
    const outcomes = await Promise.all([build(4), build(1000), build(5), build(1000)]);
    const ending = build(6);
    await Promise.resolve();
    own.dispose();
    outcomes.push(await ending, await build(7));
    return { outcomes, sound: device.fault?.message };
  }, small);
  expect(outcomes.slice(0, 4)).toEqual([
    "built",
    "Error: the GPU refused a command: ",
    "built",
    "Error: the GPU refused a command: ",
  ]);
  expect(outcomes.slice(4)).toEqual(Array(2).fill("DeviceLostError: the GPU device was disposed"));
  expect(sound).toBeUndefined();
});

test("a training that diverges says so, with the result, however it is run", async () => {
  const { thrown, first, last } = await gpu.run(
    async ({ fluxion, device }, { spec, config }) => {
      const network = await fluxion.Network.build(device, spec);
      const trainer = await fluxion.Trainer.build(network, config);
      const first = await network.readTensors();
      const thrown = await (async () => {
        for await (const { iteration } of trainer.run()) if (iteration > 0) return undefined;
        return undefined;
      })().catch((error: Error) => error);
      const last = await network.readTensors();
      trainer.dispose();
      network.dispose();
      const { name, message } = thrown ?? {};
      const result = thrown instanceof fluxion.DivergedError ? thrown.result : undefined;
      return { thrown: { name, message, result }, first, last };
    },
    { ...small, config: { ...small.config, train: { ...curves, target: new Float32Array(8).fill(1e30) } } },
  );
  expect(thrown).toMatchObject({
    name: "DivergedError",
    message: "training diverged at iteration 1: the loss is not finite",
    result: { stopReason: "diverged", iterations: 0, detail: "iteration 1: the loss is not finite" },
  });
  expect(last).toEqual(first);
});
