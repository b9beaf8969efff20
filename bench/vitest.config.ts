import { defineConfig } from "vitest/config";

/** Tests of the peers, for which they must be installed: `npm ci --prefix bench`, then `npm test --prefix bench`. */
export default defineConfig({
  test: { include: ["peers/*.test.ts"], fileParallelism: false, testTimeout: 600_000, hookTimeout: 120_000 },
});
