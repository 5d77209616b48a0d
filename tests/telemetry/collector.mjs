// Receivers of spans, and the gateway that sends them.
import { spawn } from "node:child_process";
import { once } from "node:events";
import http from "node:http";
import readline from "node:readline";
import { MockOtlpServer } from "@elastic/mockotlpserver";
import { attributesOf, problemsOf, spansOf } from "./otlp.mjs";

const environment = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(PENSTOCK|OTEL)_/.test(name)));

async function eventually(ready, what) {
  for (const end = Date.now() + 60_000; Date.now() < end; ) {
    const value = await ready();
    if (value) return value;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`waited in vain for ${what}`);
}

// Elastic's receiver of OTLP; what it took is checked as it comes.
export class Collector {
  requests = [];
  messages = [];
  problems = [];

  static async start() {
    const collector = new Collector();
    collector.server = new MockOtlpServer({
      services: ["http"], httpHostname: "127.0.0.1", httpPort: 0, logLevel: "fatal",
      onRequest: (request) => collector.requests.push(request),
      onTrace: (message) => collector.take(message),
    });
    await collector.server.start();
    collector.url = collector.server.httpUrl.origin;
    return collector;
  }
  take(message) {
    this.messages.push(message);
    this.problems.push(...problemsOf(message));
  }
  get spans() {
    return this.messages.flatMap(spansOf);
  }
  // The span of the request with that id, its attributes and those of its attempts.
  async find(id) {
    const server = await eventually(
      () => this.spans.find((span) => attributesOf(span)["penstock.request.id"] === id), `the span of ${id}`);
    const attempts = this.spans.filter((span) => span.parentSpanId === server.spanId);
    return { server, attributes: attributesOf(server), attempts };
  }
  close() {
    return this.server.close();
  }
}

// A collector that answers as told, in order; then 200.
export class Scripted {
  received = [];

  static async start(...answers) {
    const scripted = new Scripted();
    scripted.server = http.createServer(async (request, response) => {
      let body = "";
      for await (const piece of request) body += piece;
      scripted.received.push({ at: Date.now(), body });
      const [status, headers] = answers.shift() ?? [200, {}];
      response.writeHead(status, { "content-type": "application/json", ...headers }).end("{}");
    });
    await once(scripted.server.listen(0, "127.0.0.1"), "listening");
    scripted.url = `http://127.0.0.1:${scripted.server.address().port}`;
    return scripted;
  }
  wait(count) {
    return eventually(() => this.received.length >= count, `${count} batches`);
  }
  close() {
    this.server.closeAllConnections();
    this.server.close();
  }
}

// Runs `penstock serve` to its end: what it said, for options that it refuses.
export async function refused(...flags) {
  const child = spawn(process.env.PENSTOCK_BIN, ["serve", "--ephemeral", ...flags], { env: environment });
  let said = "";
  child.stderr.on("data", (piece) => (said += piece));
  child.stdout.resume();
  const [code] = await once(child, "exit");
  return { code, said };
}

export class Gateway {
  static async start(flags, variables = {}) {
    const gateway = new Gateway();
    gateway.log = "";
    gateway.child = spawn(process.env.PENSTOCK_BIN, ["serve", "--ephemeral", ...flags],
      { env: { ...environment, ...variables } });
    gateway.child.stderr.on("data", (piece) => (gateway.log += piece));
    gateway.exited = once(gateway.child, "exit");
    const lines = readline.createInterface({ input: gateway.child.stdout });
    const [line] = await Promise.race([once(lines, "line"), gateway.exited.then(() => [""])]);
    if (!line) throw new Error(gateway.log);
    gateway.ready = JSON.parse(line);
    return gateway;
  }
  // The answer, and the id of its request.
  async ask(body, headers = {}, path = "/v1/chat/completions") {
    const answer = await fetch(this.ready.proxy_url + path, {
      method: "POST",
      headers: { authorization: `Bearer ${this.ready.project_key}`, "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
    });
    return { status: answer.status, text: await answer.text(), id: answer.headers.get("x-modelux-request-id") };
  }
  // Creates something by the management API.
  async manage(path, body) {
    const answer = await fetch(`${this.ready.manage_url}/manage/v1${path}`, {
      method: "POST",
      headers: { authorization: `Bearer ${this.ready.management_key}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(await answer.text());
  }
  // The value of a line of /metrics, or undefined.
  async metric(name) {
    const text = await (await fetch(this.ready.manage_url + "/metrics")).text();
    const line = text.split("\n").find((each) => each.startsWith(`${name} `));
    return line && Number(line.slice(name.length + 1));
  }
  waitMetric(name, value) {
    return eventually(async () => (await this.metric(name)) === value, `${name} ${value}`);
  }
  waitLog(pattern) {
    return eventually(async () => pattern.test(this.log), `a log line with ${pattern}`);
  }
  async stop() {
    this.child.kill("SIGTERM");
    const [code] = await this.exited;
    return code;
  }
}
