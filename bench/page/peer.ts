/** What the pages of all peers have in common. */
import { summarise } from "../../src/check/steps";
import { nameAdapter, type PeerDoor, type StepBudget, type TimedPeer } from "./door";
import type { Task } from "./task";

/** A network as a peer trains it, on its own device. */
export interface PeerNetwork {
  readonly device: GPUDevice;
  /** Learnables, moving statistics not among them. */
  readonly parameters: number;
  /** Loss of the batch as in training, without dropout and without an update. Read back from the GPU. */
  firstLoss(): Promise<number>;
  /** One training step: forward, backward, update. Its loss, read back from the GPU. */
  step(): Promise<number>;
}

/** Lets the harness in. */
export function openDoor(build: (task: Task) => Promise<PeerNetwork>): void {
  let network: PeerNetwork | undefined;
  let failed: Promise<never> | undefined;
  const door: PeerDoor = {
    async prepare(task) {
      const built = await build(task);
      network = built;
      const { device, parameters } = built;
      failed = failureOf(device);
      failed.catch(() => undefined);
      await window.say("computing the first loss");
      const firstLoss = await orCause(built.firstLoss(), failed);
      return { adapter: nameAdapter(device.adapterInfo), parameters, firstLoss };
    },
    async time(budget) {
      if (network === undefined || failed === undefined) throw new Error("the network is not built");
      return orCause(timeSteps(network, budget), failed);
    },
  };
  window.peer = door;
}

/** Rejects when the device is lost or reports an error that nobody caught: what it computes then is worth nothing. */
function failureOf(device: GPUDevice): Promise<never> {
  return new Promise((_, reject) => {
    void device.lost.then(({ message }) => reject(new Error(`the GPU device was lost: ${message}`)));
    device.addEventListener("uncapturederror", ({ error }) =>
      reject(new Error(`${error.constructor.name}: ${error.message}`)),
    );
  });
}

/** What the work gives, or why the device failed: the work's own error then only follows from that. */
async function orCause<Result>(work: Promise<Result>, failed: Promise<never>): Promise<Result> {
  try {
    return await Promise.race([work, failed]);
  } catch (error) {
    await Promise.race([failed, new Promise((resolve) => setTimeout(resolve, 1000))]);
    throw error;
  }
}

async function timeSteps(
  { step }: PeerNetwork,
  { least, most, milliseconds }: StepBudget,
): Promise<TimedPeer> {
  const losses: number[] = [];
  const timeStep = async (): Promise<number> => {
    const begun = performance.now();
    const loss = await step();
    const elapsed = performance.now() - begun;
    if (!Number.isFinite(loss)) throw new Error(`the loss of step ${losses.length + 1} is ${loss}`);
    losses.push(loss);
    return elapsed;
  };
  await window.say("the first loss agrees; warming up with a step");
  const warmUpMs = await timeStep();
  await window.say(`warm-up: ${seconds(warmUpMs)}`);
  const times: number[] = [];
  let spent = 0;
  while (times.length < least || (times.length < most && spent < milliseconds)) {
    const elapsed = await timeStep();
    times.push(elapsed);
    spent += elapsed;
    await window.say(`step ${times.length}: ${seconds(elapsed)}`);
  }
  return { ...summarise(times), warmUpMs, losses };
}

const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toPrecision(3)} s`;
