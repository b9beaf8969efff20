/** What is built brings along the licences of all code of others that is in it. */
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Plugin } from "vite";

const root = resolve(import.meta.dirname, "..");

/** The folder of a package in the path of one of its modules. */
const packageFolder = /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/;

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly repository?: string | { readonly url: string };
}

/**
 * Writes the file `fileName`: a section for each package of which a module is in the build, with its licence and its
 * notice. `inWorkers` belongs among the plugins of workers, which are bundled by themselves.
 */
export function licencesPlugin(fileName: string): { readonly plugin: Plugin; readonly inWorkers: Plugin } {
  const folders = new Set<string>();
  const collect: Plugin["generateBundle"] = (_, bundle) => {
    for (const chunk of Object.values(bundle))
      for (const id of chunk.type === "chunk" ? chunk.moduleIds : []) {
        const [folder] = packageFolder.exec(id.replace(/^\0/, "")) ?? [];
        if (folder !== undefined) folders.add(folder);
      }
  };
  return {
    inWorkers: { name: "fluxion-licences-in-workers", generateBundle: collect },
    plugin: {
      name: "fluxion-licences",
      generateBundle(options, bundle, isWrite) {
        if (typeof collect === "function") collect.call(this, options, bundle, isWrite);
        const sections = Array.from(folders, describe).sort();
        this.emitFile({ type: "asset", fileName, source: `${sections.join("\n\n")}\n` });
      },
    },
  };
}

function describe(folder: string): string {
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;
  const texts = readdirSync(folder)
    .filter((file) => /^(licen[cs]e|copying|notice)/i.test(file))
    .map((file) => readFileSync(join(folder, file), "utf8").trim());
  if (texts.length === 0) texts.push(standardText(manifest));
  return [`## ${manifest.name} - ${manifest.version} (${manifest.license})`, ...texts].join("\n\n");
}

/** Of a package that names its licence and brings no text. */
function standardText({ name, license, repository }: Manifest): string {
  if (license !== "MIT") throw new Error(`${name} is bundled and brings no text of its licence (${license})`);
  const own = readFileSync(join(root, "LICENSE"), "utf8");
  const at = typeof repository === "object" ? repository.url : repository;
  return own.trim().replace(/^Copyright.*$/m, `Copyright (c) the authors of ${name}, ${at}`);
}
