// SPDX-License-Identifier: Apache-2.0
// The page with data that is no pleasure: odd traces, a server that goes away; and what axe-core says of each view.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after, afterEach, before, test } from "node:test";
import { Browser, large as largeWindow, small } from "./browser.mjs";
import { agent } from "./llm_traces.mjs";
import { large, longNames, rootless, skewed } from "./odd_traces.mjs";
import { root, Stack, waitFor } from "./stack.mjs";

const axe = createRequire(join(root, "ui/package.json"))("axe-core");
const stack = new Stack();
const ids = {};
let browser;
let page;

before(async () => {
  await stack.startServer();
  for (const [name, trace] of Object.entries({ long: longNames(), rootless: rootless(), skewed: skewed(), large: large(2000), agent: agent() })) {
    ids[name] = await trace.send(stack.otlpHttp);
  }
  browser = await Browser.open();
  page = browser.page;
});

afterEach(() => assert.deepEqual(browser.takeErrors(), []));

after(async () => {
  await browser?.close();
  await stack.stop();
});

const spans = () => page.getByRole("treeitem");
const rows = () => page.locator("[data-trace]");
const detail = () => page.getByRole("complementary");

async function openTrace(name, query = "") {
  await page.goto(`${stack.url}/trace/${ids[name]}${query}`);
  await spans().first().waitFor();
}

// Nothing may reach out of the view to the right, and no control may lie under another's text.
const overflows = () => page.evaluate(() => document.querySelector("main").scrollWidth > document.querySelector("main").clientWidth);

test("long names are cut, and what belongs beside them stays", async () => {
  for (const viewport of [largeWindow, small]) {
    await page.setViewportSize(viewport);
    await openTrace("long");
    await spans().first().click();
    await detail().waitFor();
    assert.equal(await overflows(), false, `at ${viewport.width}`);
    await page.getByRole("button", { name: "Copy the trace ID" }).click({ trial: true });
    await page.getByRole("button", { name: "Close the span (Esc)" }).click({ trial: true });
    const operation = await spans().first().locator(".op").boundingBox();
    const cell = await spans().first().locator(".name-cell").boundingBox();
    assert.ok(operation.width > 20 && operation.x + operation.width <= cell.x + cell.width, "the operation has its place");
    await browser.shot(`odd-long-${viewport.width}`);
  }
  await page.setViewportSize(largeWindow);
  await detail().getByRole("button", { name: /show all \d+ characters/ }).first().click();
  await detail().getByText('{model: gpt-4o, parameters: {temperature: 0.7, stop: [a, b]}}').waitFor();
});

test("a missing root and differing clocks are told", async () => {
  await openTrace("rootless");
  await page.getByText("The root span has not been received").waitFor();
  await openTrace("skewed");
  await page.getByRole("treeitem", { name: /early/ }).click();
  await detail().getByText("Starts 40 ms before its parent").waitFor();
  await page.goto(`${stack.url}/trace/not-an-id`);
  await page.getByRole("heading", { name: "That is no trace ID" }).waitFor();
});

test("refused questions offer what may help", async () => {
  await page.goto(`${stack.url}/explore?from=tomorrow&to=now`);
  await page.getByRole("button", { name: "Use the last hour" }).click();
  await rows().first().waitFor();
  await page.goto(`${stack.url}/explore?${new URLSearchParams({ mode: "traceql", q: "{ parent.a = 1 }" })}`);
  await page.getByRole("alert").waitFor();
  assert.equal(await page.getByRole("button", { name: "Try again" }).count(), 0);
  assert.deepEqual(browser.takeErrors(/status of 400/), []);
});

test("2,000 spans: few rows in the document, matches are stepped through", async () => {
  await openTrace("large", "?pill=errors");
  assert.ok((await spans().count()) < 80);
  await page.keyboard.press("n");
  await page.getByText("1 of 20 matches").waitFor();
  await page.keyboard.press("End");
  await waitFor("last row", async () => (await spans().last().getAttribute("id")) === "row-1999");
});

test("a copied link has absolute times, and a reload keeps what was chosen", async () => {
  await browser.context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.goto(`${stack.url}/explore`);
  await rows().first().waitFor();
  await page.getByRole("button", { name: "Copy link with absolute times" }).click();
  const link = new URL(await page.evaluate(() => navigator.clipboard.readText()));
  const length = Number(link.searchParams.get("to")) - Number(link.searchParams.get("from"));
  assert.equal(length, 3_600_000, link.href);
  await page.getByLabel("Limit").selectOption("20");
  await page.getByRole("radio", { name: "error" }).click();
  await page.getByRole("combobox", { name: "Refresh interval" }).selectOption({ label: "5 s" });
  await page.getByRole("columnheader", { name: "Duration" }).getByRole("button").click();
  await page.reload();
  await rows().first().waitFor();
  assert.equal(await page.getByLabel("Limit").inputValue(), "20");
  assert.equal(await page.getByRole("radio", { name: "error" }).getAttribute("aria-checked"), "true");
  assert.equal(await page.getByRole("combobox", { name: "Refresh interval" }).inputValue(), "5s");
  assert.equal(await page.getByRole("columnheader", { name: "Duration" }).getAttribute("aria-sort"), "descending");
});

test("a refresh of the same answer changes nothing that is shown", async () => {
  await page.goto(`${stack.url}/explore`);
  await rows().first().waitFor();
  await page.evaluate(() => {
    globalThis.gone = 0;
    new MutationObserver((changes) => {
      for (const { removedNodes } of changes) for (const node of removedNodes) if (node.querySelector?.("[data-trace]")) globalThis.gone += 1;
    }).observe(document.body, { childList: true, subtree: true });
  });
  const answered = page.waitForResponse(/orrery\/v1\/search\?/);
  await page.getByRole("button", { name: "Refresh" }).click();
  await answered;
  await page.locator('.results[aria-busy="false"]').waitFor();
  assert.equal(await page.evaluate(() => globalThis.gone), 0);
});

const compared = () => page.locator(".compare-tree li, .compare tbody tr, .compare-choose input");
const tiles = () => page.locator(".tile");
const views = [
  [() => `/compare?a=${ids.skewed}&b=${ids.rootless}`, compared],
  [() => `/compare?a=${ids.skewed}&b=${ids.rootless}&view=operations`, compared],
  [() => `/compare?a=${ids.skewed}`, compared],
  ["/explore?list=spans", () => page.locator(".span-scroll [role=row]")],
  [() => `/explore?peek=${ids.skewed}`, () => page.locator(".peek li")],
  ["/explore?mode=traceql&q=%7B%7D%7Crate()by(name)", () => page.locator(".metrics-results tbody tr"), () => page.getByRole("button", { name: "Saved queries" }).click()],
  ["/drilldown?spans=all", tiles],
  ["/drilldown?spans=all", tiles, () => page.getByRole("button", { name: "Add filter" }).click()],
  ["/drilldown?tab=structure", spans],
  ["/drilldown?spans=all&metric=errors&tab=comparison", () => page.locator(".compared")],
  ["/drilldown?spans=all&metric=errors&tab=exceptions", () => page.locator(".exceptions tbody tr")],
  ["/drilldown?spans=all&tab=traces&col=kind", () => page.locator(".span-scroll [role=row]")],
  ["/explore", rows],
  ["/explore?f=status%7C%3D%7Cerror", rows, () => page.getByRole("button", { name: "Show matched spans" }).first().click()],
  ["/explore", rows, () => page.getByRole("button", { name: "Last 1 hour" }).click()],
  ["/explore", rows, () => page.getByRole("combobox", { name: "Service name" }).click()],
  ["/explore", rows, () => page.getByRole("button", { name: "Import trace" }).click()],
  ["/explore?mode=traceql&q=%7B%7D", rows, () => page.keyboard.press("?")],
  [() => `/trace/${ids.long}`, spans, () => spans().first().click()],
  [() => `/trace/${ids.large}?pill=errors`, spans, () => spans().nth(1).click()],
  [() => `/trace/${ids.rootless}?find=two`, spans],
  [() => `/trace/${ids.skewed}?tab=json`, () => page.locator(".json-scroll pre")],
  [() => `/trace/${ids.agent}`, spans, () => page.getByRole("treeitem", { name: /chat gpt-5-mini/ }).click()],
  [() => `/trace/${ids.agent}?service=guard&min=1ms&attr=gen_ai.system%7C%3D%7CAnthropic`, spans, () => page.getByRole("treeitem", { name: /timetable/ }).click()],
  [() => `/trace/${ids.agent}?tab=graph&pill=errors`, () => page.locator(".graph-node"), () => page.locator(".graph-node").last().click()],
  [() => `/trace/${ids.large}?tab=graph&layout=grid`, () => page.locator(".graph-node")],
  [() => `/trace/${ids.agent}?tab=flame&find=chat`, () => page.locator(".flame-now")],
  [() => `/trace/${ids.large}?tab=statistics`, () => page.locator(".stat-row.body")],
  ["/status?losses=all", () => page.locator(".station")],
  ["/start", () => page.getByRole("heading", { name: "Try it with curl" })],
];

test("no view breaks a rule of WCAG 2.2 A or AA that axe-core can check, in either theme", async () => {
  for (const theme of ["dark", "light"]) {
    await page.goto(`${stack.url}/start`);
    const button = page.getByRole("button", { name: `Use the ${theme} theme` });
    if (await button.isVisible()) await button.click();
    for (const [path, ready, act] of views) {
      const at = typeof path === "string" ? path : path();
      await page.goto(stack.url + at);
      await ready().first().waitFor();
      await act?.();
      await page.evaluate(`${axe.source};undefined`);
      const found = await page.evaluate(async () => {
        const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
        const { violations } = await globalThis.axe.run(document, { runOnly: tags });
        return violations.map(({ id, nodes }) => `${id}: ${nodes[0].html.slice(0, 160)}`);
      });
      assert.deepEqual(found, [], `${at}, ${theme}`);
    }
  }
});

test("a server that goes away is named, and found again", async () => {
  await page.goto(`${stack.url}/explore`);
  await rows().first().waitFor();
  await page.route("**/api/orrery/v1/search**", (route) => route.abort("connectionrefused"));
  await page.getByRole("button", { name: "Refresh" }).click();
  await page.getByRole("alert").getByText("the server can't be reached").waitFor();
  await page.unroute("**/api/orrery/v1/search**");
  await page.getByRole("button", { name: "Try again" }).click();
  await rows().first().waitFor();
  await page.route("**/api/orrery/**", (route) => route.abort("connectionrefused"));
  await page.goto(`${stack.url}/start`);
  await page.getByRole("alert").getByText("The server does not answer").waitFor();
  await page.unroute("**/api/orrery/**");
  await page.getByText("spans are stored").waitFor();
  assert.deepEqual(browser.takeErrors(/ERR_CONNECTION_REFUSED/), []);
});
