/**
 * What the built page gets beside its code: a content security policy, a service worker that keeps it offline, and of the
 * recorded studies what it shows.
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import type { Plugin } from "vite";
import { compactStudy } from "../recorded/study/compact.ts";

/**
 * Nothing but the page's own files, and no code or style but what stands in them. Icons are `data:` images, which the
 * icon element fetches; pictures are exported through `blob:`.
 */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "connect-src 'self' data:",
  "worker-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

/** Comments of shaders are for readers of the source. Their lines stay, so that errors name the right ones. */
export const shaderPlugin = (): Plugin => ({
  name: "fluxion-shaders",
  load: {
    order: "pre",
    handler(id) {
      if (!id.endsWith(".wgsl?raw")) return undefined;
      const text = readFileSync(id.replace(/\?raw$/, ""), "utf8");
      return `export default ${JSON.stringify(text.replace(/[ \t]*\/\/.*$/gm, ""))}`;
    },
  },
});

const recordedStudy = "/src/app/recorded/study/study.json?raw";

/** The theme is set before the first paint, by a script that is not bundled; the policy and the cache are for the build alone. */
export function pagePlugin(): Plugin {
  let folder: string | undefined;
  return {
    name: "fluxion-page",
    configResolved({ root, build, command }) {
      // The development server puts styles and scripts of its own into the page.
      if (command === "build") folder = resolve(root, build.outDir);
    },
    load: {
      order: "pre",
      handler(id) {
        if (!id.endsWith(recordedStudy)) return undefined;
        const study = compactStudy(JSON.parse(readFileSync(id.replace(/\?raw$/, ""), "utf8")));
        return `export default ${JSON.stringify(JSON.stringify(study))}`;
      },
    },
    transformIndexHtml: {
      order: "post",
      // The tests serve pages of their own from here.
      handler: (_, { path }) =>
        path !== "/index.html"
          ? []
          : [
              { tag: "script", attrs: { src: "./theme.js" }, injectTo: "head-prepend" },
              ...(folder === undefined
                ? []
                : [
                    {
                      tag: "meta",
                      attrs: { "http-equiv": "Content-Security-Policy", content: policy },
                      injectTo: "head-prepend" as const,
                    },
                  ]),
            ],
    },
    closeBundle() {
      if (folder !== undefined) writeServiceWorker(folder);
    },
  };
}

function writeServiceWorker(folder: string): void {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll("\\", "/"))
    .filter((file) => file !== "service-worker.js")
    .sort();
  const hash = createHash("sha256");
  for (const file of files) hash.update(file).update(readFileSync(join(folder, file)));
  const version = hash.digest("hex").slice(0, 16);
  const urls = files.map((file) => (file === "index.html" ? "./" : file));
  const source = readFileSync(new URL("./service-worker.js", import.meta.url), "utf8");
  writeFileSync(
    join(folder, "service-worker.js"),
    `const VERSION = ${JSON.stringify(version)};\nconst FILES = ${JSON.stringify(urls)};\n${source}`,
  );
}
