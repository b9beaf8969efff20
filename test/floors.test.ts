/** The floors of the house: an import goes down, never up and never round in a circle. */
import { readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { expect, test } from "vitest";
import { layerKinds } from "../src/engine/layers/registry";

/** The rooms from the ground up, and what each may import besides itself. A folder that is not named belongs to the room around it. */
const rooms: Readonly<Record<string, readonly string[]>> = {
  engine: [],
  "engine/gpu": ["engine"],
  "engine/layers": ["engine", "engine/gpu"],
  "engine/network": ["engine", "engine/gpu", "engine/layers"],
  "engine/tuning": ["engine", "engine/gpu", "engine/layers", "engine/network"],
  "engine/training": ["engine", "engine/gpu", "engine/layers", "engine/network"],
  "engine/files": ["engine", "engine/network", "engine/training"],
  reference: ["engine", "engine/layers", "engine/network", "engine/training"],
  calculus: ["engine", "engine/layers", "engine/network", "engine/training", "engine/files"],
  charts: ["calculus"],
  check: ["engine", "reference", "calculus"],
  node: ["engine"],
  app: ["engine", "calculus", "charts", "check"],
  cli: ["engine", "calculus", "charts", "check", "node"],
};

/** What needs a device: no reference and no experiment does. */
const onTheGpu =
  /^engine\/(gpu\/|index|layers\/builders|network\/(network|build|batch-runner|backpropagation|input-gradient)|training\/trainer)/;

const source = join(import.meta.dirname, "../src");
const files = readdirSync(source, { recursive: true, encoding: "utf8" })
  .map((path) => path.replaceAll("\\", "/"))
  .filter((path) => path.endsWith(".ts"));

/** Every import of a file of src/ by another, also where it is one of types alone. */
const imports = files.flatMap((from) => {
  const text = readFileSync(join(source, from), "utf8");
  return Array.from(text.matchAll(/\b(?:from|import)\s*\(?\s*"(\.[^"?]*)"/g), ([, path]) => {
    const to = posix.join(posix.dirname(from), path);
    return { from, to: [to, `${to}.ts`, `${to}/index.ts`].find((each) => files.includes(each)) };
  }).flatMap(({ to }) => (to === undefined ? [] : [{ from, to }]));
});

/** The innermost room that a file stands in. */
function roomOf(file: string): string {
  for (let folder = posix.dirname(file); folder !== "."; folder = posix.dirname(folder))
    if (folder in rooms) return folder;
  throw new Error(`src/${file} stands in no room`);
}

test("an import goes to a room below", () => {
  const up = imports.filter(({ from, to }) => {
    const [own, other] = [roomOf(from), roomOf(to)];
    // The face of the engine gathers what stands above its ground.
    if (own === other || from === "engine/index.ts") return false;
    if (["reference", "calculus"].includes(own) && onTheGpu.test(to)) return true;
    // Who stands above the whole engine may use all of it.
    const whole = ["check", "node", "app", "cli"].includes(own) && other.startsWith("engine/");
    return !whole && !rooms[own].includes(other);
  });
  expect(up).toEqual([]);
  expect(imports.length).toBeGreaterThan(500);
});

test("no file but those of the layers themselves, and those of the experiment with its own networks, asks which kind a layer is", () => {
  const kinds = Object.keys(layerKinds).join("|");
  const asking = new RegExp(`\\bkind\\s*[!=]==\\s*"(${kinds})"`);
  const elsewhere = files.filter((file) => !/^(engine\/layers|calculus)\//.test(file));
  expect(elsewhere.filter((file) => asking.test(readFileSync(join(source, file), "utf8")))).toEqual([]);
  expect(asking.test(`spec.kind === "batchnorm"`)).toBe(true);
});

test("the engine's face has at most 60 names", () => {
  const text = readFileSync(join(source, "engine/index.ts"), "utf8");
  const names = Array.from(text.matchAll(/\{([^}]*)\}/g), ([, list]) => list.split(",")).flat();
  const own = names.filter((name) => name.trim() !== "");
  expect(own.length).toBeGreaterThan(50);
  expect(own.length).toBeLessThanOrEqual(60);
});

test("no file imports itself by way of others", () => {
  const done = new Set<string>();
  const circles: string[] = [];
  const visit = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].join(" → "));
    if (path.includes(file) || done.has(file)) return;
    for (const { from, to } of imports) if (from === file) visit(to, [...path, file]);
    done.add(file);
  };
  for (const file of files) visit(file, []);
  expect(circles).toEqual([]);
});
