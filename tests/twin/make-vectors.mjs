// Writes tests/vectors/known-answer/*.json anew. Only for a deliberate change of the format.
import { mkdirSync, writeFileSync } from 'node:fs';
import { call } from './twin.mjs';
import { SAMPLES, build } from './samples.mjs';

const dir = new URL('../vectors/known-answer/', import.meta.url);
mkdirSync(dir, { recursive: true });
for (const [name, sample] of Object.entries(SAMPLES)) {
  const { file, tokens, fill } = build(call, sample);
  const opens = sample.opens.map((o) => {
    const request = { op: 'open', ...o, credential: fill(o.credential) };
    const { message, ...answer } = call({ ...request, file });
    return { request, answer };
  });
  const out = {
    what: 'secrets-vault(5): steps are twin requests, "$prev" the file of the step before, "$token:LABEL" a token answered before; opens are requests on the final file and their answers',
    name, steps: sample.steps, tokens, verify: call({ op: 'verify', file }), opens, vault: Buffer.from(file, 'base64').toString('latin1'),
  };
  writeFileSync(new URL(`${name}.json`, dir), `${JSON.stringify(out, null, 1)}\n`);
}
