/** Starts this program again with another environment: the dynamic linker reads it only at the start. */
import { spawn } from "node:child_process";
import { constants } from "node:os";
import { onSignal } from "./interrupt";
import { runtime } from "./runtime";
import type { Environment } from "./vulkan";

/**
 * Runs the same command line in a child and ends this process as the child ends. The child is in a process
 * group of its own, so that a Ctrl-C in the terminal reaches it once: through here.
 */
export async function respawn(environment: Environment): Promise<never> {
  const child = spawn(process.execPath, runtime.commandLine(), {
    env: { ...process.env, ...environment },
    detached: true,
    stdio: ["inherit", "inherit", "inherit", "ipc"],
  });
  // Not child.kill: Deno's takes the child for dead at once.
  onSignal((signal) => child.pid !== undefined && process.kill(child.pid, signal));
  return new Promise((_, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) =>
      process.exit(code ?? 128 + (signal === null ? 0 : constants.signals[signal])),
    );
  });
}

/** In a child: ends with its parent, whose disappearance closes the channel between them. */
export function followParent(): void {
  if (!process.connected) return;
  process.once("disconnect", () => process.exit(1));
  // The channel alone must not keep a finished child alive.
  process.channel?.unref();
}
