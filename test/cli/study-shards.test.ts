/** The example of docs/study.md as it stands there, with smaller trainings; and a study that is killed. */
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { expect, it } from "vitest";
import { program, startProgram, testDirectory, waitFor } from "./program";

/** Behind those of the example, which they override. */
const small = "--preset quick --seeds 1 --epochs 1 --network cnn --adapter software".split(" ");

/** `npx fluxion` as the program that was built. */
const npx = `#!/bin/sh
shift
case "$2" in
  merge) exec "${process.execPath}" "${program}" "$@" ;;
  *) exec "${process.execPath}" "${program}" "$@" ${small.join(" ")} ;;
esac
`;

/** What the example uses of GNU parallel, where that is not installed: all at once. */
const parallel = `#!/bin/sh
command=
while [ "$1" != ":::" ]; do command="$command $1"; shift; done
shift
jobs=
for value in "$@"; do
  sh -c "$(echo "$command" | sed "s/{}/$value/g")" &
  jobs="$jobs $!"
done
for job in $jobs; do wait "$job" || exit 1; done
`;

function install(folder: string, name: string, script: string): void {
  writeFileSync(join(folder, name), script);
  chmodSync(join(folder, name), 0o755);
}

const isInstalled = spawnSync("parallel", ["--version"]).status === 0;

it("shards run by GNU parallel and merged give what one run gives that is killed and goes on", async () => {
  const directory = testDirectory();
  const tools = join(directory, "tools");
  mkdirSync(tools);
  install(tools, "npx", npx);
  if (!isInstalled) install(tools, "parallel", parallel);
  const text = readFileSync(resolve(import.meta.dirname, "../../docs/study.md"), "utf8");
  const example = /```sh\n(parallel [^`]+)```/.exec(text)?.[1] ?? "";
  expect(example.split("\n")).toHaveLength(3);
  const { status, stderr } = spawnSync("sh", ["-e", "-c", example], {
    cwd: directory,
    encoding: "utf8",
    env: { ...process.env, PATH: `${tools}${delimiter}${process.env.PATH}` },
  });
  expect(stderr).not.toMatch(/^fluxion: /m);
  expect(status).toBe(0);

  const flags = ["study", "--only", "unseen,inputs", "--out", "whole", ...small];
  const { child, running, ended } = startProgram(directory, ...flags);
  await waitFor(() => existsSync(join(directory, "whole/cells/as-taught.cnn.seed-0.json")), running);
  child.kill("SIGKILL");
  await ended;
  expect(existsSync(join(directory, "whole/study.json"))).toBe(false);
  const resumed = await startProgram(directory, "study", "--out", "whole", "--adapter", "software").ended;
  expect(resumed.status).toBe(0);
  expect(resumed.stderr).toContain("2 of 3 cells are done already");

  for (const name of ["study.json", "study.html"])
    expect(readFileSync(join(directory, "runs/all", name), "utf8")).toBe(
      readFileSync(join(directory, "whole", name), "utf8"),
    );
});
