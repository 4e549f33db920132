// SPDX-License-Identifier: Apache-2.0
// The real programs as child processes: free ports, a temporary data directory, and a stop that leaves nothing behind.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../..", import.meta.url));
const bin = process.env.ORRERY_BIN_DIR ?? join(root, "build/release/bin");

async function freePort() {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

// The first true result of `condition`; looks often, and fails with `what` when the time is over.
export async function waitFor(what, condition, seconds = 30) {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const result = await condition();
    if (result) return result;
    if (Date.now() > end) throw new Error(`no ${what} after ${seconds} s`);
    await delay(50);
  }
}

const answers = async (url) => {
  try {
    return (await fetch(url)).status < 500;
  } catch {
    return false;
  }
};

export class Stack {
  #children = [];
  #dir = mkdtempSync(join(tmpdir(), "orrery-browser-"));

  #launch(name, args, environment = {}) {
    const log = openSync(join(this.#dir, `${name}.log`), "a");
    const child = spawn(join(bin, name), args.map(String), {
      env: { ...process.env, ...environment },
      stdio: ["ignore", log, log],
    });
    child.on("error", () => undefined);  // Told by the wait that follows: nothing answers.
    this.#children.push(child);
    return child;
  }

  logOf(name) {
    return readFileSync(join(this.#dir, `${name}.log`), "utf8");
  }

  async startServer() {
    const names = ["http", "otlp.grpc", "otlp.http", "tempo", "admin"];
    const ports = await Promise.all(names.map(freePort));
    const [web, grpc, otlpHttp, , admin] = ports;
    this.url = `http://127.0.0.1:${web}`;
    this.otlpHttp = `http://localhost:${otlpHttp}`;
    this.otlpGrpc = `http://127.0.0.1:${grpc}`;
    this.admin = `http://127.0.0.1:${admin}`;
    const addresses = names.map((name, i) => `--${name}.address=127.0.0.1:${ports[i]}`);
    const child = this.#launch("orrery", ["serve", "--data-dir", join(this.#dir, "data"), ...addresses]);
    await waitFor("answer from /ready", () => {
      if (child.exitCode !== null) throw new Error(`orrery ended with ${child.exitCode}:\n${this.logOf("orrery")}`);
      return answers(`http://127.0.0.1:${admin}/ready`);
    });
  }

  // The demo's three programs; `count` requests in about ten seconds, of which four in ten fail, then the client is done.
  async runDemo(count) {
    const [server, llm] = await Promise.all([freePort(), freePort()]);
    const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: this.otlpGrpc, OPENAI_API_KEY: "" };
    this.#launch("orrery-demo-llm", ["--port", llm, "--seed", 7, "--failure-rate", 0.4, "--fast-min", 0.05,
      "--fast-max", 0.3, "--slow-min", 0.3, "--slow-max", 0.9], environment);
    this.#launch("orrery-demo-server", ["--port", server, "--llm-url", `http://127.0.0.1:${llm}`], environment);
    await waitFor("answer from the demo", async () =>
      (await answers(`http://127.0.0.1:${server}/ping`)) && (await answers(`http://127.0.0.1:${llm}/`)));
    const client = this.#launch("orrery-demo-client",
      ["--url", `http://127.0.0.1:${server}`, "--rate", count / 10, "--count", count, "--seed", 7], environment);
    if (client.exitCode === null) await once(client, "exit");
  }

  // Traces of an LLM application that began within the last `spreadSeconds`.
  async load(spans, spreadSeconds) {
    const load = this.#launch("orrery-load", ["--url", `${this.otlpHttp}/v1/traces`, "--spans", spans, "--spread", spreadSeconds, "--seed", 7]);
    if (load.exitCode === null) await once(load, "exit");
    if (load.exitCode !== 0) throw new Error(`orrery-load ended with ${load.exitCode}:\n${this.logOf("orrery-load")}`);
  }

  // One trace of about so many spans from orrery-load; its id.
  async sendOneTrace(spans) {
    const log = join(this.#dir, `load-${spans}.log`);
    const load = this.#launch("orrery-load", ["--url", `${this.otlpHttp}/v1/traces`, "--spans", spans, "--trace-spans", spans,
      "--batch", 13_000, "--spread", 60, "--seed", 7, "--retries", 100, "--log", log]);
    if (load.exitCode === null) await once(load, "exit");
    if (load.exitCode !== 0) throw new Error(`orrery-load ended with ${load.exitCode}:\n${this.logOf("orrery-load")}`);
    return readFileSync(log, "utf8").split(/\s/)[1];
  }

  async flush() {
    const response = await fetch(`${this.admin}/flush`, { method: "POST" });
    if (!response.ok) throw new Error(`flush: ${response.status} ${await response.text()}`);
  }

  async search(query) {
    const response = await fetch(`${this.url}/tempo/api/search?${new URLSearchParams({ q: query, limit: "100" })}`);
    if (!response.ok) throw new Error(`${query}: ${response.status} ${await response.text()}`);
    return (await response.json()).traces ?? [];
  }

  async stop() {
    for (const child of this.#children) {
      if (child.exitCode !== null || child.pid === undefined) continue;
      const gone = once(child, "exit");
      child.kill("SIGTERM");
      const killer = setTimeout(() => child.kill("SIGKILL"), 10_000);
      await gone;
      clearTimeout(killer);
    }
    rmSync(this.#dir, { recursive: true, force: true });
  }
}
