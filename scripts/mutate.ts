/**
 * `npm run mutate`: do the tests notice when the code is wrong? Breaks one place after the other in a copy of the tree (a
 * constant, an index, a sign) and runs the tests that should notice; where those do not, all of its project. Prints a line
 * for each and fails if one survives.
 */
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import process from "node:process";

interface Mutant {
  readonly file: string;
  /** Stands there once. */
  readonly text: string;
  readonly fault: string;
  /** The test that should notice first. */
  readonly test: string;
}

const mutants: readonly Mutant[] = [
  {
    file: "shaders/convolution/conv1d.wgsl",
    text: "let t = i32(first) - LEFT;",
    fault: "let t = i32(first) - LEFT + 1;",
    test: "test/engine/kernels/conv1d",
  },
  {
    file: "shaders/convolution/conv1d.wgsl",
    text: "if (t + 4 < STEPS) {",
    fault: "if (t + 5 < STEPS) {",
    test: "test/engine/kernels/conv1d",
  },
  {
    file: "shaders/convolution/weightgradient.wgsl",
    text: "if (tap >= KERNEL || input >= IN_CHANNELS) {",
    fault: "if (tap >= KERNEL || input >= IN_CHANNELS - 1) {",
    test: "test/engine/kernels/conv1d",
  },
  {
    file: "shaders/convolution/toomcook.wgsl",
    text: "odd = i % 2 == 1",
    fault: "odd = i % 4 == 1",
    test: "test/engine/kernels/conv1d",
  },
  {
    file: "shaders/normalisation/layernorm.wgsl",
    text: "x[group * ROWS + row] - mean, areChannels(group)",
    fault: "x[group * ROWS + row] - mean, vec4<bool>(true)",
    test: "test/engine/kernels/layernorm",
  },
  {
    file: "shaders/pooling/maxpool.wgsl",
    text: "value > best",
    fault: "value >= best",
    test: "test/engine/kernels/pool",
  },
  {
    file: "shaders/pooling/windows.wgsl",
    text: "since / STRIDE + 1, OUT_STEPS",
    fault: "since / STRIDE + 1, OUT_STEPS - 1",
    test: "test/engine/kernels/pool",
  },
  {
    file: "shaders/normalisation/batchnorm.wgsl",
    text: "- correction * correction",
    fault: "+ correction * correction",
    test: "test/engine/kernels/batchnorm",
  },
  {
    file: "shaders/normalisation/batchnorm.wgsl",
    text: "- normal * meanProduct",
    fault: "+ normal * meanProduct",
    test: "test/engine/kernels/batchnorm",
  },
  {
    file: "shaders/normalisation/batchnorm.wgsl",
    text: "delta * delta * share * (1 - share)",
    fault: "delta * delta * share",
    test: "test/engine/kernels/network",
  },
  {
    file: "shaders/pointwise/leakyrelu.wgsl",
    text: "dx[n] = select(SLOPE * dy[n], dy[n], x[n] >= vec4f());",
    fault: "dx[n] = select(SLOPE * dy[n], dy[n], x[n] > vec4f());",
    test: "test/engine/kernels/leakyrelu",
  },
  {
    file: "shaders/pointwise/dropout.wgsl",
    text: "threefry(key, vec2u(block + 1, cursor.index))",
    fault: "threefry(key, vec2u(block, cursor.index))",
    test: "test/engine/kernels/dropout",
  },
  {
    file: "shaders/recurrence/gate.wgsl",
    text: "clamp(x, vec4f(-30), vec4f(30))",
    fault: "clamp(x, vec4f(-10), vec4f(10))",
    test: "test/engine/kernels/lstm",
  },
  {
    file: "src/engine/network/padding.ts",
    text: "{ calls: [...calls, back(dInput)], dInput } : { calls }",
    fault: "{ calls, dInput } : { calls }",
    test: "test/engine/training/lengths",
  },
  {
    file: "shaders/recurrence/lstm.wgsl",
    text: "dc * i * (1 - g * g)",
    fault: "dc * i * (1 + g * g)",
    test: "test/engine/kernels/lstm",
  },
  {
    file: "shaders/recurrence/gru.wgsl",
    text: "dn * r, dn)",
    fault: "dn, dn)",
    test: "test/engine/kernels/gru",
  },
  {
    file: "shaders/recurrence/recurrence.wgsl",
    text: "carried[(chunk.x + 1) % 2 * CARRIED + n]",
    fault: "carried[chunk.x % 2 * CARRIED + n]",
    test: "test/engine/kernels/lstm",
  },
  {
    file: "shaders/loss/halfmse.wgsl",
    text: "n % (BATCH * STEPS) < cursor.rows * STEPS",
    fault: "n % (BATCH * STEPS) <= cursor.rows * STEPS",
    test: "test/engine/kernels/network",
  },
  {
    file: "shaders/solver/clip.wgsl",
    text: "sum += g * g;",
    fault: "sum += abs(g);",
    test: "test/engine/kernels/clip",
  },
  {
    file: "shaders/solver/adam.wgsl",
    text: "(1 - BETA2) * g * g",
    fault: "(1 - BETA1) * g * g",
    test: "test/engine/kernels/adam",
  },
  {
    file: "shaders/training/snapshot.wgsl",
    text: "score.x < judged.loss",
    fault: "score.x <= judged.loss",
    test: "test/engine/training/restore",
  },
  {
    file: "src/engine/layers/convolution/conv1d.ts",
    text: "left: (kernel - 1) >> 1",
    fault: "left: kernel >> 1",
    test: "test/engine/kernels/conv1d",
  },
  {
    file: "src/engine/training/schedule.ts",
    text: "(iterations - schedule.warmup)",
    fault: "iterations",
    test: "test/reference/solver",
  },
  {
    file: "src/calculus/opponents/least-squares.ts",
    text: "k <= degree",
    fault: "k < degree",
    test: "test/calculus/least-squares",
  },
  {
    file: "src/engine/files/safetensors.ts",
    text: "bytes !== end - begin",
    fault: "bytes > end - begin",
    test: "test/engine/files/safetensors",
  },
];

const root = resolve(import.meta.dirname, "..");

/** The tree as it stands, without what git ignores; its modules are those of the original. */
function copyTree(): string {
  const { stdout } = spawnSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: root,
    encoding: "utf8",
  });
  const copy = mkdtempSync(join(tmpdir(), "fluxion-mutants-"));
  for (const file of stdout.split("\0").filter((name) => name !== "" && existsSync(join(root, name))))
    cpSync(join(root, file), join(copy, file));
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
  return copy;
}

/** The first test that fails, "" if none does. */
function firstFailure(tree: string, selection: readonly string[]): string {
  const report = join(tree, "report.json");
  rmSync(report, { force: true });
  const { status, stdout, stderr } = spawnSync(
    "npx",
    ["vitest", "run", "--bail", "1", "--reporter", "json", "--outputFile", report, ...selection],
    { cwd: tree, encoding: "utf8" },
  );
  if (!existsSync(report)) throw new Error(`no test ran: ${stdout}\n${stderr}`);
  const { testResults } = JSON.parse(readFileSync(report, "utf8")) as {
    testResults: readonly {
      name: string;
      status: string;
      assertionResults: readonly { status: string; fullName: string }[];
    }[];
  };
  for (const { name, status, assertionResults } of testResults) {
    const failed = assertionResults.find((test) => test.status === "failed");
    if (failed || status === "failed")
      return `${name.slice(tree.length + 1)}: ${failed?.fullName ?? "the whole file"}`;
  }
  if (status !== 0) throw new Error(`the run failed, but no test: ${stdout}\n${stderr}`);
  return "";
}

const projectOf = ({ test }: Mutant): string =>
  /^test\/engine\/(kernels|training|gpu)/.test(test) ? "engine" : "pure";

/** What notices the mutant: the test that should, or any other of its project. */
function noticedBy(tree: string, mutant: Mutant): string {
  const { file, text, fault, test } = mutant;
  const path = join(tree, file);
  const source = readFileSync(path, "utf8");
  if (source.split(text).length !== 2) throw new Error(`${file} holds this not once: ${text}`);
  writeFileSync(
    path,
    source.replace(text, () => fault),
  );
  const project = ["--project", projectOf(mutant)];
  try {
    return firstFailure(tree, [...project, test]) || firstFailure(tree, project);
  } finally {
    writeFileSync(path, source);
  }
}

const tree = copyTree();
let survivors = 0;
try {
  const sound = firstFailure(tree, [...new Set(mutants.map(({ test }) => test))]);
  if (sound) throw new Error(`fails without any mutant: ${sound}`);
  for (const mutant of mutants) {
    const begun = performance.now();
    const witness = noticedBy(tree, mutant);
    if (!witness) survivors++;
    const seconds = ((performance.now() - begun) / 1000).toFixed(0).padStart(4);
    const verdict = witness ? "killed  " : "SURVIVED";
    console.log(`${verdict} ${seconds} s  ${mutant.file}: ${mutant.text} → ${mutant.fault}`);
    if (witness) console.log(`${" ".repeat(18)}by ${witness}`);
  }
} finally {
  rmSync(tree, { recursive: true, force: true });
}
console.log(`${mutants.length - survivors} of ${mutants.length} killed`);
process.exitCode = survivors > 0 ? 1 : 0;
