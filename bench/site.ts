/** The pages of the bench, built as a visitor would get them and served on this computer alone. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { build, preview } from "vite";

/** Pages by their place below bench/, without the ending. */
export type PagePath = "page/own" | `peers/${string}`;

export interface Site {
  address(page: PagePath): string;
  close(): Promise<void>;
}

/**
 * Builds these pages and serves them from 127.0.0.1, which browsers hold secure.
 * @param root of the repository
 */
export async function servePages(root: string, pages: readonly PagePath[]): Promise<Site> {
  const bench = join(root, "bench");
  const cache = join(root, "node_modules/.cache/fluxion");
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, "bench-"));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  // A Ctrl-C ends the process at once.
  process.once("exit", remove);
  const shared = { configFile: false, root: bench, base: "./", logLevel: "error" } as const;
  await build({
    ...shared,
    build: {
      outDir: folder,
      emptyOutDir: true,
      target: "es2023",
      // Errors are to be read.
      minify: false,
      rolldownOptions: { input: pages.map((page) => join(bench, `${page}.html`)) },
    },
  });
  const server = await preview({
    ...shared,
    build: { outDir: folder },
    preview: { host: "127.0.0.1", port: 0, strictPort: false, open: false },
  });
  const [origin] = server.resolvedUrls?.local ?? [];
  if (origin === undefined) throw new Error("the pages of the bench are not served");
  return {
    address: (page) => new URL(`${page}.html`, origin).href,
    async close() {
      await server.close();
      remove();
    },
  };
}
