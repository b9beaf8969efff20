import type { LearnableValues } from "../../../src/engine/training/inspector";
import { gpu } from "../../browser/client";
import type { Trained, TrainingRequest } from "./train";

/** What is done to a training while it holds. */
export type Action =
  | "step"
  | "resume"
  | "stop"
  | "dispose"
  | "save"
  | "inspect"
  | "predict"
  | "lose the device"
  /** Waits for the state that was asked for. */
  | "await the state"
  /** Gives it the opportunity to do what it must not: the queue runs dry, and tasks run. */
  | "be idle"
  /** On the clock, which does not stand still. */
  | "pass an hour";

/** What is done to a training, and when. */
export interface Script {
  /** Paused once these iterations are told; 0 before it begins. */
  readonly pauseAt?: readonly number[];
  /** For each time it comes to hold, what is done then, in order. */
  readonly atHold?: readonly (readonly Action[])[];
  /** Done at every so many iterations told, whatever is in flight. */
  readonly every?: Partial<Record<Action, number>>;
  /** A state saved after every so many iterations, or on request alone. */
  readonly checkpoint?: { readonly every?: number };
}

export interface Controlled extends Omit<Trained, "result"> {
  /** Missing where `run` threw. */
  readonly result?: Trained["result"];
  /** Iterations done each time it came to hold. */
  readonly holds: readonly number[];
  /** What was read of the layer that is looked at, in order. */
  readonly inspected: readonly (readonly LearnableValues[])[];
  /** Predictions of the training curves, in order. */
  readonly predicted: readonly Float32Array[];
  /** What actions threw, in order. */
  readonly refused: readonly string[];
  /** What `run` threw. */
  readonly thrown?: string;
}

/** Trains to the end as told by a script and looks at one layer; a device that is to be lost is a training's own. */
export function control(request: TrainingRequest, layer: string, script: Script): Promise<Controlled> {
  return gpu.run(
    async (page, { spec, batch, config, layer, script, own }) => {
      const { pauseAt = [], atHold = [], every = {}, checkpoint } = script;
      const { fluxion } = page;
      const device = own ? await fluxion.openDevice() : page.device;
      const network = await fluxion.Network.build(device, { ...spec, batch });
      const progress: Trained["progress"][number][] = [];
      const states: Trained["states"][number][] = [];
      const holds: number[] = [];
      const refused: string[] = [];
      const acts: Promise<void>[] = [];
      const inspected: (readonly LearnableValues[])[] = [];
      const predicted: Float32Array[] = [];
      /** Told of the next state. */
      let onSaved: () => void = () => undefined;
      let saved: Promise<void> = Promise.resolve();
      let ahead = 0;
      const now = performance.now.bind(performance);
      performance.now = () => now() + ahead;
      const act = async (action: Action): Promise<void> => {
        switch (action) {
          case "step":
            return trainer.step();
          case "resume":
            return trainer.resume();
          case "stop":
            return trainer.stop();
          case "dispose":
            return trainer.dispose();
          case "save":
            saved = new Promise((resolve) => {
              onSaved = resolve;
            });
            return trainer.requestSave();
          case "inspect":
            inspected.push(await trainer.inspect(layer));
            return;
          case "predict":
            predicted.push(await network.predict(config.train.x));
            return;
          case "lose the device":
            return device.gpu.destroy();
          case "await the state":
            return saved;
          case "be idle":
            for (let round = 0; round < 3; round++) {
              await device.gpu.queue.onSubmittedWorkDone();
              await new Promise((resolve) => setTimeout(resolve));
            }
            return;
          case "pass an hour":
            ahead += 3_600_000;
            return;
          default:
            throw new RangeError(`unknown action ${action satisfies never}`);
        }
      };
      const attempt = (action: Action) =>
        act(action).catch((error: Error) => {
          refused.push(error.message);
        });
      const trainer = await fluxion.Trainer.build(network, {
        ...config,
        onHold(iteration) {
          const actions = atHold[holds.length] ?? [];
          holds.push(iteration);
          acts.push(
            actions.reduce((before, action) => before.then(() => attempt(action)), Promise.resolve()),
          );
        },
        ...(checkpoint && {
          checkpoint: {
            ...checkpoint,
            save: (state) => {
              states.push(state);
              onSaved();
            },
          },
        }),
      });
      if (pauseAt.includes(0)) trainer.pause();
      const told = { progress, states, holds, inspected, predicted, refused };
      try {
        const steps = trainer.run();
        let step = await steps.next();
        for (; !step.done; step = await steps.next()) {
          const { iteration } = step.value;
          progress.push(step.value);
          if (pauseAt.includes(iteration)) trainer.pause();
          for (const [action, interval] of Object.entries(every))
            if (iteration % interval === 0) acts.push(attempt(action as Action));
        }
        await Promise.all(acts);
        return { ...told, result: step.value, tensors: await network.readTensors() };
      } catch (error) {
        await Promise.all(acts);
        return {
          ...told,
          tensors: new Map(),
          thrown: `${(error as Error).name}: ${(error as Error).message}`,
        };
      } finally {
        performance.now = now;
        trainer.dispose();
        network.dispose();
        if (own) device.dispose();
      }
    },
    {
      ...request,
      layer,
      script,
      own:
        (script.atHold ?? []).flat().includes("lose the device") || "lose the device" in (script.every ?? {}),
    },
  );
}
