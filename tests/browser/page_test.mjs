// SPDX-License-Identifier: Apache-2.0
// The page in a real browser against the real server and the demo: what a user does first. The cases build on each other, in
// this order: an empty installation, its first span, then the demo's traces.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { after, afterEach, before, test } from "node:test";
import { Browser, large, small } from "./browser.mjs";
import { Stack, waitFor } from "./stack.mjs";

const stack = new Stack();
let browser;
let page;

before(async () => {
  await stack.startServer();
  browser = await Browser.open();
  page = browser.page;
});

afterEach(() => assert.deepEqual(browser.takeErrors(), []));

after(async () => {
  await browser?.close();
  await stack.stop();
});

const rows = () => page.locator("[data-trace]");
const option = (name) => page.locator(".options").getByRole("option", { name });
// A ping has three spans and a test of OpenAI six; a prompt has ten, two less when the mock LLM failed before OpenAI was asked.
function isWhole({ rootTraceName, serviceStats }) {
  const sum = (field) => Object.values(serviceStats).reduce((total, stats) => total + (stats[field] ?? 0), 0);
  if (/ping/.test(rootTraceName)) return sum("spanCount") === 3;
  if (/test_openai/.test(rootTraceName)) return sum("spanCount") === 6;
  return sum("spanCount") === (sum("errorCount") > 0 ? 8 : 10);
}
const spans = () => page.getByRole("treeitem");
const useTheme = async (theme) => {
  const button = page.getByRole("button", { name: `Use the ${theme} theme` });
  if (await button.isVisible()) await button.click();
};

async function openFailedTrace() {
  await page.goto(`${stack.url}/explore`);
  await page.getByRole("radio", { name: "error" }).click();
  await page.getByLabel("TraceQL of this search").getByText("{ status = error }").waitFor();
  await rows().first().waitFor();
  await waitFor("rows with errors alone", async () =>
    (await rows().count()) > 0 && (await rows().locator(".error-count").count()) === (await rows().count()));
  await rows().first().getByRole("link").click();
  await spans().first().waitFor();
}

test("an empty installation says how to send, and its command works", async () => {
  await page.goto(`${stack.url}/`);
  await page.getByRole("heading", { name: "Send the first trace" }).waitFor();
  await page.getByText("Waiting for the first span").waitFor();
  await browser.shot("empty-dark");
  const command = await page.locator("pre", { hasText: "curl" }).innerText();
  assert.ok(command.includes(`${stack.otlpHttp}/v1/traces`), command);
  const output = execFileSync("sh", ["-c", command], { encoding: "utf8" });
  assert.match(output, /^HTTP\/1\.1 200/);
  // The page notices by itself and becomes the explorer.
  await page.getByRole("heading", { name: "Explore traces" }).waitFor();
  await rows().filter({ hasText: "hello-orrery" }).first().waitFor();
});

test("the demo's traces are found by service, name and tag", async () => {
  const begin = Date.now() - 500;
  await stack.runDemo(40);
  // A program sends its spans a moment after they end.
  await waitFor("whole traces", async () => {
    const found = await stack.search('{ resource.service.name = "simple.cpp.client" }');
    return found.length >= 40 && found.every(isWhole);
  });
  await page.goto(`${stack.url}/explore?from=${begin}&to=${Date.now()}`);
  await rows().filter({ hasText: "simple.cpp.client" }).first().waitFor();
  await browser.image("explore-dark");
  await page.goto(`${stack.url}/explore`);

  const service = page.getByRole("combobox", { name: "Service name" });
  await service.click();
  await option("mock-llm-backend").click();
  await page.getByText('{ resource.service.name = "mock-llm-backend" }').waitFor();
  assert.match(page.url(), /f=resource\.service\.name/);
  await waitFor("traces with the model alone", async () =>
    (await rows().count()) > 0 && (await rows().filter({ hasText: "healthcheck" }).count()) === 0);

  await page.getByRole("button", { name: "Add tag" }).click();
  await page.getByRole("combobox", { name: "Tag" }).fill("http.response");
  await option(/span\.http\.response\.status_code/).click();
  await option("200").click();
  // A number is not quoted.
  await page.getByText("span.http.response.status_code = 200 }").waitFor();
  await rows().first().waitFor();

  await page.goBack();
  await page.goBack();
  await page.goBack();
  await page.getByLabel("TraceQL of this search").getByText("{ }", { exact: true }).waitFor();
});

test("results can be sorted and show their matched spans", async () => {
  await page.goto(`${stack.url}/explore?sort=duration.desc`);
  await rows().first().waitFor();
  const header = page.getByRole("columnheader", { name: "Duration" });
  assert.equal(await header.getAttribute("aria-sort"), "descending");
  const longest = await rows().first().getAttribute("data-trace");
  await header.getByRole("button").click();
  await waitFor("other order", async () => (await rows().first().getAttribute("data-trace")) !== longest);
  assert.match(page.url(), /sort=duration\.asc/);
  await rows().first().getByRole("button", { name: "Show matched spans" }).click();
  await page.locator(".tr.span a").first().waitFor();
});

test("the newest failed trace shows three services and the red span", async () => {
  await openFailedTrace();
  for (const service of ["simple.cpp.client", "server-api", "mock-llm-backend"]) {
    await page.locator(".legend").getByText(service, { exact: true }).waitFor();
  }
  const failed = page.getByRole("treeitem", { name: /generate_mock_response.*, error$/ });
  await failed.waitFor();
  await failed.getByRole("img", { name: "error" }).waitFor();
  await failed.click();
  const detail = page.getByRole("complementary", { name: /generate_mock_response/ });
  await detail.locator(".event.exception").waitFor();
  await detail.locator(".status-box.error").waitFor();
  await detail.getByText("service.name").first().waitFor();
  assert.match(page.url(), /span=[0-9a-f]{16}/);
  await browser.image("trace-dark");
  await useTheme("light");
  await browser.image("trace-light");
  await useTheme("dark");
  // The link alone brings the same span back.
  await page.reload();
  await detail.waitFor();
  await detail.getByRole("link", { name: "Search for service.name with this value" }).click({ force: true });
  await page.getByText('{ resource.service.name = "mock-llm-backend" }').waitFor();
});

test("Drilldown breaks the demo's spans down by service, and finds where its errors come from", async () => {
  await page.goto(`${stack.url}/drilldown?spans=all`);
  const tile = (service) => page.locator(".tile header b", { hasText: new RegExp(`^${service}$`) });
  for (const service of ["simple.cpp.client", "server-api", "mock-llm-backend"]) await tile(service).waitFor();
  await page.goto(`${stack.url}/drilldown?metric=errors&tab=structure`);
  await page.getByRole("tree").first().getByRole("treeitem").filter({ hasText: "mock-llm-backend" }).first().waitFor();
  await browser.shot("drilldown-demo-dark");
  await page.goto(`${stack.url}/drilldown?spans=all&metric=errors&tab=exceptions`);
  await page.locator(".exceptions tbody tr").first().waitFor();
  await openFailedTrace();
});

test("the timeline obeys the keyboard", async () => {
  await openFailedTrace();
  const all = await spans().count();
  assert.ok(all >= 8, `${all} spans`);
  await page.keyboard.press("ArrowLeft");
  await waitFor("collapsed root", async () => (await spans().count()) === 1);
  await page.keyboard.press("ArrowRight");
  await waitFor("expanded root", async () => (await spans().count()) === all);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.getByRole("complementary", { name: "Span GET" }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("complementary").waitFor({ state: "detached" });
  const wanted = await spans().nth(4).getAttribute("data-span");
  await page.keyboard.press("/");
  await page.keyboard.type(wanted);
  await page.getByText("1 match", { exact: true }).waitFor();
  await page.keyboard.press("Enter");
  await page.getByText("1 of 1 match").waitFor();
  assert.equal(await page.locator(".span-row.current").getAttribute("data-span"), wanted);
});

test("pills, zoom and folding change the timeline", async () => {
  await openFailedTrace();
  await page.getByRole("button", { name: "Critical path" }).click();
  await page.locator(".critical-mark").first().waitFor();
  await browser.shot("trace-critical-dark");
  await page.getByRole("button", { name: "Clear the filter" }).click();
  const strip = await page.locator(".minimap-strip").boundingBox();
  await page.mouse.move(strip.x + strip.width * 0.25, strip.y + 20);
  await page.mouse.down();
  await page.mouse.move(strip.x + strip.width * 0.5, strip.y + 20, { steps: 4 });
  await page.mouse.up();
  await waitFor("zoom in the URL", () => /[?&]z=\d+-\d+/.test(page.url()));
  await page.getByRole("button", { name: "Show the whole trace" }).click();
  await waitFor("no zoom", () => !/[?&]z=/.test(page.url()));
  await page.getByRole("button", { name: "Collapse all" }).click();
  await waitFor("one row", async () => (await spans().count()) === 1);
});

test("a trace goes out as JSON and comes back by import", async () => {
  await openFailedTrace();
  const name = await page.locator(".trace-title h1").innerText();
  await page.getByRole("tab", { name: "JSON" }).click();
  await page.getByText('"resourceSpans"').waitFor();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Download" }).click(),
  ]);
  const json = readFileSync(await download.path(), "utf8");
  await page.goto(`${stack.url}/explore`);
  await page.getByRole("button", { name: "Import trace" }).click();
  await page.getByLabel("Or paste it").fill("[]");
  await page.getByRole("button", { name: "Open", exact: true }).click();
  await page.getByText("no spans in this JSON").waitFor();
  await page.getByLabel("Or paste it").fill(json);
  await page.getByRole("button", { name: "Open", exact: true }).click();
  await spans().first().waitFor();
  assert.equal(await page.locator(".trace-title h1").innerText(), name);
  assert.match(page.url(), /\/trace\/imported/);
});

test("TraceQL text is completed, run and corrected", async () => {
  await page.goto(`${stack.url}/explore`);
  await page.getByRole("tab", { name: "TraceQL" }).click();
  const editor = page.getByRole("textbox", { name: "TraceQL query" });
  await editor.click();
  await page.keyboard.press("Control+A");
  await page.keyboard.type("{ resource.service.name = ");
  await page.locator(".cm-tooltip-autocomplete").getByText("server-api").waitFor();
  await browser.shot("traceql-completion-dark");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+A");
  await page.keyboard.type('{ name = "process_prompt" && status = error');
  await page.keyboard.press("Control+Enter");
  await rows().first().waitFor();
  assert.match(page.url(), /mode=traceql/);
  assert.deepEqual(browser.takeErrors(), []);

  await page.keyboard.press("Control+A");
  await page.keyboard.type("{ .cart.items = 3 | .retry ");
  await page.keyboard.press("Control+Enter");
  await page.getByRole("alert").getByText("The query has a mistake").waitFor();
  await page.locator(".fault").waitFor();
  await page.locator(".cm-lintRange-error").waitFor();
  await browser.shot("traceql-error-dark");
  // The browser itself reports every refused request.
  assert.deepEqual(browser.takeErrors(/status of 400/), []);
});

test("nothing found says why", async () => {
  await page.goto(`${stack.url}/explore?f=${encodeURIComponent("name|=|no such span")}`);
  await page.getByRole("heading", { name: "No trace matches" }).waitFor();
  await page.getByRole("button", { name: "Clear the query" }).click();
  await rows().first().waitFor();
  await page.goto(`${stack.url}/trace/0123456789abcdef0123456789abcdef`);
  await page.getByRole("heading", { name: "No such trace" }).waitFor();
  await page.goto(`${stack.url}/nowhere`);
  await page.getByRole("heading", { name: "There is no such page" }).waitFor();
});

test("time range: presets, own times, zoom on the chart", async () => {
  await page.goto(`${stack.url}/explore`);
  await page.getByRole("button", { name: "Last 1 hour" }).click();
  await page.getByRole("button", { name: "Last 15 minutes" }).click();
  await waitFor("range in the URL", () => page.url().includes("from=now-15m"));
  await rows().first().waitFor();
  const plot = await page.locator(".plot").boundingBox();
  await page.mouse.move(plot.x + plot.width * 0.6, plot.y + 8);
  await page.mouse.down();
  await page.mouse.move(plot.x + plot.width - 2, plot.y + 8, { steps: 4 });
  await page.mouse.up();
  await waitFor("absolute range", () => /from=\d{13}&to=\d{13}/.test(page.url()));
  await page.getByRole("button", { name: "Now" }).click();
  await waitFor("relative range", () => /from=now-\d+m&to=now/.test(page.url()));
});

test("the keys are listed, and views fit both sizes in both themes", async () => {
  await page.goto(`${stack.url}/explore`);
  await rows().first().waitFor();
  await page.keyboard.press("?");
  await page.getByRole("dialog", { name: "Keyboard shortcuts" }).getByText("Run the TraceQL text").waitFor();
  await browser.shot("help-dark");
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await page.keyboard.press("/");
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute("aria-label")), "Service name");
  for (const [size, viewport] of [["large", large], ["small", small]]) {
    await page.setViewportSize(viewport);
    for (const theme of ["dark", "light"]) {
      await useTheme(theme);
      for (const path of ["/explore", "/start"]) {
        await page.goto(stack.url + path);
        await page.getByRole("heading", { level: 1 }).waitFor();
        if (path === "/explore") await rows().first().waitFor();
        assert.equal(await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth), false, `${path} at ${size}`);
        assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), theme);
        await browser.shot(`${path.slice(1)}-${size}-${theme}`);
      }
      await openFailedTrace();
      await spans().nth(4).click();
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth), false, `trace at ${size}`);
      await browser.shot(`trace-${size}-${theme}`);
    }
  }
});
