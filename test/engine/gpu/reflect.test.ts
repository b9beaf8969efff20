import { expect, test } from "vitest";
import { entriesOf, reflect, withoutComments } from "../../../src/engine/gpu/reflect";

const code = /* wgsl */ `
  // @group(0) @binding(9) var<storage, read> commented: array<f32, LENGTH>;
  struct Step { rate: f32, x: f32 }
  @group(0) @binding(0) var<uniform> step: Step;
  @group(0) @binding(1) var<storage, read> x: array<vec4f, LENGTH>;
  @group(0) @binding(3) var<storage, read_write> y: array<f32, 12>;
  @group(0) @binding(4) var<storage> z: array<u32>;
  @group(0) @binding(5) var<storage, read_write> elsewhere: array<f32, LENGTH>;
  fn deep(i: u32) -> f32 { return f32(z[i]); }
  fn scaled(i: u32) -> f32 { /* elsewhere[i] */ return deep(i) * step.rate; }
  @compute @workgroup_size(64) fn direct(@builtin(global_invocation_id) id: vec3u) { y[id.x] = x[id.x].x; }
  @compute @workgroup_size(64) fn indirect(@builtin(global_invocation_id) id: vec3u) {
    if (id.x < 12) { y[id.x] = scaled(id.x); }
  }
`;

const reads = { read: true, written: false };
const writes = { read: false, written: true };

test("an entry's bindings: name, place, access and length", () => {
  expect(reflect(code, "direct", { LENGTH: 3 }).bindings).toEqual([
    { name: "x", index: 1, type: "read-only-storage", bytes: 48, ...reads },
    { name: "y", index: 3, type: "storage", bytes: 48, ...writes },
  ]);
});

test("bindings are found through the functions an entry calls, and no member counts for a binding", () => {
  expect(reflect(code, "indirect", { LENGTH: 3 }).bindings).toEqual([
    { name: "step", index: 0, type: "uniform", bytes: undefined, ...reads },
    { name: "y", index: 3, type: "storage", bytes: 48, ...writes },
    { name: "z", index: 4, type: "read-only-storage", bytes: undefined, ...reads },
  ]);
});

test.for([
  ["y[i] = x;", false, true],
  ["y[i].z = x;", false, true],
  ["y[a[i] + 1]\n  .z  = x;", false, true],
  ["y.count = x;", false, true],
  ["x = y[i];", true, false],
  ["if (y[i] == x) { x = y[i]; }", true, false],
  ["if (y[i] <= x) { }", true, false],
  ["y[i] += x;", true, true],
  ["y[i] <<= x;", true, true],
  ["y[i] = y[j] + x;", true, true],
  ["y[y[i]] = x;", true, true],
  ["atomicMax(&y[i], x);", true, true],
  ["let yy = z.y; y[i] = yy;", false, true],
] as const)("what %s does to y: reads %s, writes %s", ([statement, read, written]) => {
  const entry = `@group(0) @binding(0) var<storage, read_write> y: array<f32>;
    @compute @workgroup_size(64) fn main() { ${statement} }`;
  expect(reflect(entry, "main", {}).bindings).toMatchObject([{ name: "y", read, written }]);
});

test("an entry that does not exist is named", () => {
  expect(() => reflect(code, "sideways", {})).toThrow("no entry point sideways");
});

const pruned = /* wgsl */ `enable f16;
const LENGTH = 4; /* one /* in */ another */
const CASE = 1; const LAST = 2;
const UNUSED = 9;
const LEAST = 1;
const_assert LENGTH >= LEAST;
const_assert UNUSED > 0;
const_assert 2 > 1;
struct Pair { UNUSED: f32 }
@group(0) @binding(0) var<storage, read_write> y: array<f32, LENGTH>;
fn never(UNUSED: f32) -> f32 { return UNUSED; }
@compute @workgroup_size(64) fn main() {
  switch (0u) {
    case CASE, LAST: { y[0] = 1; }
    default: { }
  }
}
@compute @workgroup_size(64) fn other() { y[UNUSED] = 1; }
`;

test("the code is what the entry reaches, its places unchanged", () => {
  const { code, names } = reflect(pruned, "main", {});
  expect(code.length).toBe(pruned.length);
  const lines = code.split("\n").map((line) => line.trim());
  expect(lines.filter((line) => line !== "")).toEqual([
    "enable f16;",
    "const LENGTH = 4; /* one /* in */ another */",
    "const CASE = 1; const LAST = 2;",
    "const LEAST = 1;",
    "const_assert LENGTH >= LEAST;",
    "const_assert 2 > 1;",
    "@group(0) @binding(0) var<storage, read_write> y: array<f32, LENGTH>;",
    "@compute @workgroup_size(64) fn main() {",
    "switch (0u) {",
    "case CASE, LAST: { y[0] = 1; }",
    "default: { }",
    "}",
    "}",
  ]);
  // What follows keeps its place, so that errors of the compiler can be told by line.
  expect(lines.indexOf("const LEAST = 1;")).toBe(pruned.split("\n").indexOf("const LEAST = 1;"));
  for (const name of ["main", "y", "LENGTH", "LEAST", "CASE", "LAST"]) expect(names).toContain(name);
  for (const name of ["UNUSED", "never", "Pair", "other"]) expect(names).not.toContain(name);
});

test("an assertion stands for the entries that reach a name in it, and brings the others along", () => {
  const { code, names } = reflect(pruned, "other", {});
  expect(code).toContain("const_assert UNUSED > 0;");
  expect(names).toContain("LEAST");
  expect(code).not.toContain("CASE");
});

test("entries are told from other functions", () => {
  expect(entriesOf(pruned)).toEqual(["main", "other"]);
  expect(() => reflect(pruned, "never", {})).toThrow("no entry point never");
});

test.for([
  ["a // b /* c\nd", "a          \nd"],
  ["a /* b // */ c", "a            c"],
  ["a /* b /* c */ d\n*/ e", "a               \n   e"],
  ["a */ b", "a */ b"],
  ["a /*/ b */ c", "a          c"],
] as const)("without comments %j is %j", ([code, expected]) => {
  expect(withoutComments(code)).toBe(expected);
});
