/** The bench in Chrome: Fluxion as on the command line, and its peers beside it. Works in a clone of the repository. */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { defaultBilstmOptions, type NetworkName } from "../src/calculus";
import type { Benchmark } from "../src/check";
import { UsageError } from "../src/cli/errors";
import { requireExpected } from "../src/cli/host";
import { type AdapterChoice, type AdapterReport, NoAdapterError } from "../src/engine";
import { nameAdapter } from "../src/engine/gpu/adapter";
import { findDrivers } from "../src/node/vulkan";
import { findChrome } from "./chrome/find";
import {
  batchesToTry,
  compare,
  disagreement,
  type Failure,
  type Pairing,
  type PeerFigures,
  type Unsupported,
} from "./comparison";
import type { KernelWishes, Prepared, StepBudget, Timed } from "./page/door";
import type { Task } from "./page/task";
import { installPeers, type Peer, peers, versionOf } from "./peers";
import { Session } from "./session";
import { servePages } from "./site";

export interface BenchRequest {
  readonly networks: readonly NetworkName[];
  readonly batch: number;
  readonly steps?: number;
  readonly adapter: AdapterChoice;
  readonly expectAdapter?: RegExp;
  readonly kernels: KernelWishes;
  readonly peers: boolean;
  /** Told, a line each, what goes on. */
  readonly say: (text: string) => void;
}

export interface ChromeFigures extends Benchmark {
  readonly browser: string;
  readonly adapter: AdapterReport;
  readonly peers: readonly PeerFigures[];
  readonly unsupported: readonly Unsupported[];
  readonly failures: readonly Failure[];
}

/** Steps of peers, and of Fluxion beside them, where nobody says how many. */
const stepBudget: StepBudget = { least: 3, most: 24, milliseconds: 10_000 };

/**
 * Times training steps in one headless Chrome.
 * @throws UsageError where there is no clone of the repository, no browser or no peers to install, NoAdapterError where
 *   there is no such adapter
 */
export async function benchInChrome(request: BenchRequest): Promise<ChromeFigures> {
  const root = findRepository();
  requireNamedDriver();
  await findChrome().catch((error: Error) => {
    throw new UsageError(`--host chrome: ${error.message}`, { cause: error });
  });
  if (request.peers) installPeers(root, request.say);
  const site = await servePages(root, ["page/own", ...(request.peers ? peers.map(({ page }) => page) : [])]);
  const session = new Session(site, request.adapter === "software" ? "software" : "any", request.say);
  try {
    const own = await benchmarkOwn(session, request);
    return { ...own, ...(await benchmarkPeers(root, session, request, own.adapter.software)) };
  } finally {
    await session.close();
    await site.close();
  }
}

/**
 * Chrome has a SwiftShader of its own, and takes it in silence where a driver that the user names has nothing for it.
 * @param adapter what it has taken, once that is known
 * @throws NoAdapterError where that is so
 */
function requireNamedDriver(adapter?: AdapterReport): void {
  const named = process.platform === "linux" ? findDrivers().named : undefined;
  if (named === undefined) return;
  const what = `--host chrome: ${named.words}`;
  if (!named.manifests.some((manifest) => existsSync(manifest)))
    throw new NoAdapterError(`${what}: no such file`);
  const isIt = named.manifests.some((manifest) => /swiftshader/i.test(manifest));
  if (adapter?.architecture === "swiftshader" && !isIt)
    throw new NoAdapterError(`${what}: Chrome finds no adapter there, only its own SwiftShader`);
}

/** The folder of the repository around this program. */
function findRepository(): string {
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    if (existsSync(join(folder, "bench/page/own.html"))) return folder;
    if (folder === dirname(folder))
      throw new UsageError(
        "--host chrome: works in a clone of the repository only, after npm ci; --host node works anywhere",
      );
  }
}

async function benchmarkOwn(
  session: Session,
  { adapter: choice, expectAdapter, kernels, networks, batch, steps, say }: BenchRequest,
): Promise<Benchmark & Pick<ChromeFigures, "browser" | "adapter">> {
  const browser = await session.version();
  return session.visit("page/own", "Fluxion", async (page) => {
    const adapter = await page.evaluate((...wanted) => window.own.open(...wanted), choice, kernels);
    if ("missing" in adapter)
      throw new NoAdapterError(`--host chrome --adapter ${choice}: ${adapter.missing}`);
    requireNamedDriver(adapter);
    requireExpected(adapter, expectAdapter);
    say(`running on ${nameAdapter(adapter)} in ${browser}`);
    const options = { networks, batch, ...(steps === undefined ? {} : { steps }) };
    const figures = await page.evaluate((asked) => window.own.benchmark(asked), options);
    return { browser, adapter, ...figures };
  });
}

async function benchmarkPeers(
  root: string,
  session: Session,
  request: BenchRequest,
  software: boolean,
): Promise<Pick<ChromeFigures, "peers" | "unsupported" | "failures">> {
  const figures: PeerFigures[] = [];
  const unsupported: Unsupported[] = [];
  const failures: Failure[] = [];
  const budget =
    request.steps === undefined ? stepBudget : { least: request.steps, most: request.steps, milliseconds: 0 };
  /** Timed once for all peers of the same size. */
  const ours = new Map<string, Prepared & Timed>();
  const comparePeer = async (peer: Peer, pairing: Pairing, batch: number): Promise<PeerFigures> => {
    const { network } = pairing;
    const task = { network, batch, dropout: defaultBilstmOptions.dropout };
    const key = `${network} ${batch}`;
    const own = ours.get(key) ?? (await timeOwn(session, request, task, budget).catch(blameOwn));
    ours.set(key, own);
    return timePeer(session, peer, pairing, task, budget, own);
  };
  for (const network of request.networks)
    for (const peer of request.peers ? peers : []) {
      const pairing = { peer: peer.name, version: versionOf(root, peer), network };
      const reason = peer.unsupported[network];
      if (reason !== undefined) {
        unsupported.push({ ...pairing, reason });
        continue;
      }
      for (const batch of batchesToTry(request.batch, software ? peer.mostWithoutGpu[network] : undefined)) {
        try {
          figures.push(await comparePeer(peer, pairing, batch));
          break;
        } catch (error) {
          const [reason] = (error instanceof Error ? error.message : String(error)).split("\n");
          failures.push({ ...pairing, batch, reason });
          request.say(`${peer.name} ${network}, batch ${batch}: failed: ${reason}`);
          if (error instanceof DisagreementError) break;
        }
      }
    }
  return { peers: figures, unsupported, failures };
}

/** The peer computes something else: there is nothing to be timed, at any size. */
class DisagreementError extends Error {
  override readonly name = "DisagreementError";
}

/** A peer has nothing to be compared with, through no fault of its own. */
function blameOwn(error: Error): never {
  throw new Error(`Fluxion itself failed: ${error.message}`, { cause: error });
}

function timeOwn(
  session: Session,
  { adapter, kernels }: BenchRequest,
  task: Task,
  budget: StepBudget,
): Promise<Prepared & Timed> {
  const label = `Fluxion ${task.network}, batch ${task.batch}`;
  return session.visit("page/own", label, async (page) => {
    await page.evaluate((...wanted) => window.own.open(...wanted), adapter, kernels);
    const prepared = await page.evaluate((asked) => window.own.prepare(asked), task);
    const timed = await page.evaluate((asked, steps) => window.own.time(asked, steps), task, budget);
    return { ...prepared, ...timed };
  });
}

function timePeer(
  session: Session,
  peer: Peer,
  pairing: Pairing,
  task: Task,
  budget: StepBudget,
  own: Prepared & Timed,
): Promise<PeerFigures> {
  const label = `${peer.name} ${task.network}, batch ${task.batch}`;
  return session.visit(peer.page, label, async (page) => {
    const prepared = await page.evaluate((asked) => window.peer.prepare(asked), task);
    const reason = disagreement(own, prepared);
    if (reason !== undefined) throw new DisagreementError(reason);
    const timed = await page.evaluate((steps) => window.peer.time(steps), budget);
    return compare(pairing, task.batch, own, { ...prepared, ...timed });
  });
}
