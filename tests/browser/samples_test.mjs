// SPDX-License-Identifier: Apache-2.0
// OpenAI's clients under the instrumentations of others: what the trace page shows of each call is what the API answered. The spans
// are those that tests/interop recorded and compares with what the instrumentations send today.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, afterEach, before, test } from "node:test";
import { Browser } from "./browser.mjs";
import { root, Stack } from "./stack.mjs";

const folder = join(root, "tests/interop/samples");
const read = (path) => JSON.parse(readFileSync(join(folder, path), "utf8"));
const names = readdirSync(folder).filter((name) => name.endsWith(".json")).map((name) => name.slice(0, -".json".length));

// What these instrumentations do not record: tests/interop has the reasons.
const withoutContent = new Set(["javascript-opentelemetry", "python-opentelemetry-old"]);
const withoutUsageOfStreams = new Set(["javascript-openllmetry", "javascript-openinference"]);

const stack = new Stack();
let browser;
let page;

before(async () => {
  await stack.startServer();
  for (const name of names) {
    const answer = await fetch(`${stack.otlpHttp}/v1/traces`, {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(read(`${name}.json`)),
    });
    assert.equal(answer.status, 200);
  }
  browser = await Browser.open();
  page = browser.page;
});

afterEach(() => assert.deepEqual(browser.takeErrors(), []));

after(async () => {
  await browser?.close();
  await stack.stop();
});

const detail = () => page.getByRole("complementary");

async function openCall(traceId) {
  await page.goto(`${stack.url}/trace/${traceId}`);
  await page.getByRole("heading", { level: 1 }).waitFor();
  // Some of them put the call of the HTTP client below; the LLM call is the outermost.
  await page.getByRole("treeitem").first().click();
  await detail().getByRole("group", { name: "LLM call" }).waitFor();
}

async function showsConversation({ kind, text }) {
  await detail().locator(".message.user").first().waitFor();
  const answer = detail().locator(".message.assistant").last();
  if (text === "") await answer.locator(".tool-use header b").getByText("read_thermometer", { exact: true }).waitFor();
  else await answer.getByText(text.slice(0, 60)).first().waitFor();
  if (kind === "plain") await detail().locator(".message.system").getByText("Be brief.").waitFor();
  if (kind === "tool told") await detail().locator(".message.tool").getByText("21.5").first().waitFor();
}

for (const name of names) {
  test(`${name}: model, tokens and conversation`, async () => {
    for (const call of read(`answers/${name}.json`)) {
      await openCall(call.traceId);
      const card = detail().getByRole("group", { name: "LLM call" });
      await card.getByText(call.model, { exact: true }).first().waitFor();
      const [input, output] = call.usage;
      const totals = page.getByTitle(new RegExp(`\\b${input} tokens in, ${output} out`));
      if (call.kind === "streamed" && withoutUsageOfStreams.has(name)) assert.equal(await totals.count(), 0);
      else await totals.first().waitFor();
      if (withoutContent.has(name)) assert.equal(await detail().locator(".message").count(), 0);
      else await showsConversation(call);
      if (name === "javascript-langfuse" && call.kind === "streamed") await browser.shot("llm-langfuse-streamed-dark");
    }
  });
}
