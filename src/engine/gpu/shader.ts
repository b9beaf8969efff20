/** The shader files: what they name, and their linking. */
import { type LinkedWesl, link } from "wesl";
import { KernelError } from "./kernel-error";
import { endOfBlock, withoutComments } from "./reflect";

/** Texts by their paths from shaders/ on, `./pointwise/tanh.wgsl`. */
export type Sources = Readonly<Record<string, string>>;

/** Every shader file. */
export const shaders: Sources = Object.fromEntries(
  Object.entries(
    import.meta.glob<string>("../../../shaders/**/*.wgsl", { query: "?raw", import: "default", eager: true }),
  ).map(([path, text]) => [path.replace("../../../shaders/", "./"), text]),
);

/** A number that changes with any shader: their text, hashed (FNV-1a, 32 bits). */
export function shaderRevision(): string {
  let hash = 0x811c9dc5;
  for (const text of Object.values(shaders))
    for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash >>> 0).toString(16);
}

/** `shaders/pointwise/tanh.wgsl`. @param file without its suffix, as all files here */
export const pathOf = (file: string): string => `shaders/${file}.wgsl`;

export const lineOf = (text: string, position: number): number => text.slice(0, position).split("\n").length;

/** What a file and those that it imports name. */
export interface Vocabulary {
  readonly constants: ReadonlySet<string>;
  /** Of `@if(…)` and `@elif(…)`. */
  readonly conditions: ReadonlySet<string>;
}

/** `package::FOLDER::FILE` or `constants`, then `::NAME` or `::{NAMES}`. */
const importForm = /^\s*(constants|package((?:::\w+)+))::(\w+|\{\s*\w+(?:\s*,\s*\w+)*\s*,?\s*\})\s*$/;

/**
 * What a shader names, all that it imports among it. It knows the forms of WESL that these shaders use: imports of
 * `package::FOLDER::FILE::NAME`, `package::FOLDER::FILE::{NAMES}`, `constants::NAME` and `constants::{NAMES}`, without new
 * names by `as`; and conditions joined by `&&`, `||`, `!` and brackets.
 * @throws KernelError with file and line for other forms
 */
export function vocabularyOf(file: string, sources: Sources): Vocabulary {
  const files = new Set([file]);
  const constants = new Set<string>();
  const conditions = new Set<string>();
  // A set is walked in the order in which it grows.
  for (const each of files) {
    const text = withoutComments(sources[`./${each}.wgsl`] ?? "");
    const refuse = (position: number, what: string, known: string): never => {
      throw new KernelError(`${pathOf(each)}:${lineOf(text, position)}: ${what}; the engine reads ${known}`);
    };
    const known = "import package::FILE::NAME and constants::NAME, or {NAMES} instead of NAME";
    const rest = text.replace(/\bimport\b([^;]*);?/g, (statement, path: string, position: number) => {
      const [, root, from = "", names] =
        importForm.exec(path) ?? refuse(position, oneLine(statement.replace(";", "")), known);
      if (root === "constants") for (const name of wordsOf(names)) constants.add(name);
      else files.add(from.slice(2).replaceAll("::", "/"));
      return statement.replace(/[^\n]/g, " ");
    });
    const path = /\w+(?:::\w+)+/.exec(rest);
    if (path) refuse(path.index, `${path[0]} outside an import`, known);
    for (const { 0: begin, index } of rest.matchAll(/@(?:el)?if\s*\(/g)) {
      const open = index + begin.length - 1;
      const condition = rest.slice(open + 1, endOfBlock(rest, open, "(", ")") - 1);
      if (!/^[\w\s!&|()]*$/.test(condition))
        refuse(index, `the condition ${oneLine(condition)}`, "names joined by &&, ||, ! and brackets");
      for (const name of wordsOf(condition)) if (name !== "true" && name !== "false") conditions.add(name);
    }
  }
  return { constants, conditions };
}

const wordsOf = (text: string): readonly string[] => text.match(/\w+/g) ?? [];

const oneLine = (text: string): string => text.trim().replace(/\s+/g, " ");

/**
 * Links a shader. What an entry does not reach is linked too, with constants of 1.
 * @param holding the conditions that hold
 * @throws KernelError with file and line
 */
export async function linkShader(
  file: string,
  { constants, conditions }: Vocabulary,
  values: Readonly<Record<string, number>>,
  holding: readonly string[],
  sources: Sources,
): Promise<LinkedWesl> {
  try {
    return await link({
      weslSrc: sources,
      rootModuleName: file,
      packageName: "fluxion",
      constants: { ...Object.fromEntries([...constants].map((name) => [name, 1])), ...values },
      conditions: Object.fromEntries([...conditions].map((name) => [name, holding.includes(name)])),
    });
  } catch (error) {
    throw new KernelError(describeLinkError(error as LinkError, file), { cause: error });
  }
}

/** Where it can, the linker says the place: in the message itself, or beside it. */
interface LinkError extends Error {
  readonly weslLocation?: { readonly file: string; readonly line: number };
}

function describeLinkError({ message, weslLocation }: LinkError, file: string): string {
  // One line for each error, without the arrows below it.
  const told = message
    .split("\n")
    .flatMap((line) => /^\.\/(.*?)\.wesl:(\d+):\d+ \w+: (.*)$/.exec(line)?.slice(1) ?? []);
  if (told.length > 0)
    return Array.from(
      { length: told.length / 3 },
      (_, i) => `${pathOf(told[3 * i])}:${told[3 * i + 1]}: ${told[3 * i + 2]}`,
    ).join("\n");
  const text = message.replace(/ in file: \S+$/, "");
  if (weslLocation === undefined) return `${pathOf(file)}: ${text}`;
  return `${fileOfModule(weslLocation.file)}:${weslLocation.line}: ${text}`;
}

/** The linker calls every module ./NAME.wesl, whatever its file is called. */
export const fileOfModule = (path: string): string => pathOf(path.replace(/^\.\/(.*)\.wesl$/, "$1"));
