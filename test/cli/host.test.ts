/** What becomes of a device that is lost: exit status 4, and one line. */
import { beforeEach, expect, test, vi } from "vitest";
import { openHost } from "../../src/cli/host";
import { type Device, DeviceLostError } from "../../src/engine";
import { callProgram, restoreSignals } from "./call";
import { testDirectory } from "./program";

const hooks = vi.hoisted(() => ({ open: (): Promise<unknown> => Promise.reject(new Error("unset")) }));

vi.mock(import("../../src/node/index"), async (original) => ({
  ...(await original()),
  openDevice: () => hooks.open() as Promise<Device>,
}));

restoreSignals();

let said = "";
beforeEach(() => {
  said = "";
});

const adapter = { vendor: "v", architecture: "a", description: "d", driver: "", software: false };
const flags = { adapter: "auto" } as const;

test("a device that is lost while a command waits for nothing of it ends the process with status 4", async () => {
  const exit = vi.spyOn(process, "exit").mockImplementation((() => undefined) as never);
  const write = vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    said += String(text);
    return true;
  });
  try {
    for (const reason of ["destroyed", "unknown"] as const) {
      hooks.open = async () => ({
        adapter,
        lost: Promise.resolve({ reason, message: "the driver\nhas reset" }),
        dispose: () => undefined,
      });
      await openHost(flags);
      await new Promise((done) => setImmediate(done));
      expect(exit.mock.calls).toEqual(reason === "destroyed" ? [] : [[4]]);
    }
  } finally {
    exit.mockRestore();
    write.mockRestore();
  }
  expect(said).toMatch(/\nfluxion: the GPU device was lost: the driver has reset\n$/);
});

test("a command that asks a lost device ends with status 4 and one line; what nobody foresaw, too", async () => {
  const directory = testDirectory();
  hooks.open = () => Promise.reject(new DeviceLostError("the device was lost: gone"));
  const conformance = new URL("../conformance/leakyrelu.safetensors", import.meta.url).pathname;
  const lost = await callProgram(directory, "check", conformance);
  expect(lost).toMatchObject({ status: 4, stdout: "", stderr: "fluxion: the device was lost: gone\n" });
  hooks.open = () => Promise.reject(new Error("unforeseen"));
  const broken = await callProgram(directory, "check", conformance);
  expect(broken.status).toBe(4);
  expect(broken.stderr).toMatch(/^fluxion: internal error: Error: unforeseen\n/);
});
