import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, inject, test } from "vitest";

/** Packages that the page's sources import, types alone left out. */
function importedPackages(): Set<string> {
  const sources = readdirSync("src", { recursive: true, encoding: "utf8" }).filter(
    (file) => file.endsWith(".ts") && !/^(cli|node|app\/build)\//.test(file),
  );
  const lines = sources.flatMap((file) => readFileSync(join("src", file), "utf8").split("\n"));
  return new Set(
    lines.flatMap(
      (line) =>
        /^(?!import type).*(?:\bfrom |^import )"((?:@[\w.-]+\/)?[a-z][\w-]*)(?:"|\/)/.exec(line)?.[1] ?? [],
    ),
  );
}

test("the page brings along the licence of every package that is in it", async () => {
  const answer = await fetch(new URL("licenses.txt", inject("site")));
  expect(answer.headers.get("content-type")).toContain("text/plain");
  const sections = (await answer.text()).split(/^## /m).slice(1);
  const texts = new Map(sections.map((section) => [section.split(" ")[0], section]));
  const imported = importedPackages();
  expect(imported.size).toBeGreaterThan(5);
  // The last are imported by them: one in the page itself, one in its worker.
  for (const name of [...imported, "@lit/reactive-element", "typed-function"])
    expect(texts.get(name), name).toBeDefined();
  for (const [name, text] of texts)
    expect(text, name).toMatch(
      /Permission is hereby granted|Apache License|Redistribution and use in source and binary forms/,
    );
  // Apache's licence asks for the notice, too.
  expect(texts.get("mathjs")).toContain("Copyright (C) 2013-");
});
