/** After each test of a device: what nobody caught fails it. Vitest runs this for each file, whose hooks they become. */
import { afterEach } from "vitest";
import { findProblems } from "./client";

afterEach(async () => {
  const problems = await findProblems();
  if (problems.length > 0) throw new Error(problems.join("\n"));
});
