/** What the drivers of this machine offer, asked in a process of its own: drivers complain, and some crash. */
import { spawn } from "node:child_process";
import {
  type AdapterChoice,
  type AdapterInfo,
  type AdapterReport,
  isChosen,
  reportAdapter,
} from "../engine/gpu/adapter";
import type { Environment } from "./cache";
import { mark, probe } from "./probe";
import { runtime } from "./runtime";

/** What a driver has to offer. */
export interface Offer {
  readonly manifest: string;
  readonly adapters: readonly AdapterReport[];
  /** Why there is nothing, as far as that is known. */
  readonly refused?: string;
}

/** Tells a process that it is asked by another: a program whose executable is not Node itself would ask again. */
const asking = "FLUXION_SURVEY";

/** Milliseconds that drivers may take to answer. */
const patience = 30_000;

/** @param environment what the drivers need beside the environment of this process */
export async function surveyDrivers(
  manifests: readonly string[],
  environment: Environment,
): Promise<readonly Offer[]> {
  if (process.env[asking]) return [];
  const offers: Offer[] = [];
  while (offers.length < manifests.length) {
    const asked = manifests.slice(offers.length, offers.length + runtime.driversInOneProcess);
    const said = await ask(asked, environment);
    const answered = readAnswers(asked, said);
    offers.push(...answered);
    // The process has ended before its time: by the driver that it was at.
    if (answered.length < asked.length)
      offers.push({ manifest: asked[answered.length], adapters: [], refused: said.end });
  }
  return offers;
}

/** What a process has written, and how it ended. */
interface Said {
  readonly stdout: string;
  readonly stderr: string;
  readonly end: string;
}

function ask(manifests: readonly string[], environment: Environment): Promise<Said> {
  const child = spawn(process.execPath, runtime.evaluate(probe, manifests), {
    env: { ...process.env, ...environment, [asking]: "1" },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: patience,
  });
  const said = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const)
    child[name].on("data", (chunk: Buffer) => {
      said[name] += chunk.toString();
    });
  return new Promise((resolve) => {
    child.once("error", ({ message }) => resolve({ ...said, end: `cannot be asked: ${message}` }));
    child.once("close", (status, signal) =>
      resolve({ ...said, end: `ends the process that asks it (${signal ?? `exit status ${status}`})` }),
    );
  });
}

/** One offer for each driver that has answered. */
export function readAnswers(
  manifests: readonly string[],
  { stdout, stderr }: Pick<Said, "stdout" | "stderr">,
): readonly Offer[] {
  const complaints = stderr.split(`${mark}\n`);
  // Drivers may write to standard output, too.
  const lines = stdout.split("\n").filter((line) => /^\[.*\]$/.test(line));
  return lines.slice(0, manifests.length).map((line, i): Offer => {
    const infos: readonly AdapterInfo[] = JSON.parse(line);
    const offer = { manifest: manifests[i], adapters: infos.map(reportAdapter) };
    if (infos.length > 0) return offer;
    // What Dawn misses in a driver. Others have found no device that is theirs.
    const [, missed] = /^Warning: (Vulkan .+?)\.?$/m.exec(complaints[i] ?? "") ?? [];
    return { ...offer, refused: missed ?? "offers no adapter" };
  });
}

/**
 * The manifests of the drivers to open the wanted adapter with: all that have a GPU, so that the runtime chooses the best,
 * else one that has what is wanted. Undefined where none has.
 */
export function chooseDrivers(
  offers: readonly Offer[],
  choice: AdapterChoice,
): readonly string[] | undefined {
  const offering = (wanted: AdapterChoice): string[] =>
    offers
      .filter(({ adapters }) => adapters.some((report) => isChosen(report, wanted)))
      .map(({ manifest }) => manifest);
  if (choice === "auto" || choice === "hardware") {
    const hardware = offering("hardware");
    if (hardware.length > 0) return hardware;
  }
  const [first] = offering(choice);
  return first === undefined ? undefined : [first];
}
