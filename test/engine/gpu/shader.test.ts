import { describe, expect, test } from "vitest";
import { linkShader, shaders, vocabularyOf } from "../../../src/engine/gpu/shader";

const entry = "@compute @workgroup_size(1) fn main() { }";

/** What a file of such a text names. */
const read = (text: string) => vocabularyOf("a/main", { "./a/main.wgsl": text });

describe("what a shader names", () => {
  test("is told through imports, comments apart", () => {
    const sources = {
      "./a/main.wgsl": `// import constants::COMMENTED;
        /* import constants::{ALSO}; */
        import constants::ONE;
        @if(summed) import package::shared::other::{f, g,};
        @if(!summed) import package::lonely::h;
        import constants::{
          TWO, THREE };
        ${entry}`,
      "./shared/other.wgsl": "import constants::FOUR;\n@elif((pair || true) && !(quads)) fn f() { }",
      "./lonely.wgsl": "import package::a::main::g; import constants::FIVE;",
    };
    const { constants, conditions } = vocabularyOf("a/main", sources);
    expect([...constants].sort()).toEqual(["FIVE", "FOUR", "ONE", "THREE", "TWO"]);
    expect([...conditions].sort()).toEqual(["pair", "quads", "summed"]);
  });

  test.for([
    "import super::other::f;",
    "import package::shared::{a::f, b::g};",
    "import package::shared::other::f as g;",
    "import constants::{ONE as TWO};",
    "import constants::*;",
    "import fluxion::shared::other::f;",
  ])("is refused with its place where it cannot be read: %s", (statement) => {
    expect(() => read(`// first\n\n${statement}\n${entry}`)).toThrow(
      `shaders/a/main.wgsl:3: ${statement.slice(0, -1)}; the engine reads import package::FILE::NAME`,
    );
  });

  test("is refused by a path outside an import, and by conditions that are none", () => {
    expect(() => read("\nfn f() { package::shared::other::g(); }")).toThrow(
      "shaders/a/main.wgsl:2: package::shared::other::g outside an import; the engine reads",
    );
    expect(() => read("\n\n@if(STEPS > 3) fn f() { }")).toThrow(
      "shaders/a/main.wgsl:3: the condition STEPS > 3; the engine reads names joined by &&, ||, ! and brackets",
    );
  });

  test("can be read of every shader here", () => {
    const files = Object.keys(shaders).map((path) => path.replace(/^\.\/(.*)\.wgsl$/, "$1"));
    expect(files.length).toBeGreaterThan(20);
    for (const file of files) expect(() => vocabularyOf(file, shaders)).not.toThrow();
  });
});

describe("what the linker refuses is told with file and line:", () => {
  const linked = (text: string) => {
    const sources = { "./a/main.wgsl": text, "./other.wgsl": "fn k() { }\nfn z( {" };
    return linkShader("a/main", vocabularyOf("a/main", sources), {}, [], sources);
  };

  test.for([
    ["a syntax error", `\n${entry} fn f() { let x = ; }`, /^shaders\/a\/main\.wgsl:2: Expected expression$/],
    [
      "one of a file that is imported",
      `import package::other::k;\n\n${entry.replace("{ }", "{ k(); }")}`,
      /^shaders\/other\.wgsl:2: Expected function parameter/,
    ],
    [
      "several",
      `fn f( { }\n${entry} fn g() { let x = ; }`,
      /^shaders\/a\/main\.wgsl:1: .*\nshaders\/a\/main\.wgsl:2: .*$/,
    ],
    [
      "a name that there is not",
      `\n\n${entry.replace("{ }", "{ hh(); }")}`,
      /^shaders\/a\/main\.wgsl:3: unresolved identifier 'hh'$/,
    ],
    [
      "a file that there is not",
      `import package::nope::g;\n${entry.replace("{ }", "{ g(); }")}`,
      /^shaders\/a\/main\.wgsl:2: module not found for 'package::nope::g'$/,
    ],
  ] as const)("%s", async ([, text, message]) => {
    const error = await linked(text).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(error).toMatchObject({ name: "KernelError", message: expect.stringMatching(message) });
  });
});
