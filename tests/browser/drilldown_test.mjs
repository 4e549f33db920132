// SPDX-License-Identifier: Apache-2.0
// Drilldown: sets of spans, three linked panels, and each tab, with traces of orrery-load. What is shown is compared with what the
// API answers.
import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { Browser, large, small } from "./browser.mjs";
import { Stack, waitFor } from "./stack.mjs";

const stack = new Stack();
let browser;
let page;

before(async () => {
  await stack.startServer();
  await stack.load(130_000, 900);
  browser = await Browser.open();
  page = browser.page;
});

afterEach(() => assert.deepEqual(browser.takeErrors(), []));

after(async () => {
  await browser?.close();
  await stack.stop();
});

const kRange = "from=now-20m&to=now";
const open = async (query = "") => {
  await page.goto(`${stack.url}/drilldown?${kRange}${query === "" ? "" : `&${query}`}`);
  await page.getByRole("region", { name: "Span rate" }).getByText("/s").first().waitFor();
};
const panel = (name) => page.getByRole("region", { name, exact: true });
const tab = (name) => page.getByRole("tab", { name, exact: true });
const settled = () => waitFor("end of loading", async () => (await page.getByRole("progressbar").count()) === 0);

async function count(q) {
  const params = new URLSearchParams({ q: `${q} | count_over_time()`, since: "20m" });
  const answer = await (await fetch(`${stack.url}/tempo/api/metrics/query?${params}`)).json();
  return answer.series?.[0]?.value ?? 0;
}

test("the panels show the chosen set of spans", async () => {
  await open();
  await settled();
  assert.equal(await panel("Span rate").getByRole("radio").isChecked(), true);
  const perSecond = Number((await panel("Span rate").locator("header small").innerText()).replace("/s", ""));
  assert.ok(Math.abs(perSecond * 1200 - 10_000) < 600, `${perSecond} root spans a second in 20 minutes`);
  await page.getByRole("radio", { name: "Server", exact: true }).click();
  await page.getByText("{ kind = server }").waitFor();
  assert.match(page.url(), /spans=server/);
  await page.getByRole("radio", { name: "Consumer", exact: true }).click();
  await page.getByText("No spans of this kind in this time range").waitFor();
  await page.goBack();
  await page.getByText("{ kind = server }").waitFor();
});

test("a panel that is chosen leads the tabs", async () => {
  await open();
  await panel("Errors").getByRole("radio").click();
  await tab("Root cause errors").waitFor();
  await tab("Exceptions").waitFor();
  await panel("Duration").getByRole("radio").click();
  await tab("Root cause latency").waitFor();
  assert.equal(await tab("Exceptions").count(), 0);
  await page.goBack();
  await tab("Exceptions").waitFor();
});

test("breakdown: a chart for each value, whose filters narrow everything", async () => {
  await open("spans=all");
  const tiles = () => page.locator(".tile");
  await waitFor("four services", async () => (await tiles().count()) === 4);
  const names = await tiles().locator("header b").allInnerTexts();
  assert.deepEqual([...names].sort(), ["mock-llm-backend", "server-api", "simple.cpp.client", "vector-db"]);
  await page.getByRole("button", { name: "Only vector-db" }).click();
  await page.getByText('{ true && resource.service.name = "vector-db" }').waitFor();
  await waitFor("one service", async () => (await tiles().count()) === 1);
  await page.getByRole("button", { name: "Without vector-db" }).click();
  await page.getByText('{ true && resource.service.name != "vector-db" }').waitFor();
  await waitFor("three services", async () => (await tiles().count()) === 3);
  await page.getByRole("button", { name: "Remove resource.service.name" }).click();
  await page.getByRole("radio", { name: "Span", exact: true }).click();
  await page.getByRole("combobox", { name: "Other attribute" }).fill("gen_ai.request.model");
  await page.getByRole("option", { name: /gen_ai\.request\.model/ }).first().click();
  await waitFor("models", async () => (await tiles().locator("header b").allInnerTexts()).includes("gpt-4o"));
  await page.getByRole("button", { name: "Make it a favourite" }).click();
  await page.getByLabel("Order by").selectOption("difference");
  await page.locator(".difference").first().waitFor();
  await page.getByRole("radio", { name: "Rows" }).click();
  await page.locator(".tiles.rows").waitFor();
  await page.reload();
  await waitFor("the same after a reload", async () => (await tiles().locator("header b").allInnerTexts()).includes("gpt-4o"));
  await page.getByRole("button", { name: "No longer a favourite" }).click();
});

test("service structure: one tree for each root operation, linked to traces", async () => {
  await open("tab=structure");
  const trees = page.getByRole("tree");
  await waitFor("two operations", async () => (await trees.count()) === 2);
  const first = trees.first().getByRole("treeitem");
  assert.ok((await first.count()) >= 13);
  await first.nth(1).getByRole("button", { name: "Close" }).click();
  await waitFor("closed", async () => (await first.count()) === 2);
  await first.first().getByRole("link").click();
  await page.getByRole("heading", { level: 1 }).waitFor();
  assert.match(page.url(), /\/trace\/[0-9a-f]{32}\?span=/);
});

test("root cause errors end where the errors come from", async () => {
  await open("metric=errors&tab=structure");
  const items = page.getByRole("tree").first().getByRole("treeitem");
  await items.first().waitFor();
  const labels = await items.allInnerTexts();
  assert.ok(labels.every((label) => label.includes("%")), labels.join("; "));
  assert.match(labels.at(-1), /mock-llm-backend/);
});

test("comparison ranks what differs, and its values filter", async () => {
  await open("tab=comparison");
  await page.getByRole("button", { name: "Compare failed spans" }).click();
  const first = page.locator(".compared").first();
  await first.waitFor();
  assert.ok(["span.error.type", "statusMessage"].includes(await first.locator("header b").innerText()));
  assert.equal(await page.getByRole("region", { name: "status", exact: true }).count(), 0);
  await page.getByRole("region", { name: "span.error.type" }).getByRole("button", { name: /Only span.error.type = / }).first().click();
  await page.getByText(/span.error.type = "/).first().waitFor();
});

test("a box on the heat map selects spans by time and duration", async () => {
  await open("metric=duration");
  await settled();
  const plot = panel("Duration").locator(".plot");
  const edge = await plot.boundingBox();
  await page.mouse.move(edge.x + edge.width * 0.5, edge.y + 20);
  await page.mouse.down();
  await page.mouse.move(edge.x + edge.width * 0.8, edge.y + 70, { steps: 5 });
  await page.mouse.up();
  await page.getByText("Selected:").waitFor();
  const [fromMs, toMs, least, most] = new URL(page.url()).searchParams.get("box").split(",").map(Number);
  assert.ok(fromMs < toMs && least < most);
  await tab("Comparison").click();
  await page.locator(".compared").first().waitFor();
  const legend = await page.locator(".compare-legend").innerText();
  const selected = Number(legend.match(/, ([\d\s]+)\s*Baseline/)[1].replaceAll(/\D/g, ""));
  const start = BigInt(fromMs) * 1_000_000n;
  const params = new URLSearchParams({
    q: `{ nestedSetParent < 0 && duration > ${least}ns && duration <= ${most}ns } | count_over_time()`,
    start: String(start), end: String(BigInt(toMs) * 1_000_000n),
  });
  const wanted = (await (await fetch(`${stack.url}/tempo/api/metrics/query?${params}`)).json()).series[0].value;
  assert.ok(Math.abs(selected - wanted) <= Math.max(3, wanted * 0.02), `${selected} selected, ${wanted} counted`);
  await page.getByRole("button", { name: "Clear the selection" }).click();
  await page.getByText("Selected:").waitFor({ state: "detached" });
});

test("exceptions are grouped by what they say", async () => {
  await open("metric=errors&tab=exceptions");
  const rows = page.locator(".exceptions tbody tr");
  await waitFor("four messages", async () => (await rows.count()) === 4);
  const counts = (await rows.locator("td:nth-child(2)").allInnerTexts()).map(Number);
  const failed = await count("{ nestedSetParent < 0 && status = error }");
  assert.equal(counts.reduce((a, b) => a + b, 0), Math.min(400, failed));
  await rows.first().getByRole("link").click();
  await page.getByRole("heading", { level: 1 }).waitFor();
});

test("the spans can be sorted, and any attribute is a column", async () => {
  await open("spans=all&tab=traces");
  const rows = page.locator(".span-scroll [role=row]");
  await rows.first().waitFor();
  await page.getByRole("columnheader", { name: "Duration" }).getByRole("button").click();
  await waitFor("order in the URL", () => page.url().includes("sort=duration.desc"));
  await page.getByRole("combobox", { name: "Add a column" }).fill("gen_ai.request.model");
  await page.getByRole("option", { name: /gen_ai\.request\.model/ }).first().click();
  await page.getByRole("columnheader", { name: /gen_ai\.request\.model/ }).getByRole("button", { name: /model/ }).first().click();
  await waitFor("a model", async () => /gpt|claude|llama|gemini|mistral/i.test(await rows.first().innerText()));
  await page.getByRole("button", { name: "Errored", exact: true }).click();
  await page.getByText("{ true && status = error }").waitFor();
  await waitFor("failed spans", async () => /error/.test(await rows.first().innerText()));
  await page.getByRole("button", { name: "Remove span.gen_ai.request.model" }).click();
  await page.getByRole("link", { name: "Open in Explore" }).first().click();
  await page.getByRole("heading", { name: "Explore traces" }).waitFor();
});

test("a time chart zooms by dragging, and refreshing does not flicker", async () => {
  await open("refresh=5s");
  await settled();
  const plot = panel("Span rate").locator(".plot");
  let emptied = false;
  const watch = setInterval(() => void plot.count().then((n) => { emptied ||= n === 0; }), 50);
  const asked = page.waitForRequest(/metrics\/query_range/);
  await asked;
  await settled();
  clearInterval(watch);
  assert.equal(emptied, false);
  const edge = await plot.boundingBox();
  await page.mouse.move(edge.x + edge.width * 0.3, edge.y + 50);
  await page.mouse.down();
  await page.mouse.move(edge.x + edge.width * 0.6, edge.y + 50, { steps: 4 });
  await page.mouse.up();
  await waitFor("an absolute range", () => /from=\d{13}/.test(page.url()));
});

test("each tab looks right in both sizes and themes", async () => {
  const views = {
    breakdown: "spans=all", structure: "tab=structure", "root-cause": "metric=errors&tab=structure", comparison: "metric=errors&tab=comparison",
    exceptions: "metric=errors&tab=exceptions", traces: "metric=duration&tab=traces&col=span.gen_ai.request.model",
  };
  for (const [size, viewport] of [["large", large], ["small", small]]) {
    await page.setViewportSize(viewport);
    for (const theme of ["dark", "light"]) {
      await open();
      const button = page.getByRole("button", { name: `Use the ${theme} theme` });
      if (await button.isVisible()) await button.click();
      for (const [name, query] of Object.entries(views)) {
        await open(query);
        await page.locator(".tile, [role=treeitem], .compared, .exceptions tr, .span-scroll [role=row]").first().waitFor();
        await settled();
        const main = page.locator("main");
        assert.equal(await main.evaluate((element) => element.scrollWidth > element.clientWidth), false, `${name} at ${size}`);
        const shot = `drilldown-${name}-${size}-${theme}`;
        if (size === "large" && theme === "dark" && name === "breakdown") await browser.image(`drilldown-${name}-dark`);
        else await browser.shot(shot);
      }
    }
  }
});
