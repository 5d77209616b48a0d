// That drift shows: each case departs from the document in one thing.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Contract } from "./contract.mjs";

const schema = (name) => ({ $ref: `#/components/schemas/${name}` });
const json = (content) => ({ "application/json": { schema: content } });
const document = {
  openapi: "3.1.0",
  paths: {
    "/things": {
      get: {
        parameters: [{ name: "page_size", in: "query", schema: { type: "integer", maximum: 9 } }],
        responses: { 200: { description: "", content: json({ type: "array" }) } },
      },
      post: {
        requestBody: { required: true, content: json(schema("NewThing")) },
        responses: { 201: { $ref: "#/components/responses/Thing" } },
      },
    },
    "/things/{id}": {
      get: { responses: { 200: { $ref: "#/components/responses/Thing" }, 304: { description: "" } } },
    },
    "/things/newest": { get: { responses: { 200: { description: "", content: json({ const: 1 }) } } } },
  },
  components: {
    responses: {
      Thing: {
        description: "",
        headers: { "Retry-After": { $ref: "#/components/headers/Wait" } },
        content: json(schema("Thing")),
      },
    },
    headers: { Wait: { required: true, schema: { type: "integer" } } },
    schemas: {
      NewThing: {
        type: "object", additionalProperties: false, required: ["the_name"],
        properties: { the_name: { type: "string" } },
      },
      Thing: {
        allOf: [schema("Named")], unevaluatedProperties: false, required: ["at"],
        properties: { at: { type: "string", format: "date-time" } },
      },
      Named: { type: "object", required: ["name"], properties: { name: { type: ["string", "null"] } } },
      Error: { type: "object", required: ["error"], properties: { error: { type: "string" } } },
    },
  },
};

const thing = { name: null, at: "2026-05-01T00:00:00.5Z" };
const exchange = (method, path, status, body, extra = {}) => ({
  method, path, status, request_body: "", body: typeof body === "string" ? body : JSON.stringify(body),
  headers: { "content-type": "application/json", "retry-after": "1" }, ...extra,
});
const made = (body, answer = thing) =>
  exchange("POST", "/manage/v1/things", 201, answer, { request_body: JSON.stringify(body) });
const shown = (body, extra) => exchange("GET", "/manage/v1/things/x", 200, body, extra);

for (const [name, given, expected] of [
  ["what is as documented", shown(thing), []],
  ["the other base path", exchange("GET", "/api/manage/v1/things/x", 200, thing), []],
  ["a concrete path before one with a parameter", exchange("GET", "/manage/v1/things/newest", 200, 1), []],
  ["camelCase in a request", made({ theName: "a" }), []],
  ["an empty 304", exchange("GET", "/manage/v1/things/x", 304, ""), []],
  ["a query parameter", exchange("GET", "/manage/v1/things?pageSize=9", 200, []), []],
  ["an unknown path that is refused", exchange("GET", "/manage/v1/none", 404, { error: "" }), []],
  ["a field too many", shown({ ...thing, secret: 1 }),
    ["GET /things/{id} 200: the body must NOT have unevaluated properties: secret"]],
  ["a field too few", shown({ at: thing.at }), ["GET /things/{id} 200: the body must have required property 'name'"]],
  ["another type", shown({ ...thing, name: 5 }), ["GET /things/{id} 200: /name must be string,null"]],
  ["another format", shown({ ...thing, at: "today" }), ['GET /things/{id} 200: /at must match format "date-time"']],
  ["no JSON", shown("oops"), ["GET /things/{id} 200: the body is no JSON"]],
  ["another content type", shown(thing, { headers: { "content-type": "text/html", "retry-after": "1" } }),
    ["GET /things/{id} 200: the content type is text/html, not application/json"]],
  ["a missing header", shown(thing, { headers: { "content-type": "application/json" } }),
    ["GET /things/{id} 200: the header Retry-After is missing"]],
  ["a wrong header", shown(thing, { headers: { "content-type": "application/json", "retry-after": "soon" } }),
    ["GET /things/{id} 200: the header Retry-After must be integer"]],
  ["a body where there is to be none", exchange("GET", "/manage/v1/things/x", 304, "x"),
    ["GET /things/{id} 304: has a body"]],
  ["an unknown status", exchange("GET", "/manage/v1/things/x", 418, {}),
    ["GET /things/{id} 418: the document has no such status"]],
  ["an unknown operation", exchange("PATCH", "/manage/v1/things/x", 200, {}),
    ["PATCH /manage/v1/things/x 200: the document has no such operation"]],
  ["an accepted field that is unknown", made({ the_name: "a", x: 1 }),
    ["POST /things 201: the request was accepted, but the body must NOT have additional properties: x"]],
  ["an accepted request without its body", exchange("POST", "/manage/v1/things", 201, thing),
    ["POST /things 201: succeeded without the body that is required"]],
  ["an accepted query parameter that is unknown", exchange("GET", "/manage/v1/things?x=1", 200, []),
    ["GET /things 200: the query parameter x was accepted, but the document has none"]],
  ["an accepted query parameter that does not hold", exchange("GET", "/manage/v1/things?page_size=10", 200, []),
    ["GET /things 200: the query parameter page_size=10 was accepted"]],
]) {
  test(name, () => assert.deepEqual(new Contract(document).check(given), expected));
}

test("operations that never succeeded are told", () => {
  const contract = new Contract(document);
  contract.check(shown(thing));
  contract.check(exchange("GET", "/manage/v1/things", 500, {}));
  assert.deepEqual(contract.unseen().sort(), ["GET /things", "GET /things/newest", "POST /things"]);
});
