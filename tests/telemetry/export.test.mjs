// The built binary exports spans to a receiver that nobody here wrote.
import assert from "node:assert/strict";
import { once } from "node:events";
import fs from "node:fs";
import http from "node:http";
import os from "node:os";
import path from "node:path";
import { test } from "node:test";
import { Collector, Gateway, refused, Scripted } from "./collector.mjs";
import { attributesOf, spansOf } from "./otlp.mjs";

const traceId = "0af7651916cd43dd8448eb211c80319c";
const callersSpan = "b7ad6b7169203331";
const traceparent = (flags) => `00-${traceId}-${callersSpan}-${flags}`;
const say = (content, more = {}) => ({ model: "@default", messages: [{ role: "user", content }], ...more });

// A gateway that exports to a collector, for one test.
async function exporting(t, flags = [], variables = {}) {
  const collector = await Collector.start();
  const gateway = await Gateway.start(["--otlp-endpoint", collector.url, ...flags], variables);
  t.after(async () => {
    await gateway.stop();
    await collector.close();
  });
  return { collector, gateway };
}

test("a chat is a span below its caller's, with a span for each attempt", async (t) => {
  const { collector, gateway } = await exporting(t);
  const answer = await gateway.ask(say("Hello"), { traceparent: traceparent("01"), "x-modelux-conversation-id": "c-1" });
  assert.equal(answer.status, 200);
  const { usage, model } = JSON.parse(answer.text);
  const { server, attributes, attempts } = await collector.find(answer.id);
  assert.deepEqual(collector.problems, []);
  assert.equal(server.traceId, traceId);
  assert.equal(server.parentSpanId, callersSpan);
  assert.equal(server.name, "chat @default");
  assert.equal(server.kind, 2);
  assert.equal(server.status, undefined);
  assert.equal(attributes["gen_ai.provider.name"], "demo");
  assert.equal(attributes["gen_ai.response.model"], model);
  assert.equal(attributes["gen_ai.usage.input_tokens"], usage.prompt_tokens);
  assert.equal(attributes["gen_ai.usage.output_tokens"], usage.completion_tokens);
  assert.equal(attributes["gen_ai.conversation.id"], "c-1");
  assert.equal(attributes["http.response.status_code"], 200);
  assert.equal(attempts.length, attributes["penstock.attempts"]);
  assert.equal(attempts.length, 1);
  assert.deepEqual(attempts.map(({ traceId, kind, status }) => [traceId, kind, status]), [[traceId, 3, undefined]]);
});

test("what a provider exports stands below the attempt that called it", async (t) => {
  const sent = [];
  const provider = http.createServer(async (request, response) => {
    for await (const _ of request);
    sent.push(request.headers.traceparent);
    response.writeHead(sent.length === 1 ? 503 : 200, { "content-type": "application/json" });
    response.end(JSON.stringify({ object: "chat.completion", model: "m", usage: { prompt_tokens: 1, completion_tokens: 1 },
      choices: [{ index: 0, message: { role: "assistant", content: "Hi" }, finish_reason: "stop" }] }));
  });
  await once(provider.listen(0, "127.0.0.1"), "listening");
  t.after(() => {
    provider.closeAllConnections();
    provider.close();
  });
  const { collector, gateway } = await exporting(t);
  await gateway.manage("/providers", { vendor: "openai", name: "up", api_key: "sk-x", private: true, verify: false,
    base_url: `http://127.0.0.1:${provider.address().port}/v1` });
  await gateway.manage("/routing-configs", { name: "c", policy: "fallback_chain", config: { models: ["up/a", "up/b"] } });
  const answer = await gateway.ask(say("Hello", { model: "@c" }), { traceparent: traceparent("01") });
  assert.equal(answer.status, 200);
  const { attempts } = await collector.find(answer.id);
  assert.equal(sent.length, 2);
  assert.deepEqual(sent, attempts.map(({ spanId }) => `00-${traceId}-${spanId}-01`));
});

test("streams, embeddings and failures are spans too", async (t) => {
  const { collector, gateway } = await exporting(t);
  const stream = await gateway.ask(say("Hello", { stream: true }));
  const embedding = await gateway.ask({ model: "demo/demo-embedding", input: "a" }, {}, "/v1/embeddings");
  const failed = await gateway.ask(say("Hello", { model: "demo/demo-chat:status=500" }));
  const unknown = await gateway.ask(say("Hello", { model: "@nobody" }));
  const spanOf = async ({ id }) => (await collector.find(id)).attributes;
  assert.equal((await spanOf(stream))["gen_ai.request.stream"], true);
  assert.ok((await spanOf(stream))["gen_ai.response.time_to_first_chunk"] > 0);
  assert.equal((await spanOf(embedding))["gen_ai.operation.name"], "embeddings");
  assert.ok(failed.status >= 500);
  assert.equal((await collector.find(failed.id)).server.status.code, 2);
  assert.ok((await spanOf(failed))["error.type"]);
  assert.equal((await collector.find(unknown.id)).server.status, undefined);
  assert.equal((await spanOf(unknown))["http.response.status_code"], unknown.status);
  assert.deepEqual(collector.problems, []);
});

test("a caller whose trace is not sampled is not exported", async (t) => {
  const { collector, gateway } = await exporting(t, ["--otlp-sample-ratio", "0"]);
  await gateway.ask(say("Hello"), { traceparent: traceparent("00") });
  await gateway.ask(say("Hello")); // its trace starts here
  const sampled = await gateway.ask(say("Hello"), { traceparent: traceparent("01") });
  await collector.find(sampled.id);
  await gateway.stop();
  assert.equal(collector.spans.filter(({ kind }) => kind === 2).length, 1);
});

test("nothing of prompt, answer, user, tags and keys is told, unless the user is to be", async (t) => {
  const canary = "canary-7f3a";
  const ask = (gateway) => gateway.ask(
    say(canary, { user: `user-${canary}`, "mlx:tags": { team: `tag-${canary}` } }), { "x-modelux-user-tags": `a=${canary}` });
  const { collector, gateway } = await exporting(t, ["--otlp-service-name", "edge"]);
  const answer = await ask(gateway);
  assert.match(answer.text, new RegExp(canary)); // the demo provider repeats it
  await collector.find(answer.id);
  const told = JSON.stringify(collector.messages);
  assert.doesNotMatch(told, new RegExp(canary));
  assert.ok(!told.includes(gateway.ready.project_key));
  assert.equal(attributesOf(collector.messages[0].resourceSpans[0].resource)["service.name"], "edge");

  const open = await exporting(t, ["--otlp-include-end-user"]);
  const known = await ask(open.gateway);
  assert.equal((await open.collector.find(known.id)).attributes["enduser.id"], `user-${canary}`);
});

test("the operator's headers are sent, from flags, a file and the environment, and never logged", async (t) => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "penstock-otlp-"));
  t.after(() => fs.rmSync(folder, { recursive: true }));
  fs.writeFileSync(path.join(folder, "headers"), "# mine\n\nX-File=secret-file=1\n");
  const { collector, gateway } = await exporting(t,
    ["--otlp-header", "Authorization=Basic secret-flag", "--otlp-headers-file", path.join(folder, "headers")],
    { PENSTOCK_OTLP_HEADERS: "x-variable=secret%20variable" });
  await collector.find((await gateway.ask(say("Hello"))).id);
  const { headers, path: target } = collector.requests[0];
  assert.equal(target, "/v1/traces");
  assert.equal(headers.authorization, "Basic secret-flag");
  assert.equal(headers["x-file"], "secret-file=1");
  assert.equal(headers["x-variable"], "secret variable");
  assert.equal(await gateway.stop(), 0);
  assert.doesNotMatch(gateway.log, /secret/);
});

test("OpenTelemetry's own variables count where ours say nothing", async (t) => {
  const collector = await Collector.start();
  const variables = {
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_EXPORTER_OTLP_HEADERS: "x-key=theirs", OTEL_SERVICE_NAME: "theirs",
  };
  const gateway = await Gateway.start([], variables);
  t.after(() => collector.close());
  await collector.find((await gateway.ask(say("Hello"))).id);
  await gateway.stop();
  assert.equal(collector.requests[0].headers["x-key"], "theirs");
  assert.equal(attributesOf(collector.messages[0].resourceSpans[0].resource)["service.name"], "theirs");

  // Headers that belong to another collector stay at home.
  const other = await exporting(t, [], { ...variables, OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:1" });
  await other.collector.find((await other.gateway.ask(say("Hello"))).id);
  assert.equal(other.collector.requests[0].headers["x-key"], undefined);
});

test("without a collector nothing is exported", async () => {
  const gateway = await Gateway.start([]);
  assert.equal((await gateway.ask(say("Hello"))).status, 200);
  assert.equal(await gateway.metric("penstock_telemetry_spans_exported"), undefined);
  assert.equal(await gateway.stop(), 0);
});

test("a collector that is busy gets the batch again when it says", async (t) => {
  const collector = await Scripted.start([503, { "retry-after": "1" }]);
  const gateway = await Gateway.start(["--otlp-endpoint", collector.url]);
  t.after(() => collector.close());
  await gateway.ask(say("Hello"));
  await collector.wait(2);
  const [first, second] = collector.received;
  assert.equal(second.body, first.body);
  assert.ok(second.at - first.at >= 1000);
  const spans = spansOf(JSON.parse(first.body)).length;
  await gateway.waitMetric("penstock_telemetry_spans_exported", spans);
  assert.equal(await gateway.metric('penstock_telemetry_spans_dropped{reason="unreachable"}'), 0);
  assert.equal(await gateway.stop(), 0);
});

test("a collector that refuses or may not be reached costs spans, not requests", async (t) => {
  const collector = await Scripted.start([401, {}]);
  t.after(() => collector.close());
  for (const flags of [[], ["--no-otlp-private"]]) {
    const gateway = await Gateway.start(["--otlp-endpoint", collector.url, ...flags]);
    const before = collector.received.length;
    assert.equal((await gateway.ask(say("Hello"))).status, 200);
    await gateway.waitMetric('penstock_telemetry_spans_dropped{reason="refused"}', 2);
    assert.equal(collector.received.length - before, flags.length === 0 ? 1 : 0);
    await gateway.waitLog(/telemetry_export_failed/);
    assert.equal(await gateway.stop(), 0);
  }
});

test("stopping sends what is queued", async (t) => {
  const { collector, gateway } = await exporting(t);
  const { id } = await gateway.ask(say("Hello"));
  assert.equal(await gateway.stop(), 0);
  assert.ok(collector.spans.some((span) => attributesOf(span)["penstock.request.id"] === id));
});

test("stopping does not wait for a collector that is away", async () => {
  const gateway = await Gateway.start(["--otlp-endpoint", "http://127.0.0.1:1"]);
  await gateway.ask(say("Hello"));
  const begin = Date.now();
  assert.equal(await gateway.stop(), 0);
  assert.ok(Date.now() - begin < 30_000); // a batch is tried for a minute otherwise
});

test("options that cannot be meant are refused without repeating what may be secret", async () => {
  for (const flags of [
    ["--otlp-endpoint", "http://secret@127.0.0.1:4318"],
    ["--otlp-endpoint", "http://127.0.0.1:4318", "--otlp-header", "secret"],
    ["--otlp-endpoint", "http://127.0.0.1:4318", "--otlp-header", "Host=secret"],
    ["--otlp-endpoint", "http://127.0.0.1:4318", "--otlp-headers-file", "/nowhere"],
  ]) {
    const { code, said } = await refused(...flags);
    assert.equal(code, 1);
    assert.match(said, /OTLP/);
    assert.doesNotMatch(said, /secret/);
  }
  assert.equal((await refused("--otlp-sample-ratio", "1.5")).code, 2);
});
