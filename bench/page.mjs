// SPDX-License-Identifier: Apache-2.0
// What the page costs with a trace of 50,000 spans from orrery-load, from a Chromium trace. CPU times are those of the page's main thread, so
// that they hold on a busy machine too; the time to open and the frames a second are those of the clock.
import { Browser } from "../tests/browser/browser.mjs";
import { Stack, waitFor } from "../tests/browser/stack.mjs";

const kSpans = 50_000;
// More than a tab can hold: what counts is how soon that is told.
const kTooMany = 1_000_000;
const kOpenings = 3;
const kCategories = ["toplevel", "devtools.timeline", "disabled-by-default-devtools.timeline", "cc", "benchmark"];

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];

// The tasks and the frames of the main thread while `run` ran.
async function traced(session, run) {
  const events = [];
  const collect = ({ value }) => events.push(...value);
  session.on("Tracing.dataCollected", collect);
  await session.send("Tracing.start", { transferMode: "ReportEvents", traceConfig: { includedCategories: kCategories } });
  const begin = performance.now();
  await run();
  const elapsedMs = performance.now() - begin;
  const complete = new Promise((done) => session.once("Tracing.tracingComplete", done));
  await session.send("Tracing.end");
  await complete;
  session.off("Tracing.dataCollected", collect);
  const thread = ({ pid, tid }) => `${pid}/${tid}`;
  const mains = new Set(events.filter((e) => e.name === "thread_name" && e.args.name === "CrRendererMain").map(thread));
  const onMain = (name) => events.filter((e) => e.ph === "X" && e.name === name && mains.has(thread(e)));
  const cpuMs = (list) => list.map((e) => (e.tdur ?? e.dur ?? 0) / 1000);
  return { elapsedMs, tasks: cpuMs(onMain("ThreadControllerImpl::RunTask")), frames: cpuMs(onMain("ProxyMain::BeginMainFrame")) };
}

const sum = (numbers) => numbers.reduce((total, n) => total + n, 0);

// Milliseconds until the page says that the trace is too large.
async function measureTooLarge(stack, { page }) {
  const id = await stack.sendOneTrace(kTooMany);
  await page.goto(`${stack.url}/start`);
  await page.getByRole("heading", { level: 1 }).waitFor();
  const begin = performance.now();
  await page.goto(`${stack.url}/trace/${id}`);
  // The page's limit, or the server's, which answers with a part.
  await page.getByText(/too large to be shown whole|only a part of this trace was returned/).first().waitFor({ timeout: 120_000 });
  return performance.now() - begin;
}

async function measure(stack, browser) {
  const { page, context } = browser;
  const session = await context.newCDPSession(page);
  const id = await stack.sendOneTrace(kSpans);
  const rows = page.getByRole("treeitem");
  const openings = [];
  for (let i = 0; i < kOpenings; i += 1) {
    await page.goto(`${stack.url}/start`);
    await page.getByRole("heading", { level: 1 }).waitFor();
    openings.push(await traced(session, async () => {
      await page.goto(`${stack.url}/trace/${id}`);
      await rows.first().waitFor();
    }));
  }
  const box = await page.locator(".timeline-scroll").boundingBox();
  const scroll = await traced(session, () => session.send("Input.synthesizeScrollGesture", {
    x: box.x + 400, y: box.y + 200, yDistance: -12_000, speed: 3000, gestureSourceType: "mouse",
  }));
  await waitFor("rows further down", async () => Number((await rows.last().getAttribute("id")).slice(4)) > 400);
  const tooLarge = await measureTooLarge(stack, browser);
  return [
    ["page: spans in the trace", kSpans.toLocaleString("en-US")],
    ["page: opens in", `${median(openings.map((o) => o.elapsedMs)).toFixed(0)} ms`],
    ["page: main thread to open, CPU", `${median(openings.map((o) => sum(o.tasks))).toFixed(0)} ms`],
    ["page: scrolls at", `${(scroll.frames.length / (scroll.elapsedMs / 1000)).toFixed(0)} frames/s`],
    ["page: main thread a frame, CPU, mean", `${(sum(scroll.tasks) / scroll.frames.length).toFixed(1)} ms`],
    ["page: longest frame, CPU", `${Math.max(...scroll.frames).toFixed(1)} ms`],
    [`page: ${kTooMany.toLocaleString("en-US")} spans are told to be too many in`, `${tooLarge.toFixed(0)} ms`],
  ];
}

const stack = new Stack();
let browser;
try {
  await stack.startServer();
  browser = await Browser.open();
  const table = await measure(stack, browser);
  const width = Math.max(...table.map(([name]) => name.length));
  for (const [name, value] of table) console.log(`${name.padEnd(width)}  ${value.padStart(14)}`);
} finally {
  await browser?.close();
  await stack.stop();
}
