// SPDX-License-Identifier: Apache-2.0
// Two traces side by side: chosen by id or from the same operation, compared on one tree and by operation.
import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { Browser, large, small } from "./browser.mjs";
import { OddTrace } from "./odd_traces.mjs";
import { Stack, waitFor } from "./stack.mjs";

const stack = new Stack();
let browser;
let page;
let ids;

// A call that asks the database once, and one that asks twice, slower, and retries.
async function send(slow) {
  const trace = new OddTrace(slow ? 5000 : 9000);
  const root = trace.add("shop", "GET /cart", 0, slow ? 400 : 200);
  trace.add("shop", "render", slow ? 330 : 150, 40, { parent: root });
  trace.add("store", "SELECT", 10, slow ? 250 : 100, { parent: root });
  if (slow) trace.add("store", "retry", 270, 50, { parent: root });
  else trace.add("shop", "cache", 120, 20, { parent: root });
  return trace.send(stack.otlpHttp);
}

before(async () => {
  await stack.startServer();
  ids = [await send(false), await send(true)];
  browser = await Browser.open();
  page = browser.page;
});

afterEach(() => assert.deepEqual(browser.takeErrors(), []));

after(async () => {
  await browser?.close();
  await stack.stop();
});

const verdicts = () => page.locator(".compare-tree li").evaluateAll((rows) =>
  Object.fromEntries(rows.map((row) => [row.querySelector(".cut").textContent.trim(), row.querySelector(".verdict").textContent])));

test("a trace is put beside another of the same operation", async () => {
  await page.goto(`${stack.url}/trace/${ids[0]}`);
  await page.getByRole("link", { name: "Compare" }).click();
  const other = page.getByRole("region", { name: "Trace B" });
  await other.getByText("Or another GET /cart of shop:").waitFor();
  await waitFor("one other trace", async () => (await other.getByRole("listitem").count()) === 1);
  await other.getByRole("listitem").getByRole("button").click();
  await waitFor("both ids", () => page.url().includes(`a=${ids[0]}`) && page.url().includes(`b=${ids[1]}`));
  await waitFor("five operations", async () => (await page.locator(".compare-tree li").count()) === 5);
  assert.deepEqual(await verdicts(), {
    "shop GET /cart": "slower +200 ms (+100 %)", "store SELECT": "slower +150 ms (+150 %)", "shop cache": "only in A", "shop render": "", "store retry": "only in B",
  });
});

test("both sides swap, and ids that are none are told", async () => {
  await page.goto(`${stack.url}/compare?a=${ids[0]}&b=${ids[1]}`);
  await page.locator(".compare-tree li").first().waitFor();
  await page.getByRole("button", { name: "Swap" }).click();
  await waitFor("the contrary", async () => (await verdicts())["shop GET /cart"] === "faster −200 ms (−50 %)");
  await page.getByRole("region", { name: "Trace B" }).getByRole("button", { name: "Take another" }).click();
  await page.getByLabel("ID of trace B").fill("no id");
  assert.equal(await page.getByLabel("ID of trace B").getAttribute("aria-invalid"), "true");
  await page.getByLabel("ID of trace B").fill("1234abcd");
  await page.getByRole("button", { name: "Show", exact: true }).click();
  await page.getByText("There is no such trace").waitFor();
});

test("operations are compared in self time", async () => {
  await page.goto(`${stack.url}/compare?a=${ids[0]}&b=${ids[1]}`);
  await page.getByRole("tab", { name: "Operations" }).click();
  const first = page.locator(".compare tbody tr").first();
  assert.deepEqual((await first.locator("td").allInnerTexts()).map((text) => text.trim()), [
    "store SELECT", "1", "1", "100 ms", "250 ms", "100 ms", "250 ms", "+150 ms (+150 %)",
  ]);
});

test("it looks right in both sizes and themes", async () => {
  for (const [size, viewport] of [["large", large], ["small", small]]) {
    await page.setViewportSize(viewport);
    for (const theme of ["dark", "light"]) {
      await page.goto(`${stack.url}/compare?a=${ids[0]}&b=${ids[1]}`);
      await page.locator(".compare-tree li").first().waitFor();
      const button = page.getByRole("button", { name: `Use the ${theme} theme` });
      if (await button.isVisible()) await button.click();
      assert.equal(await page.locator("main").evaluate((main) => main.scrollWidth > main.clientWidth), false, size);
      await browser.shot(`compare-${size}-${theme}`);
    }
  }
});
