/** Milliseconds: short beside any dispatch on a software adapter, long beside a turn of the event loop. */
const pause = 3;

/**
 * Lets the main thread sleep between turns of the event loop. While a promise of the GPU is pending, Dawn asks for its
 * outcome in every turn, which keeps a core busy; a software adapter computes on that core.
 */
export function restBetweenTurns(): void {
  const never = new Int32Array(new SharedArrayBuffer(4));
  const rest = (): void => {
    Atomics.wait(never, 0, 0, pause);
    setImmediate(rest).unref();
  };
  setImmediate(rest).unref();
}
