// SPDX-License-Identifier: Apache-2.0
// One trace in all its views: conversation, links, filters, node graph, flame graph, statistics; traces that are not whole or
// too large. What is shown is compared with what was sent.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, afterEach, before, test } from "node:test";
import { Browser, large as largeWindow, small } from "./browser.mjs";
import { agent } from "./llm_traces.mjs";
import { gaps, large, OddTrace, rootless } from "./odd_traces.mjs";
import { Stack, waitFor } from "./stack.mjs";

const stack = new Stack();
const ids = {};
let first;
let second;
let browser;
let page;

before(async () => {
  await stack.startServer();
  first = agent();
  ids.first = await first.send(stack.otlpHttp);
  second = agent({ id: first.id, spanId: first.rootSpan });
  ids.second = await second.send(stack.otlpHttp);
  ids.large = await large(2000).send(stack.otlpHttp);
  ids.gaps = await gaps().send(stack.otlpHttp);
  ids.old = await rootless(600_000).send(stack.otlpHttp);
  browser = await Browser.open();
  page = browser.page;
});

afterEach(() => assert.deepEqual(browser.takeErrors(), []));

after(async () => {
  await browser?.close();
  await stack.stop();
});

const spans = () => page.getByRole("treeitem");
const detail = () => page.getByRole("complementary");
const nodes = () => page.locator(".graph-node");
const frame = () => page.locator(".flame-now");
const rows = () => page.locator(".stat-row.body");

async function open(name, query = "") {
  await page.goto(`${stack.url}/trace/${ids[name]}${query}`);
  await page.getByRole("heading", { level: 1 }).waitFor();
}

async function useTheme(theme) {
  const button = page.getByRole("button", { name: `Use the ${theme} theme` });
  if (await button.isVisible()) await button.click();
}

test("an LLM call shows its conversation, tokens and parameters", async () => {
  await open("second");
  await page.getByTitle(/4 360 tokens in, 316 out/).waitFor();
  await page.locator(".fact", { hasText: "LLM calls" }).getByText("3", { exact: true }).waitFor();
  await page.getByRole("treeitem", { name: /chat gpt-5-mini/ }).click();
  const card = detail().getByRole("group", { name: "LLM call" });
  for (const text of ["gpt-5-mini-2026-08-07", "asked for gpt-5-mini", "1 536 cached (83.5 %)", "128 reasoning (60.4 %)", "310 ms", "medium", "conv-29"]) {
    await card.getByText(text, { exact: true }).waitFor();
  }
  const messages = detail().locator(".message");
  assert.deepEqual(await messages.locator(":scope > header > b").allInnerTexts(), ["System", "User", "Assistant"]);
  await messages.nth(1).getByText("Will it rain in Rome tomorrow").waitFor();
  await messages.nth(2).getByText("The weather decides.").waitFor();
  assert.deepEqual(await messages.nth(2).locator(".tool-use header b").allInnerTexts(), ["get_weather", "timetable"]);
  await detail().getByText("2 tools offered: get_weather, timetable").click();
  await detail().getByText("Weather of a town on a day.", { exact: true }).waitFor();
});

test("older and other dialects show the same", async () => {
  await open("second");
  await page.getByRole("treeitem", { name: /ChatCompletion/ }).click();
  await detail().locator(".message.assistant").getByText("It will rain from noon on").waitFor();
  await detail().getByRole("group", { name: "LLM call" }).getByText("2 306", { exact: true }).waitFor();
  await page.getByRole("treeitem", { name: /anthropic.chat/ }).click();
  await detail().locator(".message.assistant").getByText("Yes.").waitFor();
  await page.getByRole("treeitem", { name: /get_weather/ }).click();
  await detail().locator(".message.tool").getByText('"rain_mm": 6').waitFor();
});

test("links lead there and back, and Back works", async () => {
  await open("second", `?span=${second.rootSpan}`);
  await detail().getByRole("link", { name: new RegExp(`span ${first.rootSpan} of trace`) }).click();
  await page.getByText(ids.first).waitFor();
  await detail().getByText("Linked from").waitFor();
  await detail().getByRole("link", { name: "invoke_agent trip-planner" }).click();
  await waitFor("the linking trace", () => page.url().includes(ids.second));
  await page.goBack();
  await waitFor("the linked trace", () => page.url().includes(ids.first));
  await detail().getByText("Linked from").waitFor();
});

test("an exception comes with its stack trace, events are ticks", async () => {
  await open("second");
  const row = page.getByRole("treeitem", { name: /execute_tool timetable.*, error$/ });
  assert.equal(await row.locator(".event-mark").count(), 2);
  await row.click();
  await detail().locator(".event.exception pre").getByText("at timetable (tools/timetable.py:21)").waitFor();
  await detail().locator(".status-box.error").getByText("no answer from transit.example").waitFor();
});

test("filters are combined, counted, stepped through and kept in the URL", async () => {
  await open("large");
  await page.getByRole("button", { name: "Filters" }).click();
  await page.getByRole("combobox", { name: "Service of the span" }).fill("db");
  await page.getByRole("option", { name: /^db/ }).click();
  const count = async () => Number((await page.locator(".match-steps .summary").innerText()).replaceAll(/\s/g, "").match(/(\d+)match/)?.[1]);
  await waitFor("spans of the service", async () => (await count()) === 348);
  await page.getByRole("combobox", { name: "Status" }).selectOption("error");
  await waitFor("failed ones", async () => (await count()) === 4);
  await page.getByRole("button", { name: "Add attribute" }).click();
  await page.getByRole("combobox", { name: "Attribute", exact: true }).fill("http.route");
  await page.getByRole("option", { name: /^http\.route/ }).click();
  const value = page.getByRole("combobox", { name: "Value of http.route" });
  await page.getByRole("combobox", { name: "Operator" }).selectOption("=~");
  await value.fill("/v1/items/.*");
  await page.keyboard.press("Enter");
  await waitFor("the attribute in the URL", () => page.url().includes("attr=http.route"));
  assert.equal(await count(), 4);
  await page.reload();
  await waitFor("the same after a reload", async () => (await count()) === 4);
  await page.getByRole("button", { name: "Next match (n)" }).click();
  await page.getByText("1 of 4 matches").waitFor();
  await page.getByRole("button", { name: "Previous match (Shift+N)" }).click();
  await page.getByText("4 of 4 matches").waitFor();
  await page.getByLabel("At least").fill("soon");
  assert.equal(await page.getByLabel("At least").getAttribute("aria-invalid"), "true");
  await page.getByLabel("At least").fill("10min");
  await page.getByText("0 matches").waitFor();
  await page.getByRole("button", { name: "Clear the filter" }).click();
  await waitFor("no filter in the URL", () => new URL(page.url()).search === "");
});

test("the node graph shows times and shares, in three layouts, by keyboard", async () => {
  await open("second", "?tab=graph");
  await waitFor("eight nodes", async () => (await nodes().count()) === 8);
  const failing = nodes().filter({ has: page.getByRole("button", { name: "trip-agent execute_tool timetable: total 410 ms, self 10 ms, 1 error" }) });
  assert.deepEqual(await failing.locator("text").allTextContents().then((texts) => texts.slice(0, 4)), ["410.00 ms", "11.4 %", "10.00 ms", "2.44 %"]);
  assert.match(await failing.getAttribute("class"), /\bfailed\b/);
  const places = async () => nodes().evaluateAll((list) => list.map((node) => node.getAttribute("transform")).join());
  const seen = new Set([await places()]);
  for (const layout of ["Force", "Grid"]) {
    await page.getByRole("radio", { name: layout }).click();
    await waitFor(`${layout} in the URL`, () => page.url().includes(`layout=${layout.toLowerCase()}`));
    await waitFor("other places", async () => !seen.has(await places()));
    seen.add(await places());
  }
  await page.getByRole("radio", { name: "Layered" }).click();
  await nodes().first().getByRole("button").focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter");
  await detail().waitFor();
  assert.match(page.url(), /span=[0-9a-f]{16}/);
  const scale = () => page.locator(".node-graph svg > g").getAttribute("transform");
  const fitted = await scale();
  await page.keyboard.press("+");
  await waitFor("a larger picture", async () => (await scale()) !== fitted);
});

test("the flame graph merges what is called the same, and is walked by keyboard", async () => {
  await open("large", "?tab=flame");
  await frame().getByText("batch").waitFor();
  await page.getByRole("application").focus();
  await page.keyboard.press("ArrowDown");
  await frame().getByText("op-1-0").waitFor();
  await frame().getByText(/^44 spans · work .* · self .* · total .*$/).waitFor();
  await page.keyboard.press("Enter");
  await waitFor("focus in the URL", () => /[?&]focus=[0-9a-f]{16}/.test(page.url()));
  await page.reload();
  await page.getByRole("button", { name: "Show all" }).click();
  await waitFor("no focus", () => !page.url().includes("focus="));
  await page.getByRole("application").focus();
  await page.keyboard.press("o");
  await detail().waitFor();
});

test("statistics add up, sort, and lead to their spans", async () => {
  await open("second", "?tab=statistics");
  await waitFor("eight rows", async () => (await rows().count()) === 8);
  const cells = (row) => row.locator("> [role=cell]").allInnerTexts();
  assert.deepEqual((await cells(rows().first())).map((text) => text.trim()), ["trip-agent", "ChatCompletion", "1", "–", "1.45 s", "1.45 s", "1.45 s", "1.45 s"]);
  await page.getByRole("columnheader", { name: "Total" }).getByRole("button").click();
  await rows().first().getByText("POST /ask").waitFor();
  assert.equal(await page.getByRole("columnheader", { name: "Total" }).getAttribute("aria-sort"), "descending");
  await page.goto(`${stack.url}/trace/${ids.large}?tab=statistics&sort=count.desc`);
  await rows().first().getByRole("link").click();
  await page.getByText("348 matches").first().waitFor();
  await page.goBack();
  await rows().first().waitFor();
});

test("an export comes back by import", async () => {
  await open("second");
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Export" }).click()]);
  const json = readFileSync(await download.path(), "utf8");
  await page.goto(`${stack.url}/explore`);
  await page.getByRole("button", { name: "Import trace" }).click();
  await page.getByLabel("Or paste it").fill(json);
  await page.getByRole("button", { name: "Open", exact: true }).click();
  await spans().first().waitFor();
  assert.match(page.url(), /\/trace\/imported/);
  assert.equal(await spans().count(), 8);
  await page.getByRole("tab", { name: "Node graph" }).click();
  await waitFor("eight nodes", async () => (await nodes().count()) === 8);
});

test("a trace can be kept from expiring", async () => {
  await open("second");
  await page.getByRole("button", { name: "Keep", exact: true }).click();
  await page.getByRole("button", { name: "Kept", pressed: true }).waitFor();
  const pins = async () => (await (await fetch(`${stack.url}/api/orrery/v1/pins`)).json()).traceIds;
  assert.deepEqual(await pins(), [ids.second]);
  await page.reload();
  await page.getByRole("button", { name: "Kept", pressed: true }).click();
  await waitFor("no pin", async () => (await pins()).length === 0);
});

test("a trace that is running is followed until its root comes", async () => {
  const trace = new OddTrace(2000);
  const root = trace.reserve();
  trace.add("worker", "step", 0, 500, { parent: root });
  const id = await trace.send(stack.otlpHttp);
  await page.goto(`${stack.url}/trace/${id}`);
  await page.getByText("the trace may still be running").waitFor();
  const rest = new OddTrace(2000, id);
  rest.add("front", "job", 0, 1500, { spanId: root });
  await rest.send(stack.otlpHttp);
  await page.getByRole("treeitem", { name: /front job/ }).waitFor();
  await page.getByText("the trace may still be running").waitFor({ state: "detached" });
});

test("a slow trace says so and can be left", async () => {
  await page.goto(`${stack.url}/explore`);
  await page.locator("[data-trace]").first().waitFor();
  await page.route("**/tempo/api/v2/traces/**", () => undefined);  // Never answered.
  await page.locator("[data-trace] a").first().click();
  await page.getByText("Still loading").waitFor();
  await page.getByRole("button", { name: "Stop and go back" }).click();
  await page.locator("[data-trace]").first().waitFor();
  await page.unroute("**/tempo/api/v2/traces/**");
});

test("what is missing is told apart", async () => {
  await open("old");
  await page.getByText("nothing has come for a while").waitFor();
  await open("gaps");
  await page.getByText("2 spans name a parent that is not here").waitFor();
});

test("the JSON of a large trace is exported, not shown", async () => {
  const id = await stack.sendOneTrace(26_000);
  await page.goto(`${stack.url}/trace/${id}?tab=json`);
  await page.getByRole("heading", { name: "Too long to be shown as JSON" }).waitFor();
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Export" }).click()]);
  assert.equal(readFileSync(await download.path(), "utf8").match(/"spanId":/g).length, 26_000);
});

test("a trace of too many spans is told so, and parts of it can be opened", async () => {
  const id = await stack.sendOneTrace(260_000);
  await page.goto(`${stack.url}/trace/${id}`);
  // The page's limit, or the server's, which answers with a part.
  await page.getByText(/too large to be shown whole|only a part of this trace was returned/).first().waitFor({ timeout: 60_000 });
  await browser.shot("trace-too-large-dark");
  await page.goto(`${stack.url}/trace/${id}?part=errors`);
  await spans().first().waitFor({ timeout: 60_000 });
  await page.getByText("Only a part of this trace is shown.").waitFor();
});

test("each part looks right in both sizes and themes", async () => {
  for (const [size, viewport] of [["large", largeWindow], ["small", small]]) {
    await page.setViewportSize(viewport);
    for (const theme of ["dark", "light"]) {
      await useTheme(theme);
      const show = async (name, query, ready) => {
        await open("second", query);
        await ready().first().waitFor();
        // Tokens are counted after the first picture, spans that link here looked up.
        await page.getByTitle(/4 360 tokens in/).waitFor();
        assert.equal(await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth), false, `${name} at ${size}`);
        const view = page.locator("main");
        assert.equal(await view.evaluate((main) => main.scrollWidth > main.clientWidth), false, `${name} at ${size}`);
        await browser.shot(`${name}-${size}-${theme}`);
      };
      await show("graph", "?tab=graph", nodes);
      await show("flame", "?tab=flame", frame);
      await show("statistics", "?tab=statistics", rows);
      await show("filters", "?service=trip-agent&min=100ms&attr=gen_ai.request.model%7C%3D~%7Cgpt.*", () => page.locator(".conditions"));
      await open("second");
      await page.getByRole("treeitem", { name: /chat gpt-5-mini/ }).click();
      await detail().locator(".chat").waitFor();
      await page.getByTitle(/4 360 tokens in/).waitFor();
      if (size === "large" && theme === "dark") await browser.image("llm-dark");
      else await browser.shot(`llm-${size}-${theme}`);
    }
  }
  await page.setViewportSize(largeWindow);
  await useTheme("dark");
  await open("second", "?tab=graph");
  await page.getByTitle(/4 360 tokens in/).waitFor();
  await waitFor("eight nodes", async () => (await nodes().count()) === 8);
  await browser.image("graph-dark");
});
