/** Opens a WebGPU device for a command: says which, checks that it is the expected one, and follows its loss. */
import { type AdapterReport, type Device, NoAdapterError } from "../engine";
import { oneLine } from "../engine/files/error";
import { isCalled, nameAdapter } from "../engine/gpu/adapter";
import { takeRefusals } from "../node/cache";
import { openDevice } from "../node/index";
import { runtime } from "../node/runtime";
import type { AdapterFlags } from "./adapter-flags";

/** Exit status where the GPU's device is lost, or the program breaks. */
export const brokenStatus = 4;

/**
 * Opens the device and says on standard error, in one line, what it is.
 * @throws NoAdapterError when there is no such adapter, it is not the expected one, or a package is missing
 */
export async function openHost(flags: AdapterFlags): Promise<Device> {
  const { adapter: choice, expectAdapter, verbose } = flags;
  const refusals: string[] = [];
  const device = await openDevice({ adapter: choice, onRefusal: (line) => refusals.push(line) })
    .catch((error: unknown) => {
      throw error instanceof NoAdapterError && choice !== "auto" ? nameFlag(error, choice) : error;
    })
    .finally(() => {
      if (verbose && refusals.length > 0) process.stderr.write(`drivers of no use: ${refusals.join(", ")}\n`);
      sayRefusedCaches();
    });
  const { adapter } = device;
  requireExpected(adapter, expectAdapter);
  const running = `running on ${nameAdapter(adapter)}`;
  process.stderr.write(
    `${adapter.software && choice === "auto" ? "no GPU found: " : ""}${oneLine(running)}\n`,
  );
  // A device left open can keep Node from ending.
  process.once("exit", () => device.dispose());
  if (adapter.software && runtime.spins) restBetweenTurns();
  void device.lost.then(({ reason, message }) => {
    if (reason === "destroyed") return;
    process.stderr.write(`fluxion: the GPU device was lost: ${message.replaceAll("\n", " ")}\n`);
    process.exit(brokenStatus);
  });
  return device;
}

/** A folder that the user names never becomes another one in silence. */
export function sayRefusedCaches(): void {
  for (const line of takeRefusals()) process.stderr.write(`${oneLine(line)}\n`);
}

/** The library's message, with the flag that asked for the adapter before it. */
const nameFlag = (error: NoAdapterError, choice: string): NoAdapterError =>
  new NoAdapterError(`--adapter ${choice}: ${error.message}`, { cause: error });

/** Throws NoAdapterError where --expect-adapter wants another. */
export function requireExpected(adapter: AdapterReport, expected: RegExp | undefined): void {
  if (expected === undefined || isCalled(adapter, expected)) return;
  throw new NoAdapterError(`--expect-adapter ${expected.source}: the adapter is ${nameAdapter(adapter)}`);
}

/** Milliseconds: short beside any dispatch on a software adapter, long beside a turn of the event loop. */
const pause = 3;

/**
 * Lets the main thread sleep between turns of the event loop. While a promise of the GPU is pending, Dawn asks for its
 * outcome in every turn, which keeps a core busy; a software adapter computes on that core.
 */
function restBetweenTurns(): void {
  const never = new Int32Array(new SharedArrayBuffer(4));
  const rest = (): void => {
    Atomics.wait(never, 0, 0, pause);
    setImmediate(rest).unref();
  };
  setImmediate(rest).unref();
}
