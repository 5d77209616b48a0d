// An OpenAPI 3.1 document as something to hold exchanges against.
import Ajv2020 from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

const METHODS = ["get", "post", "put", "patch", "delete"];
const BASES = ["/api/manage/v1", "/manage/v1"];
const ROOT = "document";

// Keys of requests may be camelCase; the document says the other.
const snakeCase = (key) => key.replace(/[a-z0-9][A-Z]/g, (pair) => `${pair[0]}_${pair[1].toLowerCase()}`);
function snakeKeys(value) {
  if (Array.isArray(value)) return value.map(snakeKeys);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [snakeCase(key), snakeKeys(member)]));
}

// The text of a header or parameter as what its schema speaks of.
const typed = (text, schema) => (schema.type === "integer" && /^-?\d+$/.test(text) ? Number(text) : text);

export class Contract {
  #document;
  #ajv = new Ajv2020.default({ allErrors: true, allowUnionTypes: true, strictTypes: false, strictRequired: false });
  #validators = new Map();
  #seen = new Set();

  constructor(document) {
    this.#document = document;
    addFormats.default(this.#ajv);
    this.#ajv.addVocabulary(["example", ...Object.keys(document)]); // it is no schema itself
    this.#ajv.addSchema(document, ROOT, false, false);
    this.operations = Object.entries(document.paths).flatMap(([path, item]) =>
      METHODS.filter((method) => item[method]).map((method) => this.#operation(path, item, method)));
    // As OpenAPI and our router have it: what is concrete wins over what is a parameter.
    this.operations.sort((a, b) => a.path.split("{").length - b.path.split("{").length);
  }

  // The names of operations that were never answered with success.
  unseen() {
    return this.operations.map((operation) => operation.name).filter((name) => !this.#seen.has(name));
  }

  // What is wrong with an exchange, as sentences.
  check(exchange) {
    const [target, query = ""] = exchange.path.split("?");
    const base = BASES.find((candidate) => target.startsWith(`${candidate}/`)) ?? "";
    const method = exchange.method === "HEAD" ? "get" : exchange.method.toLowerCase();
    const operation = this.operations.find((one) =>
      one.method === method && one.rooted === (base === "") && one.pattern.test(target.slice(base.length)));
    if (!operation) return this.#checkUnknown(exchange, target);
    const accepted = exchange.status >= 200 && exchange.status < 300;
    if (accepted) this.#seen.add(operation.name);
    const problems = this.#checkResponse(operation, exchange);
    if (accepted) problems.push(...this.#checkRequest(operation, exchange), ...this.#checkQuery(operation, query));
    return problems.map((problem) => `${operation.name} ${exchange.status}: ${problem}`);
  }

  #operation(path, item, method) {
    const parts = path.split("/").map((part) => (part.startsWith("{") ? "[^/]+" : part.replace(/\./g, "\\.")));
    const at = ["paths", path, method];
    return {
      name: `${method.toUpperCase()} ${path}`, method, path, at, rooted: item.servers !== undefined,
      pattern: new RegExp(`^${parts.join("/")}$`), definition: item[method],
      query: [...(item.parameters ?? []), ...(item[method].parameters ?? [])]
        .map((parameter) => this.#resolve(parameter)).filter((parameter) => parameter.in === "query"),
    };
  }

  // Where there is nothing, the only right answers are that there is nothing, or nothing to do it to.
  #checkUnknown(exchange, target) {
    const name = `${exchange.method} ${target} ${exchange.status}`;
    if (![401, 404, 405].includes(exchange.status)) return [`${name}: the document has no such operation`];
    return this.#validate(["components", "schemas", "Error"], this.#parsed(exchange.body))
      .map((problem) => `${name}: ${problem}`);
  }

  #checkResponse(operation, exchange) {
    const at = this.#resolveAt([...operation.at, "responses", String(exchange.status)]);
    if (!at) return ["the document has no such status"];
    const response = this.#get(at);
    const problems = this.#checkHeaders(at, response.headers ?? {}, exchange.headers);
    const types = Object.keys(response.content ?? {});
    if (types.length === 0 || exchange.method === "HEAD") {
      return exchange.body === "" ? problems : [...problems, "has a body"];
    }
    const type = (exchange.headers["content-type"] ?? "none").split(";")[0];
    if (!types.includes(type)) return [...problems, `the content type is ${type}, not ${types.join(" or ")}`];
    const body = type === "application/json" ? this.#parsed(exchange.body) : exchange.body;
    return [...problems, ...this.#validate([...at, "content", type, "schema"], body)];
  }

  #checkHeaders(at, documented, headers) {
    return Object.keys(documented).flatMap((name) => {
      const place = this.#resolveAt([...at, "headers", name]);
      const { required, schema } = this.#get(place);
      const value = headers[name.toLowerCase()];
      if (value === undefined) return required ? [`the header ${name} is missing`] : [];
      return this.#validate([...place, "schema"], typed(value, schema), `the header ${name}`);
    });
  }

  #checkRequest(operation, exchange) {
    if (exchange.request_body === "") {
      const body = operation.definition.requestBody;
      return body && this.#resolve(body).required ? ["succeeded without the body that is required"] : [];
    }
    const body = snakeKeys(this.#parsed(exchange.request_body));
    const at = this.#resolveAt([...operation.at, "requestBody"]);
    if (!at) return JSON.stringify(body) === "{}" ? [] : ["has a body that the document has not"];
    return this.#validate([...at, "content", "application/json", "schema"], body)
      .map((problem) => `the request was accepted, but ${problem}`);
  }

  #checkQuery(operation, query) {
    return [...new URLSearchParams(query)].flatMap(([name, value]) => {
      const parameter = operation.query.find((one) => one.name === snakeCase(name));
      if (!parameter) return [`the query parameter ${name} was accepted, but the document has none`];
      const schema = this.#resolve(parameter.schema);
      const validate = this.#ajv.compile(schema);
      return validate(typed(value, schema)) ? [] : [`the query parameter ${name}=${value} was accepted`];
    });
  }

  #parsed(text) {
    try {
      return JSON.parse(text);
    } catch {
      return undefined; // which no schema of ours takes
    }
  }

  // The value under a list of keys, and the list of keys under which a reference's target stands.
  #get(at) {
    return at.reduce((value, key) => value?.[key], this.#document);
  }
  #resolveAt(at) {
    const value = this.#get(at);
    if (value === undefined) return undefined;
    return value.$ref ? this.#resolveAt(value.$ref.slice(2).split("/")) : at;
  }
  #resolve(value) {
    return value.$ref ? this.#get(this.#resolveAt(value.$ref.slice(2).split("/"))) : value;
  }

  #validate(at, value, what = "the body") {
    if (value === undefined) return ["the body is no JSON"];
    const pointer = at.map((key) => encodeURIComponent(key.replace(/~/g, "~0").replace(/\//g, "~1"))).join("/");
    if (!this.#validators.has(pointer)) {
      this.#validators.set(pointer, this.#ajv.compile({ $ref: `${ROOT}#/${pointer}` }));
    }
    const validate = this.#validators.get(pointer);
    if (validate(value)) return [];
    return validate.errors.map(({ instancePath, message, params }) => {
      const detail = params.additionalProperty ?? params.unevaluatedProperty ?? params.allowedValues?.join(", ");
      return `${instancePath || what} ${message}${detail === undefined ? "" : `: ${detail}`}`;
    });
  }
}
