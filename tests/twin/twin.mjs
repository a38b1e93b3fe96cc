#!/usr/bin/env node
// An independent reader, writer and attacker of the file described in secrets-vault(5).
//   node twin.mjs serve    one JSON request a line on stdin, one JSON answer a line on stdout, in order
//   node twin.mjs call     one request on stdin, one answer
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { Refusal, fail } from './codec.mjs';
import { parseToken } from './crypto.mjs';
import { answerOpen, answerVerify } from './reader.mjs';
import { skipRead } from './skip.mjs';
import * as W from './writer.mjs';
import { attack } from './attacks.mjs';
import { mutate } from './mutate.mjs';
import { newHead } from './renew.mjs';
import * as M from './record.mjs';

const fileOf = (req) => {
  if (typeof req.file !== 'string') fail('usage', 'file: base64 of a vault');
  return Buffer.from(req.file, 'base64');
};
const OPS = {
  verify: (q) => answerVerify(fileOf(q), q),
  open: (q) => answerOpen(fileOf(q), q),
  skipread: (q) => skipRead(fileOf(q), q),
  init: (q) => W.init(q),
  set: (q) => W.set(q),
  envcreate: (q) => W.envCreate(q),
  slot: (q) => W.slot(q),
  head: (q) => newHead(q),
  token: (q) => {
    const t = parseToken(q.parse);
    return { slot: t.id.toString('base64').replace(/=+$/, ''), key: t.secret.toString('base64'), fingerprint: t.fp };
  },
  attack: (q) => attack(fileOf(q), q),
  auditverify: (q) => M.auditVerify(q),
  auditwrite: (q) => M.auditWrite(q),
  auditattack: (q) => M.auditAttack(q),
  pin: (q) => M.pin(q),
  oldwrap: (q) => M.oldwrap(q),
  mutate: (q) => ({ mutants: mutate(fileOf(q), q.n ?? q.N, q.seed).map((b) => b.toString('base64')) }),
};
export function call(req) {
  try {
    if (req === null || typeof req !== 'object' || !Object.hasOwn(OPS, req.op)) fail('usage', 'no such op');
    return { ok: true, ...OPS[req.op](req) };
  } catch (e) {
    if (e instanceof Refusal) return { ok: false, class: e.cls, message: e.message };
    return { ok: false, class: 'usage', message: `the twin failed: ${e?.message ?? e}`, internal: true };
  }
}
export function callText(line) {
  let req;
  try { req = JSON.parse(line); } catch { return JSON.stringify({ ok: false, class: 'usage', message: 'request is not JSON' }); }
  return JSON.stringify(call(req));
}

async function main(mode) {
  if (mode === 'call') {
    const parts = [];
    for await (const c of process.stdin) parts.push(c);
    process.stdout.write(`${callText(Buffer.concat(parts).toString('utf8'))}\n`);
  } else if (mode === 'serve') {
    for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
      if (line.trim() === '') continue;
      if (!process.stdout.write(`${callText(line)}\n`)) await new Promise((r) => process.stdout.once('drain', r));
    }
  } else {
    process.stderr.write('usage: node twin.mjs serve|call\n');
    process.exitCode = 2;
  }
}
if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) await main(process.argv[2]);
