import type { Reporter, TestModule } from "vitest/node";

/** Ends the output with one plain line: `123 passed, 0 failed`. */
export default class Summary implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly unknown[]): void {
    let passed = 0;
    // A file that cannot be run, an error outside any test and a run without tests count as one failure each.
    let failed = modules.length === 0 ? 1 : unhandled.length;
    for (const module of modules) {
      failed += module.errors().length;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === "passed") passed += 1;
        if (state === "failed") failed += 1;
      }
    }
    console.log(`${passed} passed, ${failed} failed`);
  }
}
