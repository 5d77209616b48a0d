// Holds what the tests exchanged with the management API against its document: every answer's status,
// headers and body, the body and the query of every request that was accepted, and that every operation
// was seen to succeed. Usage: node validate.mjs DOCUMENT.yaml FOLDER
import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { Contract } from "./contract.mjs";

const [documentFile, folder] = process.argv.slice(2);
if (!folder) {
  console.error("usage: node validate.mjs DOCUMENT.yaml FOLDER");
  process.exit(2);
}

function* exchangesIn(directory) {
  let files = [];
  try {
    files = readdirSync(directory).filter((name) => name.endsWith(".jsonl"));
  } catch {} // said below: nothing was recorded
  for (const name of files) {
    for (const line of readFileSync(path.join(directory, name), "utf8").split("\n")) {
      if (line) yield JSON.parse(line);
    }
  }
}

const contract = new Contract(parse(readFileSync(documentFile, "utf8")));
const problems = new Map(); // message → how often
let count = 0;
for (const exchange of exchangesIn(folder)) {
  ++count;
  for (const problem of contract.check(exchange)) {
    problems.set(problem, (problems.get(problem) ?? 0) + 1);
  }
}
for (const operation of contract.unseen()) problems.set(`${operation}: no test has it succeed`, 1);
if (count === 0) {
  problems.clear();
  problems.set(`nothing was recorded in ${folder}: run integration/manage by ctest first`, 1);
}

for (const [problem, times] of [...problems].sort()) {
  console.log(times > 1 ? `${problem} (${times} times)` : problem);
}
console.log(`openapi: ${count} exchanges, ${contract.operations.length} operations, ${problems.size} problems`);
process.exit(problems.size > 0 ? 1 : 0);
