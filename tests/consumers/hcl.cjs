// Reads HCL by HashiCorp's own parser, compiled for JavaScript: FILE… to one JSON array.
const { readFileSync } = require("node:fs");
const { parse } = require("@cdktf/hcl2json");

(async () => {
  const all = [];
  for (const file of process.argv.slice(2)) {
    all.push(await parse("a.tfvars", readFileSync(file, "utf8")));
  }
  process.stdout.write(JSON.stringify(all));
})().catch((error) => {
  console.error(String(error));
  process.exit(1);
});
