// Is this JSON an ExportTraceServiceRequest? By OpenTelemetry's own .proto files, as the receiver
// ships them, and the rules that OTLP adds for JSON:
// https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
import { createRequire } from "node:module";
import path from "node:path";
import * as conventions from "@opentelemetry/semantic-conventions/incubating";
import protobuf from "protobufjs";

const folder = path.dirname(createRequire(import.meta.url).resolve("@elastic/mockotlpserver/package.json"));
const root = new protobuf.Root();
root.resolvePath = (origin, target) => path.join(folder, target);
root.loadSync("opentelemetry/proto/collector/trace/v1/trace_service.proto");
root.resolveAll();
const request = root.lookupType("opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest");

const idBytes = { traceId: 16, spanId: 8, parentSpanId: 8 };
const isUnsigned = (value, bits) => Number.isInteger(value) && value >= 0 && value < 2 ** bits;
const scalars = {
  string: (value) => typeof value === "string",
  bool: (value) => typeof value === "boolean",
  double: (value) => typeof value === "number",
  fixed32: (value) => isUnsigned(value, 32),
  uint32: (value) => isUnsigned(value, 32),
  // 64 bits do not fit a JavaScript number, so writers send text.
  fixed64: (value) => typeof value === "string" && /^\d{1,20}$/.test(value),
  int64: (value) => typeof value === "string" && /^-?\d{1,19}$/.test(value),
};

function checkValue(field, value, at, problems) {
  if (field.resolvedType instanceof protobuf.Enum) {
    if (!(value in field.resolvedType.valuesById)) problems.push(`${at}: ${value} is no ${field.type}`);
  } else if (field.resolvedType) {
    checkMessage(field.resolvedType, value, at, problems);
  } else if (field.type === "bytes") {
    const digits = 2 * idBytes[field.name];
    const good = typeof value === "string" && value.length === digits && /^[0-9a-f]+$/i.test(value) && !/^0+$/.test(value);
    if (!good) problems.push(`${at}: ${JSON.stringify(value)} is no id of ${digits} hex digits`);
  } else if (!scalars[field.type]?.(value)) {
    problems.push(`${at}: ${JSON.stringify(value)} is no ${field.type}`);
  }
}

function checkMessage(type, message, at, problems) {
  if (typeof message !== "object" || message === null || Array.isArray(message)) {
    return problems.push(`${at}: no object`);
  }
  const chosen = new Map();
  for (const [key, value] of Object.entries(message)) {
    const field = type.fields[key];
    if (!field) {
      problems.push(`${at}/${key}: no field of ${type.name}`);
      continue;
    }
    if (field.partOf) {
      if (chosen.has(field.partOf)) problems.push(`${at}: both ${chosen.get(field.partOf)} and ${key}`);
      chosen.set(field.partOf, key);
    }
    if (!field.repeated) checkValue(field, value, `${at}/${key}`, problems);
    else if (!Array.isArray(value)) problems.push(`${at}/${key}: no array`);
    else value.forEach((item, i) => checkValue(field, item, `${at}/${key}/${i}`, problems));
  }
}

// What OTLP's comments ask for beside the types.
function checkSpan(span, problems) {
  const at = `span ${span.name}`;
  for (const key of ["traceId", "spanId", "name", "kind", "startTimeUnixNano", "endTimeUnixNano"]) {
    if (!span[key]) problems.push(`${at}: no ${key}`);
  }
  if (BigInt(span.endTimeUnixNano ?? 0) < BigInt(span.startTimeUnixNano ?? 0)) problems.push(`${at}: ends before it starts`);
  const keys = (span.attributes ?? []).map((attribute) => attribute.key);
  if (new Set(keys).size !== keys.length) problems.push(`${at}: a key twice`);
}

const valuesOf = (prefix) =>
  new Set(Object.entries(conventions).filter(([name]) => name.startsWith(prefix)).map(([, value]) => value));
const attributeNames = valuesOf("ATTR_");
// Renamed from cache_creation in release 0.1.0 of the GenAI conventions, which moved to a repository
// of their own; the package has them as they were before.
attributeNames.add("gen_ai.usage.cache_write.input_tokens");
const operations = valuesOf("GEN_AI_OPERATION_NAME_VALUE_");
const providers = new Set([...valuesOf("GEN_AI_PROVIDER_NAME_VALUE_"), "demo"]);

function checkConventions(span, problems) {
  const at = `span ${span.name}`;
  const attributes = attributesOf(span);
  for (const key of Object.keys(attributes)) {
    if (!key.startsWith("penstock.") && !attributeNames.has(key)) problems.push(`${at}: ${key} is no convention's`);
  }
  const operation = attributes["gen_ai.operation.name"];
  if (!operations.has(operation)) problems.push(`${at}: operation ${operation}`);
  const provider = attributes["gen_ai.provider.name"];
  if (provider !== undefined && !providers.has(provider)) problems.push(`${at}: provider ${provider}`);
  const model = attributes["gen_ai.request.model"];
  if (span.name !== `${operation} ${model}`) problems.push(`${at}: named otherwise than its operation and model`);
}

export const spansOf = (message) =>
  message.resourceSpans.flatMap((resource) => resource.scopeSpans.flatMap((scope) => scope.spans));

// {"gen_ai.operation.name": "chat", …}; whole numbers as such.
export function attributesOf({ attributes }) {
  const plain = (value) => ("intValue" in value ? Number(value.intValue) : Object.values(value)[0]);
  return Object.fromEntries(attributes.map(({ key, value }) => [key, plain(value)]));
}

// All that is wrong with a message, as text; empty when nothing is.
export function problemsOf(message) {
  const problems = [];
  checkMessage(request, message, "", problems);
  if (problems.length > 0) return problems;
  for (const span of spansOf(message)) {
    checkSpan(span, problems);
    checkConventions(span, problems);
  }
  return problems;
}
