import { relative } from "node:path";
import type { Reporter, TestCase, TestModule } from "vitest/node";

/** So many of the slowest tests are told, to see where the time goes. */
const slowest = 20;

/** Ends the output with the slowest tests, a line each, and one plain line: `123 passed, 0 failed`. */
export default class Summary implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly unknown[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const count = (wanted: string) => tests.filter((test) => test.result().state === wanted).length;
    // A file that cannot be run, an error outside any test and a run without tests count as one failure each.
    const broken = modules.reduce((sum, module) => sum + module.errors().length, 0);
    const failed = count("failed") + broken + (modules.length === 0 ? 1 : unhandled.length);
    const bySlowness = tests.toSorted((a, b) => secondsOf(b) - secondsOf(a));
    if (tests.length > slowest) for (const test of bySlowness.slice(0, slowest)) console.log(lineOf(test));
    console.log(`${count("passed")} passed, ${failed} failed`);
  }
}

const secondsOf = (test: TestCase): number => (test.diagnostic()?.duration ?? 0) / 1000;

function lineOf(test: TestCase): string {
  const { project, module, fullName } = test;
  const file = relative(project.config.root, module.moduleId);
  return `${secondsOf(test).toFixed(1).padStart(6)} s  ${project.name}  ${file}: ${fullName}`;
}
