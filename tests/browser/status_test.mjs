// SPDX-License-Identifier: Apache-2.0
// The status page against a server that has stored and refused something.
import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { Browser, large as largeWindow, small } from "./browser.mjs";
import { large } from "./odd_traces.mjs";
import { Stack, waitFor } from "./stack.mjs";

const stack = new Stack();
let browser;
let page;

before(async () => {
  await stack.startServer();
  await large(1500).send(stack.otlpHttp);
  const refused = await fetch(`${stack.otlpHttp}/v1/traces`, { method: "POST", headers: { "content-type": "application/json" }, body: "{" });
  assert.equal(refused.status, 400);
  browser = await Browser.open();
  page = browser.page;
});

afterEach(() => assert.deepEqual(browser.takeErrors(), []));

after(async () => {
  await browser?.close();
  await stack.stop();
});

const station = (name) => page.locator(".station", { hasText: name });

test("the pipeline shows receivers, queue and store with what was sent", async () => {
  await page.goto(`${stack.url}/`);
  await page.getByRole("link", { name: "Status" }).click();
  await page.getByRole("heading", { level: 1, name: "Status" }).waitFor();
  await station("OTLP over HTTP").getByText("1 500 spans", { exact: true }).waitFor();
  await station("OTLP over HTTP").getByText("1 request refused").waitFor();
  await station("OTLP over HTTP").getByText(new URL(stack.otlpHttp).port).waitFor();
  await station("OTLP over gRPC").getByText("0 spans", { exact: true }).waitFor();
  await station("Queue").getByText("0 requests", { exact: true }).waitFor();
  await station("Trace store").getByText("1 500 spans", { exact: true }).waitFor();
});

test("rates follow what arrives", async () => {
  await page.goto(`${stack.url}/status`);
  await station("OTLP over HTTP").getByText("0 spans/s").first().waitFor();
  await large(500).send(stack.otlpHttp);
  await waitFor("a rate above 0", async () => !/^0 spans\/s/m.test(await station("OTLP over HTTP").locator("dd").first().innerText()));
  await station("Trace store").getByText("2 000 spans", { exact: true }).waitFor();
});

test("refusals are listed by reason, storage by signal", async () => {
  await page.goto(`${stack.url}/status`);
  const losses = page.getByRole("region", { name: "Refused and dropped" });
  await losses.getByRole("row", { name: /ingest refused requests: invalid http 1/ }).waitFor();
  assert.equal(await losses.getByRole("row").count(), 2);
  await page.getByLabel(/Also the \d+ counters that are 0/).check();
  await losses.getByRole("row", { name: /queue full/ }).first().waitFor();
  assert.match(page.url(), /losses=all/);
  const storage = page.getByRole("region", { name: "Storage by signal" });
  await storage.getByRole("row", { name: /Traces 2 000 spans/ }).waitFor();
});

test("blocks tell how small spans become", async () => {
  await stack.flush();
  await page.goto(`${stack.url}/status`);
  const row = page.getByRole("region", { name: "Storage by signal" }).getByRole("row", { name: /Traces/ });
  await row.getByText(/\d+\.\d B a span/).waitFor();
  await row.getByText(/\d+\.\d times smaller/).waitFor();
  await station("Trace store").getByText("Blocks").locator("xpath=../dd").getByText("1", { exact: true }).waitFor();
});

test("settings in force can be searched and kept to the changed ones", async () => {
  await page.goto(`${stack.url}/status`);
  const table = page.getByRole("region", { name: "Configuration in force" });
  await table.getByRole("row", { name: /query\.timeout 30s/ }).waitFor();
  const all = await table.getByRole("row").count();
  await page.getByLabel("Only those that were changed").check();
  await table.getByRole("row", { name: /data_dir .*changed/ }).waitFor();
  assert.ok((await table.getByRole("row").count()) < all);
  await page.getByRole("textbox", { name: "Find settings" }).fill("tempo.address");
  await table.getByRole("row", { name: /tempo\.address/ }).waitFor();
  assert.equal(await table.getByRole("row").count(), 2);
});

test("it fits both sizes in both themes", async () => {
  for (const [size, viewport] of [["large", largeWindow], ["small", small]]) {
    await page.setViewportSize(viewport);
    for (const theme of ["dark", "light"]) {
      const button = page.getByRole("button", { name: `Use the ${theme} theme` });
      if (await button.isVisible()) await button.click();
      await page.goto(`${stack.url}/status`);
      await station("OTLP over HTTP").getByText("0 spans/s").first().waitFor();
      assert.equal(await page.locator("main").evaluate((main) => main.scrollWidth > main.clientWidth), false, `at ${size}`);
      await browser.shot(`status-${size}-${theme}`);
    }
  }
});

test("a server that does not answer is named, and found again", async () => {
  await page.goto(`${stack.url}/status`);
  await station("Queue").waitFor();
  await page.route("**/api/orrery/**", (route) => route.abort("connectionrefused"));
  await page.getByRole("alert").getByText("the server can't be reached").waitFor();
  await page.unroute("**/api/orrery/**");
  await page.getByRole("button", { name: "Try again" }).click();
  await station("Queue").waitFor();
  assert.deepEqual(browser.takeErrors(/ERR_CONNECTION_REFUSED/), []);
});
