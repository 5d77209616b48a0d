// The golden file is what OTLP wants, and drift from it shows: each case departs in one thing.
import assert from "node:assert/strict";
import fs from "node:fs";
import { test } from "node:test";
import { problemsOf, spansOf } from "./otlp.mjs";

const golden = () => JSON.parse(fs.readFileSync(new URL("../golden/telemetry/spans.json", import.meta.url)));

test("the golden file is an export request", () => {
  assert.deepEqual(problemsOf(golden()), []);
  assert.equal(spansOf(golden()).length, 6);
});

const departures = {
  "a field of no message": (span) => (span.trace_id = span.traceId),
  "an id in base64": (span) => (span.traceId = "CvdlGRbNQ92ESOshHIAxnA=="),
  "an id of the wrong length": (span) => (span.spanId = span.traceId),
  "an id of zeros": (span) => (span.parentSpanId = "0".repeat(16)),
  "a time as a number": (span) => (span.startTimeUnixNano = 1800000000123000000),
  "a kind by name": (span) => (span.kind = "SPAN_KIND_SERVER"),
  "a kind that there is not": (span) => (span.kind = 9),
  "flags as text": (span) => (span.flags = "1"),
  "a status that is no object": (span) => (span.status = 2),
  "no time": (span) => delete span.endTimeUnixNano,
  "an end before the start": (span) => (span.endTimeUnixNano = "1"),
  "attributes as an object": (span) => (span.attributes = { a: 1 }),
  "an attribute twice": (span) => span.attributes.push(span.attributes[0]),
  "a value of two types": (span) => (span.attributes[0].value.intValue = "1"),
  "a whole number as such": (span) => (span.attributes[0].value = { intValue: 1 }),
  "a name of no convention": (span) => (span.attributes[3].key = "gen_ai.system_model"),
  "an operation of no convention": (span) => (span.attributes[0].value.stringValue = "chats"),
  "a provider of no convention": (span) => (span.attributes[1].value.stringValue = "google"),
  "a span named otherwise": (span) => (span.name = "chat"),
};
for (const [what, depart] of Object.entries(departures)) {
  test(`${what} is seen`, () => {
    const message = golden();
    depart(spansOf(message)[0]);
    assert.notDeepEqual(problemsOf(message), []);
  });
}
