/** How long the page's main thread computed at a stretch. */
import { expect } from "vitest";
import type { Visit } from "./visit";

interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  readonly args: { readonly name?: string };
  /** Microseconds of the thread's own time: other programs may take the processor from it. */
  readonly tdur?: number;
}

/** Does something in the page, and returns the milliseconds that the longest task of its main thread computed meanwhile. */
export async function longestTask({ page }: Visit, action: () => Promise<void>): Promise<number> {
  await page.tracing.start({ categories: ["toplevel"] });
  await action();
  const trace = await page.tracing.stop();
  const { traceEvents } = JSON.parse(new TextDecoder().decode(trace)) as {
    readonly traceEvents: readonly TraceEvent[];
  };
  const threadOf = ({ pid, tid }: TraceEvent): string => `${pid} ${tid}`;
  const mainThreads = new Set(
    traceEvents
      .filter(({ name, args }) => name === "thread_name" && args.name === "CrRendererMain")
      .map(threadOf),
  );
  const tasks = traceEvents.flatMap((event) =>
    event.name.endsWith("RunTask") && mainThreads.has(threadOf(event)) ? (event.tdur ?? []) : [],
  );
  expect(tasks.length).toBeGreaterThan(100);
  return tasks.reduce((longest, task) => Math.max(longest, task), 0) / 1000;
}
