import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { Typist } from "./typist";
import { tiny, until } from "./visit";
import { receiveVisitors } from "./visitors";

const visitor = receiveVisitors();

test("Space scrolls the page until a chart has the focus", async () => {
  const visit = await visitor({ at: tiny("&epochs=20") });
  const { page } = visit;
  const typist = await Typist.begin(visit);
  await visit.waitForText("fx-status", /recorded: completed/);
  const scrolled = () => page.evaluate(() => scrollY);
  await typist.press("Space");
  await until("the page does not scroll", async () => (await scrolled()) > 0 || undefined);
  expect(await visit.text("fx-status")).toMatch(/recorded: completed/);
  // Nor is it taken where the page was only clicked.
  await page.mouse.click(2, 2);
  await typist.press("Space");
  expect(await visit.text("fx-status")).toMatch(/recorded: completed/);
  await typist.reach("application RMSE: arrow keys move the cursor, plus and minus zoom");
  await typist.press("Space");
  await visit.waitForText("fx-status", /run 1: completed/);
});

/** The page on a host of its own, which can be out of order. */
let host: Server;
let broken = false;

beforeAll(async () => {
  host = createServer(async ({ url = "" }, response) => {
    if (broken) {
      response.writeHead(503).end("out of order");
      return;
    }
    const { status, headers, body } = await fetch(new URL(`.${url}`, inject("site")));
    response.writeHead(status, { "content-type": headers.get("content-type") ?? "" });
    for await (const piece of body ?? []) response.write(piece);
    response.end();
  });
  await new Promise<void>((resolve) => host.listen(0, "127.0.0.1", resolve));
});

afterAll(() => {
  host.closeAllConnections();
  host.close();
});

test("a host that is out of order leaves the visitor the page that is kept", async () => {
  const site = `http://127.0.0.1:${(host.address() as AddressInfo).port}/`;
  const visit = await visitor({ site });
  const { page } = visit;
  await until(
    "the page is not kept for later",
    async () =>
      (await page.evaluate(
        async () => (await navigator.serviceWorker.ready).active?.state === "activated",
      )) || undefined,
  );
  broken = true;
  const answer = await page.goto(new URL(tiny("&epochs=7"), site).href, { waitUntil: "load" });
  expect(answer?.status()).toBe(200);
  await visit.waitForText("fx-controls", /35 iterations/);
});
