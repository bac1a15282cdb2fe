// SPDX-License-Identifier: Apache-2.0
// node validate.cjs FILE...: what AsyncAPI's parser says of each, as JSON: the diagnostics, how many channels, operations
// and messages it found, and the document as a reader of YAML 1.2 has it.
const { readFileSync } = require("node:fs");
const { Parser } = require("@asyncapi/parser");
const yaml = require("js-yaml");

// The parser gives every document an Ajv of its own, which compiles AsyncAPI's schema anew, half a second at a time. It is
// the same schema object each time, so one compilation will do: the same answers in half the time.
const Ajv = require(require.resolve("ajv", { paths: [require.resolve("@stoplight/spectral-functions")] })).default;
const compile = Ajv.prototype.compile;
const compiled = new WeakMap();
Ajv.prototype.compile = function (schema, ...options) {
  if (!compiled.has(schema)) compiled.set(schema, compile.call(this, schema, ...options));
  return compiled.get(schema);
};

const SEVERITIES = ["error", "warning", "information", "hint"];

async function said(parser, file) {
  const text = readFileSync(file, "utf8");
  const { document, diagnostics } = await parser.parse(text, { source: file });
  return {
    diagnostics: diagnostics.map((one) => ({
      severity: SEVERITIES[one.severity],
      code: String(one.code),
      path: one.path.join("/"),
      message: one.message,
    })),
    found: document ? {
      channels: document.allChannels().length,
      operations: document.allOperations().length,
      messages: document.allMessages().length,
    } : null,
    read: yaml.load(text),
  };
}

(async () => {
  const parser = new Parser();
  const answers = {};
  for (const file of process.argv.slice(2)) answers[file] = await said(parser, file);
  process.stdout.write(JSON.stringify(answers));
})();
