import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { tiny, until, type Visit } from "./visit";
import { keepVisitor } from "./visitors";

const kept = keepVisitor();

/** Kilobytes of all scripts that are loaded before anything is asked of the page, gzipped, the worker's among them. */
async function startScripts(visit: Visit): Promise<Map<string, number>> {
  const urls = await visit.page.evaluate(() =>
    performance
      .getEntriesByType("resource")
      .map(({ name }) => name)
      .filter((name) => name.endsWith(".js")),
  );
  const workers = visit.page.workers();
  const imported = await Promise.all(
    workers.map((worker) =>
      worker.evaluate(() =>
        performance
          .getEntriesByType("resource")
          .map(({ name }) => name)
          .filter((name) => name.endsWith(".js")),
      ),
    ),
  );
  const all = new Set([...urls, ...workers.map((worker) => worker.url()), ...imported.flat()]);
  const sizes = new Map<string, number>();
  for (const url of all) {
    const body = Buffer.from(await (await fetch(url)).arrayBuffer());
    sizes.set(url, gzipSync(body).length / 1000);
  }
  return sizes;
}

test("the page is small", async () => {
  const visit = kept();
  await visit.waitForText("fx-status", /recorded/);
  const sizes = await startScripts(visit);
  const total = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  expect([...sizes.keys()].some((url) => /worker/.test(url))).toBe(true);
  expect([...sizes.keys()].filter((url) => /your-function|laboratory|study|export-files/.test(url))).toEqual(
    [],
  );
  expect(total).toBeGreaterThan(100);
  expect(total).toBeLessThan(350);
});

test("a strict policy forbids code, styles and requests from anywhere else", async () => {
  const visit = kept();
  const policy = await visit.page.$eval('meta[http-equiv="Content-Security-Policy"]', (meta) =>
    meta.getAttribute("content"),
  );
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toMatch(/unsafe|\*|https?:/);
  await visit.page.evaluate(async () => {
    const violations: string[] = [];
    Object.assign(window, { violations });
    document.addEventListener("securitypolicyviolation", ({ effectiveDirective }) =>
      violations.push(effectiveDirective),
    );
    const script = document.createElement("script");
    script.textContent = "window.injected = true";
    document.head.append(script);
    document.body.insertAdjacentHTML("beforeend", '<p style="color: red"></p>');
    await fetch("https://example.org/").catch(() => undefined);
  });
  await until("not everything is refused", async () => {
    const violations = await visit.page.evaluate(
      () => (window as unknown as { violations: string[] }).violations,
    );
    return (
      ["script-src-elem", "style-src-attr", "connect-src"].every((each) => violations.includes(each)) ||
      undefined
    );
  });
  // These were provoked.
  visit.complaints.splice(0);
  visit.strays.splice(0);
  expect(await visit.page.evaluate(() => "injected" in window)).toBe(false);
});

test("it opens without a network once it has been opened with one, and trains", async () => {
  const visit = kept();
  const { page } = visit;
  await until(
    "the page is not kept for later",
    async () =>
      (await page.evaluate(
        async () => (await navigator.serviceWorker.ready).active?.state === "activated",
      )) || undefined,
  );
  await page.setOfflineMode(true);
  await visit.open(tiny("&epochs=2"));
  await visit.press("Train");
  await visit.waitForText("fx-status", /run 1: completed/);
  for (const [tab, element] of [
    ["Your function", "fx-your-function"],
    ["Laboratory", "fx-laboratory"],
    ["Network", "fx-network"],
    ["Kernels", "fx-kernels"],
    ["Self-test", "fx-self-test"],
  ] as const)
    await visit.openTab(tab, element);
});
