import { createRequire } from "node:module";

/** The command line, for Node, that runs a program in the Deno that comes as an npm package. */
export const denoCommand = (program: string): readonly string[] => [
  createRequire(import.meta.url).resolve("deno/bin.cjs"),
  "run",
  "--allow-all",
  "--unstable-webgpu",
  program,
];

/** Keeps Deno from asking the network for a newer one. */
export const denoEnvironment: NodeJS.ProcessEnv = { ...process.env, DENO_NO_UPDATE_CHECK: "1" };
