// SPDX-License-Identifier: Apache-2.0
// Explore beyond the first search: answers that grow while the server searches, spans instead of traces, metrics, saved queries, a
// trace beside the list.
import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { Browser, large, small } from "./browser.mjs";
import { Stack, waitFor } from "./stack.mjs";

const stack = new Stack();
let browser;
let page;

before(async () => {
  await stack.startServer();
  await stack.load(26_000, 600);
  browser = await Browser.open();
  page = browser.page;
});

afterEach(() => assert.deepEqual(browser.takeErrors(), []));

after(async () => {
  await browser?.close();
  await stack.stop();
});

const rows = () => page.locator("[data-trace]");
const explore = (query) => page.goto(`${stack.url}/explore?${new URLSearchParams(query)}`);

// A server that takes its time: lines of a stream, one by one, from a page's script in place of the network.
async function slowSearch(parts) {
  await page.addInitScript((lines) => {
    const real = window.fetch;
    window.fetch = (path, init) => {
      if (!String(path).includes("/api/orrery/v1/search")) return real(path, init);
      const body = new ReadableStream({
        async start(controller) {
          init?.signal?.addEventListener("abort", () => controller.error(init.signal.reason));
          for (const line of lines) {
            controller.enqueue(new TextEncoder().encode(`${JSON.stringify(line)}\n`));
            await new Promise((done) => { window.nextLine = done; });
          }
          controller.close();
        },
      });
      return Promise.resolve(new Response(body));
    };
  }, parts);
}

test("results show while the search goes on, and it can be stopped with them", async () => {
  const found = (i) => ({ traceID: String(i), rootServiceName: "shop", rootTraceName: `GET /${i}`, startTimeUnixNano: String(Date.now() * 1e6 - i) });
  await slowSearch([
    { traces: [found(1)], metrics: { completedJobs: 1, totalJobs: 4 } },
    { traces: [found(2)], metrics: { completedJobs: 3, totalJobs: 4 } },
    { traces: [found(1), found(2), found(3)], metrics: { completedJobs: 4, totalJobs: 4 }, done: true },
  ]);
  await explore({});
  await page.getByText("25 % searched · 1 trace so far").waitFor();
  assert.equal(await rows().count(), 1);
  await page.evaluate(() => window.nextLine());
  await page.getByText("75 % searched · 2 traces so far").waitFor();
  await page.getByRole("button", { name: "Stop", exact: true }).click();
  await page.getByText("stopped before the end").waitFor();
  assert.equal(await rows().count(), 2);
  await page.reload();
  await page.getByText("25 % searched").waitFor();
  await page.evaluate(() => window.nextLine());
  await page.getByText("75 % searched").waitFor();
  await page.evaluate(() => window.nextLine());
  await page.evaluate(() => window.nextLine());  // The end of the stream.
  await waitFor("all three", async () => (await rows().count()) === 3);
  // The next tests ask the real server.
  await browser.close();
  browser = await Browser.open();
  page = browser.page;
});

test("a search can be listed by spans, each with what the query names", async () => {
  await explore({ mode: "traceql", q: '{ span.gen_ai.request.model != nil && resource.service.name = "server-api" }' });
  await rows().first().waitFor();
  await page.getByRole("radio", { name: "Spans" }).click();
  const lines = page.locator(".span-scroll [role=row]");
  await lines.first().waitFor();
  await page.getByRole("columnheader", { name: /gen_ai.request.model/ }).waitFor();
  assert.match(await lines.first().innerText(), /server-api/);
  assert.match(page.url(), /list=spans/);
  await browser.shot("explore-spans-dark");
  await page.goBack();
  await rows().first().waitFor();
});

test("a query of metrics is drawn and tabled", async () => {
  await explore({ mode: "traceql", q: "{ } | quantile_over_time(duration, .5, .95) by (resource.service.name)" });
  const table = page.locator(".metrics-results tbody tr");
  await waitFor("eight series", async () => (await table.count()) === 8);
  assert.match(await table.first().innerText(), /resource\.service\.name = ".*", p = 0\.95\s.*(ms|s)/s);
  await browser.shot("explore-metrics-dark");
  await explore({ mode: "traceql", q: "{ } | rate(" });
  await page.getByText("The query has a mistake").waitFor();
  assert.deepEqual(browser.takeErrors(/status of 400/), []);
});

test("queries are kept under a name, and those asked lately are listed", async () => {
  await explore({ mode: "traceql", q: "{ status = error }" });
  await rows().first().waitFor();
  await page.getByRole("button", { name: "Run" }).click();
  await page.getByRole("button", { name: "Saved queries" }).click();
  await page.getByRole("textbox", { name: "Name for this query" }).fill("What failed");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByRole("button", { name: /^What failed/ }).waitFor();
  await browser.shot("saved-queries-dark");
  await explore({ mode: "traceql", q: "{ kind = server }" });
  await rows().first().waitFor();
  await page.getByRole("button", { name: "Saved queries" }).click();
  await page.getByRole("button", { name: /^What failed/ }).click();
  await waitFor("the saved query", () => new URL(page.url()).searchParams.get("q") === "{ status = error }");
  await page.getByRole("button", { name: "Saved queries" }).click();
  assert.ok(await page.getByText("Asked lately").isVisible());
  await page.getByRole("button", { name: "Forget What failed" }).click();
  await page.getByText("None yet").waitFor();
  await page.keyboard.press("Escape");
});

test("a trace opens beside the list", async () => {
  await explore({});
  await page.getByRole("button", { name: /beside the list/ }).first().click();
  const peek = page.getByRole("complementary", { name: "The chosen trace" });
  await waitFor("its spans", async () => (await peek.getByRole("listitem").count()) === 13);
  assert.ok((await rows().count()) > 5);
  for (const [size, viewport] of [["large", large], ["small", small]]) {
    await page.setViewportSize(viewport);
    await browser.shot(`explore-peek-${size}-dark`);
    assert.equal(await page.locator("main").evaluate((main) => main.scrollWidth > main.clientWidth), false, size);
  }
  await page.setViewportSize(large);
  await page.getByRole("button", { name: "Close the trace" }).click();
  await peek.waitFor({ state: "detached" });
});
