/** The tested side of the harness, in a page or in Deno: the library, one device, and a door through which tests call in. */

import { generateCurves, resolveExperiment, splitCurves } from "../../src/calculus";
import * as check from "../../src/check";
import { compareWithin, toomCookTolerance, withinRelative } from "../../src/check/bounds";
import { expectedOfLayer } from "../../src/check/expected-layer";
import { profileWithin } from "../../src/check/profile";
import { selfChecks } from "../../src/check/self-checks";
import { judge } from "../../src/check/self-test";
import { layerValues } from "../../src/check/values";
import * as engine from "../../src/engine";
import { compile } from "../../src/engine/gpu/kernel";
import { Memory, write } from "../../src/engine/gpu/memory";
import { Plan } from "../../src/engine/gpu/plan";
import { profilePlan } from "../../src/engine/gpu/profile";
import { readWords } from "../../src/engine/gpu/readback";
import { ArenaLayout } from "../../src/engine/network/arena";
import { Backpropagation } from "../../src/engine/network/backpropagation";
import { createCursor, gatherCall, scatterCall } from "../../src/engine/network/batch";
import { updateCalls } from "../../src/engine/training/update";
import { type Base64, decode, encode } from "./wire";

/** The public faces of the engine and of what proves it. */
const fluxion = { ...engine, ...check };

/**
 * Deno has no subgroups and tries every variant that needs none. Where there are subgroups, what needs them is tried.
 */
const isTriedHere = ({ gpu }: engine.Device, variant: string): boolean =>
  !gpu.features.has("subgroups") || /quads|product/.test(variant);

const modules = new Map<string, GPUShaderModule>();
const pipelines = new Map<GPUShaderModule, Promise<GPUComputePipeline>>();

/**
 * The device with other shaders: `alter` is given the name and the code of each kernel. What has been compiled so is not
 * compiled again.
 */
function withShaders(device: engine.Device, alter: (kernel: string, code: string) => string): engine.Device {
  const gpu = new Proxy(device.gpu, {
    get(target, key) {
      if (key === "createShaderModule")
        return ({ label = "", code }: GPUShaderModuleDescriptor) => {
          const altered = alter(label, code);
          const known = modules.get(label + altered);
          const module = known ?? target.createShaderModule({ label, code: altered });
          modules.set(label + altered, module);
          return module;
        };
      if (key === "createComputePipelineAsync")
        return (descriptor: GPUComputePipelineDescriptor) => {
          const { module } = descriptor.compute;
          const pipeline = pipelines.get(module) ?? target.createComputePipelineAsync(descriptor);
          pipelines.set(module, pipeline);
          return pipeline;
        };
      const value: unknown = Reflect.get(target, key);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  return { ...device, gpu };
}

/** What the library keeps from its users and its own tests need. */
const internals = {
  ArenaLayout,
  Backpropagation,
  compareWithin,
  compile,
  createCursor,
  expectedOfLayer,
  gatherCall,
  generateCurves,
  isTriedHere,
  judge,
  layerValues,
  Memory,
  Plan,
  profilePlan,
  profileWithin,
  readWords,
  resolveExperiment,
  scatterCall,
  selfChecks,
  splitCurves,
  toomCookTolerance,
  updateCalls,
  withinRelative,
  withShaders,
  write,
} as const;

/** What a function given to `gpu.run` receives. */
export interface TestPage {
  readonly fluxion: typeof fluxion;
  readonly internals: typeof internals;
  /** The one device of the harness; do not dispose of it. */
  readonly device: engine.Device;
}

export type Outcome =
  | { readonly kind: "value"; readonly value: unknown }
  | { readonly kind: "error"; readonly name: string; readonly message: string; readonly stack: string };

export interface Harness {
  /** Rejects where there is no adapter. */
  adapter(): Promise<engine.AdapterReport>;
  /** Runs the function of this source text on encoded arguments and returns its encoded {@link Outcome}. */
  call(source: string, args: string): Promise<string>;
  /** What went wrong on the device since the last call and nobody caught. */
  problems(): Promise<readonly string[]>;
}

const base64: Base64 = {
  encode(bytes) {
    let text = "";
    // In pieces, because the stack limits the number of arguments; Reflect.apply is far quicker than a spread.
    for (let at = 0; at < bytes.length; at += 0x2000)
      text += Reflect.apply(String.fromCharCode, null, bytes.subarray(at, at + 0x2000));
    return btoa(text);
  },
  decode(text) {
    const characters = atob(text);
    const bytes = new Uint8Array(characters.length);
    for (let i = 0; i < bytes.length; i += 1) bytes[i] = characters.charCodeAt(i);
    return bytes;
  },
};

/** Opens the device by `open`. */
export function createHarness(open: () => Promise<engine.Device>): Harness {
  const problems: string[] = [];
  const opened = open();
  // Whoever calls in sees the failure; unheard until then it must not count as an unhandled rejection.
  opened.then((device) => listen(device, problems)).catch(() => undefined);
  return {
    adapter: async () => (await opened).adapter,
    async call(source, args) {
      try {
        const device = await opened;
        const body: (page: TestPage, args: unknown) => unknown = new Function(`return (${source});`)();
        const value = await body({ fluxion, internals, device }, decode(args, base64));
        return encode({ kind: "value", value } satisfies Outcome, base64);
      } catch (thrown) {
        const { name, message, stack = "" } = thrown instanceof Error ? thrown : new Error(String(thrown));
        return encode({ kind: "error", name, message, stack } satisfies Outcome, base64);
      }
    },
    async problems() {
      const { gpu } = await opened;
      // Errors arrive in order: when this empty scope answers, those of everything before it have been told.
      gpu.pushErrorScope("validation");
      await gpu.popErrorScope().catch(() => undefined);
      // Deno answers the scope at once and tells of an error in the next turn of its loop, before any timer.
      await new Promise((resolve) => setTimeout(resolve));
      return problems.splice(0);
    },
  };
}

function listen(device: engine.Device, problems: string[]): void {
  device.gpu.addEventListener("uncapturederror", ({ error }) => {
    problems.push(`uncaptured ${error.constructor.name}: ${error.message}`);
  });
  device.lost.then(({ reason, message }) => problems.push(`device lost (${reason}): ${message}`));
}
