import type { LinkedWesl } from "wesl";
import { nearest } from "../fields";
import type { Device } from "./device";
import { KernelError } from "./kernel-error";
import type { Slice } from "./memory";
import { type Binding, entriesOf, reflect } from "./reflect";
import { fileOfModule, lineOf, linkShader, pathOf, shaders, type Vocabulary, vocabularyOf } from "./shader";

/** One dispatch, as plain data: which entry point, with which constants, on which buffers. */
export interface KernelCall {
  /** Shown in profiles and errors, such as `conv2 forward`. */
  readonly label: string;
  /** A file of shaders/ without its suffix. */
  readonly file: string;
  /** Files that take the place of modules which the shader imports and which are none: `{ "recurrence/cell": "recurrence/lstm" }`. */
  readonly modules?: Readonly<Record<string, string>>;
  readonly entry: string;
  /** Compile-time constants: all that the entry reaches, which the shader imports from `constants::`. */
  readonly constants: Readonly<Record<string, number>>;
  /** Conditions of the shader's `@if(…)` that hold. */
  readonly conditions?: Readonly<Record<string, boolean>>;
  readonly bindings: Readonly<Record<string, Slice>>;
  readonly workgroups: readonly [number, number?, number?];
  /** Floating-point operations (a multiply-add counts two) of what it computes, by its definition, for profiles. */
  readonly flops?: number;
  /** Those that it does, where it has a way to do with fewer. */
  readonly executed?: number;
  /** Bytes it must read and write, for profiles, where it touches only a part of what it binds. */
  readonly bytes?: number;
}

/** What one dimension of a dispatch holds on every adapter. */
const mostWorkgroups = 65_535;

/** Workgroups of 64 for so many invocations, over two dimensions where one is too short (shaders/shared/spread.wgsl). */
export function spread(invocations: number): readonly [x: number, y: number] {
  const groups = Math.ceil(invocations / 64);
  const rows = Math.ceil(groups / mostWorkgroups);
  return [Math.ceil(groups / rows), rows];
}

interface Pipeline {
  readonly pipeline: GPUComputePipeline;
  readonly layout: GPUBindGroupLayout;
  readonly bindings: readonly Binding[];
}

/** A compiled dispatch, ready to be encoded. */
export interface Dispatch {
  readonly call: KernelCall;
  readonly pipeline: GPUComputePipeline;
  readonly bindGroup: GPUBindGroup;
  /** What it reads and what it writes; a slice of which it does both stands in both. */
  readonly reads: readonly Slice[];
  readonly writes: readonly Slice[];
}

const caches = new WeakMap<Device, Map<string, Promise<Pipeline>>>();

/**
 * Links, compiles (once per device and set of constants) and binds a call.
 * @throws KernelError that begins with the call's label, RangeError where the adapter cannot dispatch so much
 */
export async function compile(device: Device, call: KernelCall): Promise<Dispatch> {
  if (device.fault) throw device.fault;
  try {
    return await compileUnlabelled(device, call);
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    // The linker knows a module by its own name, not by that of the file which takes its place.
    const message = Object.entries(call.modules ?? {}).reduce(
      (text, [module, file]) => text.replaceAll(pathOf(module), pathOf(file)),
      error.message,
    );
    // Calls of several layers share a pipeline, and with it its error.
    throw new KernelError(`${call.label}: ${message}`, { cause: error });
  }
}

async function compileUnlabelled(device: Device, call: KernelCall): Promise<Dispatch> {
  let cache = caches.get(device);
  if (!cache) {
    cache = new Map();
    caches.set(device, cache);
  }
  const constants = await neededConstants(call);
  const key = keyOf({ ...call, constants });
  let pending = cache.get(key);
  if (!pending) {
    pending = build(device, { ...call, constants });
    cache.set(key, pending);
    // What failed once, for want of memory say, may be tried again.
    pending.catch(() => caches.get(device)?.delete(key));
  }
  const { pipeline, layout, bindings } = await pending;
  const slices = (wanted: readonly Binding[]) => wanted.map(({ name }) => call.bindings[name]);
  return {
    call,
    pipeline,
    bindGroup: bind(device, call, layout, bindings),
    reads: slices(bindings.filter(({ read }) => read)),
    writes: slices(bindings.filter(({ written }) => written)),
  };
}

/** `conv1d.convolve`, whatever folder the shader lies in. */
const nameOf = ({ file, entry }: KernelCall): string => `${file.split("/").at(-1)}.${entry}`;

const vocabularies = new Map<string, Vocabulary>();

/** Every shader file, those that take a module's place under its name, too. */
const sourcesOf = ({ modules = {} }: KernelCall): typeof shaders => ({
  ...shaders,
  ...Object.fromEntries(
    Object.entries(modules).map(([module, file]) => [`./${module}.wgsl`, shaders[`./${file}.wgsl`]]),
  ),
});

function knownVocabulary(call: KernelCall): Vocabulary {
  const { file, modules } = call;
  const key = JSON.stringify([file, modules]);
  const vocabulary = vocabularies.get(key) ?? vocabularyOf(file, sourcesOf(call));
  vocabularies.set(key, vocabulary);
  return vocabulary;
}

const placeOf = ({ file, entry }: KernelCall): string => `${pathOf(file)}, entry ${entry}`;

const conditionsThatHold = ({ conditions = {} }: KernelCall): string[] =>
  Object.keys(conditions)
    .filter((name) => conditions[name])
    .sort();

const keyOf = (call: KernelCall): string =>
  JSON.stringify([call.file, call.modules, call.entry, call.constants, conditionsThatHold(call)]);

/** The end of a message about a name that is none. @param otherwise what helps where no name is near */
function didYouMean(name: string, known: readonly string[], otherwise?: string): string {
  const near = nearest(name, known);
  if (near !== undefined) return `: did you mean ${near}?`;
  return otherwise === undefined ? "" : `: ${otherwise}`;
}

/** The names of the constants that an entry reaches where these conditions hold. */
const reached = new Map<string, Promise<readonly string[]>>();

/**
 * Of a call's constants those that its entry reaches: calls that differ in others share a pipeline.
 * @throws KernelError for a constant that is missing, and for constants and conditions that no shader of it names
 */
async function neededConstants(call: KernelCall): Promise<Record<string, number>> {
  const { file, modules = {}, entry } = call;
  for (const each of [file, ...Object.values(modules)])
    if (!(`./${each}.wgsl` in shaders)) {
      const files = Object.keys(shaders).map((path) => path.replace(/^\.\/(.*)\.wgsl$/, "$1"));
      throw new KernelError(`there is no shader file ${pathOf(each)}${didYouMean(each, files)}`);
    }
  const vocabulary = knownVocabulary(call);
  for (const what of ["constants", "conditions"] as const)
    for (const name of Object.keys(call[what] ?? {}))
      if (!vocabulary[what].has(name))
        throw new KernelError(
          `${placeOf(call)} names no ${what.slice(0, -1)} ${name}${didYouMean(name, [...vocabulary[what]])}`,
        );
  const key = keyOf({ ...call, constants: {} });
  const pending =
    reached.get(key) ??
    linkCall({ ...call, constants: {} }).then(({ dest }) => {
      const entries = entriesOf(dest);
      if (!entries.includes(entry))
        throw new KernelError(
          `${pathOf(file)} has no entry ${entry}${didYouMean(entry, entries, `it has ${entries.join(", ")}`)}`,
        );
      const { names } = reflect(dest, entry, {});
      return [...vocabulary.constants].filter((name) => names.has(name));
    });
  reached.set(key, pending);
  const needed = await pending;
  const missing = needed.find((name) => call.constants[name] === undefined);
  if (missing !== undefined) throw new KernelError(`${placeOf(call)}: the constant ${missing} is missing`);
  return Object.fromEntries(needed.map((name) => [name, call.constants[name]]));
}

const linkCall = (call: KernelCall): Promise<LinkedWesl> =>
  linkShader(call.file, knownVocabulary(call), call.constants, conditionsThatHold(call), sourcesOf(call));

async function build(device: Device, call: KernelCall): Promise<Pipeline> {
  const { entry, constants } = call;
  const linked = await linkCall(call);
  const { bindings, code } = reflect(linked.dest, entry, constants);
  // A compile error is told below with its source; without a scope the device would also report it as uncaptured.
  device.gpu.pushErrorScope("validation");
  const module = device.gpu.createShaderModule({ label: nameOf(call), code });
  device.gpu.popErrorScope().catch(() => undefined);
  await reportCompilation(module, linked, call);
  const layout = device.gpu.createBindGroupLayout({
    label: nameOf(call),
    entries: bindings.map(({ index, type }) => ({
      binding: index,
      visibility: GPUShaderStage.COMPUTE,
      buffer: { type },
    })),
  });
  const pipeline = await device.gpu
    .createComputePipelineAsync({
      label: nameOf(call),
      layout: device.gpu.createPipelineLayout({ bindGroupLayouts: [layout] }),
      compute: { module, entryPoint: entry },
    })
    .catch((error: Error) => {
      throw new KernelError(`${placeOf(call)}: ${error.message}`);
    });
  return { pipeline, layout, bindings };
}

async function reportCompilation(
  module: GPUShaderModule,
  linked: LinkedWesl,
  call: KernelCall,
): Promise<void> {
  const { messages } = await module.getCompilationInfo();
  const errors = messages.filter(({ type }) => type === "error");
  if (errors.length === 0) return;
  const lines = errors.map(({ message, offset }) => {
    const { src, position } = linked.sourceMap.destToSrc(offset);
    const text = src.text ?? "";
    const line = lineOf(text, position);
    const path = src.path === undefined ? pathOf(call.file) : fileOfModule(src.path);
    // Below its first line, wgpu draws the place in the linked text.
    return `${path}:${line}: ${message.trim().split("\n")[0]}\n    ${text.split("\n")[line - 1]?.trim() ?? ""}`;
  });
  throw new KernelError(`${placeOf(call)} does not compile:\n${lines.join("\n")}`);
}

function bind(
  device: Device,
  call: KernelCall,
  layout: GPUBindGroupLayout,
  bindings: readonly Binding[],
): GPUBindGroup {
  const place = placeOf(call);
  const limit = device.gpu.limits.maxComputeWorkgroupsPerDimension;
  const groups = call.workgroups.find((count = 1) => count > limit);
  if (groups !== undefined)
    throw new RangeError(
      `${call.label} needs ${groups} workgroups, this adapter allows ${limit}: use a smaller batch, fewer time steps or a narrower network`,
    );
  const known = new Set(bindings.map(({ name }) => name));
  for (const name of Object.keys(call.bindings))
    if (!known.has(name))
      throw new KernelError(`${place} uses no binding "${name}"; it uses ${[...known].join(", ")}`);
  const written = new Set<GPUBuffer>();
  for (const { name, type } of bindings) {
    const slice = call.bindings[name];
    if (!slice) throw new KernelError(`${place}: binding "${name}" is missing`);
    if (type === "storage") written.add(slice.buffer);
  }
  const entries = bindings.map(({ name, index, type, bytes }) => {
    const { buffer, offset, size } = call.bindings[name];
    if (bytes !== undefined && bytes !== size)
      throw new KernelError(
        `${place}: binding "${name}" has ${bytes} bytes in the shader but was given ${size}`,
      );
    if (type !== "storage" && written.has(buffer))
      throw new KernelError(
        `${place}: binding "${name}" reads buffer "${buffer.label}", which the same dispatch writes; ` +
          "WebGPU tracks whole buffers, so keep them apart",
      );
    return { binding: index, resource: { buffer, offset, size } };
  });
  return device.gpu.createBindGroup({ label: call.label, layout, entries });
}
