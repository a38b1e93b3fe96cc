// node tests/twin/selftest.mjs : ends with the line "N passed, N failed"
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { call } from './twin.mjs';
import { SAMPLES, build, PASS } from './samples.mjs';
import { CASES } from './selftest-cases.mjs';
import { auditTests } from './selftest-audit.mjs';
import { ATTACKS } from './attacks.mjs';
import { MEMBER } from './writer.mjs';
import { parseToken, SMALL_Y, D, P, pow } from './crypto.mjs';
import { pad, unpad, padTotal, ByteSource } from './codec.mjs';

let passed = 0, failed = 0;
const t0 = Date.now();
function check(ok, what) { if (ok) passed++; else { failed++; console.log(`FAILED: ${what}`); } return ok; }
const verdict = (r) => (r.ok ? 'ok' : r.internal ? `internal error: ${r.message}` : r.class);
const expect = (r, want, what) => check(verdict(r) === want, `${what}: expected ${want}, got ${verdict(r)} ${r.message ?? ''}`);
const note = (s) => console.log(`${s} [${((Date.now() - t0) / 1000).toFixed(1)} s]`);

// ---- parts
check(SMALL_Y.length === 5 && SMALL_Y.slice(3).every((y) => (D * pow(y, 4n) + 2n * y * y - 1n) % P === 0n), 'points of small order');
for (const [len, lo, want] of [[0, 64, 64], [60, 64, 64], [61, 64, 128], [508, 512, 512], [509, 512, 1024], [1020, 64, 1024], [1021, 64, 2048], [2044, 128, 2048], [2045, 128, 3072]]) {
  check(padTotal(len, lo) === want, `pad of ${len}`);
  check(unpad(pad(Buffer.alloc(len, 65), lo), lo).length === len, `unpad of ${len}`);
}
const one = new ByteSource('s').take(100), parts = new ByteSource('s');
check(one.equals(Buffer.concat([parts.take(7), parts.take(60), parts.take(33)])), 'byte source without block alignment');

// ---- samples: the same bytes twice, the stored answers, round trips
const built = {};
for (const [name, s] of Object.entries(SAMPLES)) {
  built[name] = build(call, s);
  expect(call({ op: 'verify', file: built[name].file }), 'ok', `${name} verifies`);
}
const dir = new URL('../vectors/known-answer/', import.meta.url);
for (const f of readdirSync(dir).filter((x) => x.endsWith('.json'))) {
  const k = JSON.parse(readFileSync(new URL(f, dir), 'utf8'));
  const again = build(call, k);
  check(Buffer.from(again.file, 'base64').toString('latin1') === k.vault, `${f}: the same bytes again`);
  for (const [i, o] of k.opens.entries()) {
    const { message, ...answer } = call({ ...o.request, file: Buffer.from(k.vault, 'latin1').toString('base64') });
    check(JSON.stringify(answer) === JSON.stringify(o.answer), `${f}: open ${i}`);
  }
}
note('samples and known answers');

const sample = built['folder-and-tokens'], V = sample.file, owner = { token: sample.tokens.owner }, now = 1767225700;
const open = (file, credential = owner, more = {}) => call({ op: 'open', file, credential, now, ...more });
const truth = open(V);
check(truth.ok && truth.records.length === 6 && truth.scopes.length === 3, 'the sample opens');
const last = new Map(truth.records.map((r) => [`${r.env} ${r.path}`, r]));
for (const r of truth.records) {
  const g = call({ op: 'skipread', file: V, credential: owner, env: r.env, path: r.path, v: r.v, now });
  check(g.ok && g.value === r.value && JSON.stringify(g.meta) === JSON.stringify(r.meta), `skipread ${r.path} ${r.v}`);
}
for (const r of last.values()) check(call({ op: 'skipread', file: V, credential: owner, env: r.env, path: r.path, now }).v === r.v, `current version of ${r.path}`);
const skip = (label, env, path) => call({ op: 'skipread', file: V, credential: { token: sample.tokens[label] }, env, path, now });
expect(skip('ci-read', 'prod', 'app/one'), 'ok', 'read token');
expect(skip('ci-read', 'prod', 'infra/root'), 'denied', 'read token, folder of another scope');
expect(skip('ci-read', 'dev', 'app/one'), 'denied', 'read token, other environment');
expect(skip('ci-name', 'prod', 'app/two'), 'ok', 'exact name');
expect(skip('ci-name', 'prod', 'app/one'), 'denied', 'exact name, another one');
check(skip('ci-name', 'prod', 'app/none').found === false, 'a granted name without record');
expect(call({ op: 'set', file: V, credential: { token: sample.tokens['ci-read'] }, env: 'prod', items: [{ path: 'x', value: '' }], t: now, seed: 'x' }), 'denied', 'a read token writes');
expect(call({ op: 'slot', file: V, credential: { token: sample.tokens['ci-write'] }, label: 'y', token: true, caps: [], t: now }), 'denied', 'a member adds a slot');
expect(call({ op: 'envcreate', file: V, credential: owner, env: 'prod', pre: 'app/', t: now }), 'usage', 'a folder that has secrets');
expect(open(V, { token: sample.tokens['ci-name'] }, { now: 1767225600 + 5000 }), 'expired', 'expired token');
expect(open(V, { token: built['key-one-environment'].tokens.owner }), 'integrity', 'token of another vault');
expect(open(V, { key: Buffer.alloc(32, 3).toString('base64') }), 'auth', 'wrong key');
expect(open(V, { passphrase: PASS }), 'auth', 'passphrase where there is no such slot');
expect(open(V, owner, { now: 1767225600 - 90000 }), 'limits', 'head ahead of the clock');
expect(call({ op: 'verify', file: V, apk: truth.fingerprint }), 'ok', 'fingerprint');
expect(call({ op: 'verify', file: V, apk: '0'.repeat(32) }), 'integrity', 'other fingerprint');
// a member's identity opens its slot only with a fingerprint known from elsewhere
const others = built['expired-and-others'].file, member = { x25519: MEMBER.toString('base64') };
const theirs = call({ op: 'verify', file: others }).fingerprint;
expect(call({ op: 'open', file: others, credential: member, now }), 'integrity', 'x25519 without a known fingerprint');
expect(call({ op: 'open', file: others, credential: member, apk: '0'.repeat(32), now }), 'integrity', 'x25519, other fingerprint');
check(call({ op: 'open', file: others, credential: member, apk: theirs, now }).records?.length === 2, 'x25519 with the fingerprint');
expect(call({ op: 'open', file: others, credential: { x25519: Buffer.alloc(32, 5).toString('base64') }, apk: theirs, now }), 'auth', 'another x25519 identity');
expect(open(V, owner, { now: 'soon' }), 'usage', 'now is a number');
// keep: twelve versions and the first is gone, its number never used again
let many = V;
for (let i = 0; i < 12; i++) many = call({ op: 'set', file: many, credential: owner, env: 'dev', items: [{ path: 'k', value: '' }], t: now + i, seed: `k${i}` }).file;
check(open(many, owner, { now: now + 99 }).records.filter((r) => r.path === 'k').map((r) => r.v).join() === '3,4,5,6,7,8,9,10,11,12', 'ten versions are kept');
const dead = call({ op: 'set', file: many, credential: owner, env: 'dev', items: [{ path: 'k', value: '', meta: { st: 2 } }], t: now, seed: 'del' }).file;
check(call({ op: 'skipread', file: dead, credential: owner, env: 'dev', path: 'k', v: 7, now }).reason === 'deleted', 'older versions of a deleted secret');
const pend = call({ op: 'set', file: V, credential: owner, env: 'dev', items: [{ path: 'app/one', value: '', meta: { st: 1 } }], t: now, seed: 'pend' }).file;
check(call({ op: 'skipread', file: pend, credential: owner, env: 'dev', path: 'app/one', now }).v === 1, 'a pending version is not current');
// tokens
const tok = sample.tokens.owner;
expect(call({ op: 'token', parse: tok }), 'ok', 'token');
for (let i = 0; i < tok.length; i++) {
  for (const c of ['A', 'b', '-', '=', '']) if (c !== tok[i]) expect(call({ op: 'token', parse: tok.slice(0, i) + c + tok.slice(i + 1) }), 'usage', `token altered at ${i}`);
}
check(parseToken(tok).fp === truth.fingerprint, 'fingerprint in the token');
note('round trips');

// ---- attacks
const originals = new Map(truth.records.map((r) => [`${r.env} ${r.path} ${r.v}`, r.value]));
const seen = new Set();
const older = build(call, { steps: SAMPLES['folder-and-tokens'].steps.slice(0, 2) }).file; // before anything was set
const pass = built.passphrase;
for (const [name, given, verify, opened, which] of CASES) {
  const args = given.old ? { ...given, old: older } : given;
  seen.add(name);
  const what = `${name} ${JSON.stringify(given)}`.slice(0, 100);
  const [file, cred] = which === 'pass' ? [pass.file, { passphrase: PASS }] : [V, owner];
  const a = call({ op: 'attack', name, file, credential: cred, args, seed: 'attack' });
  if (!check(a.ok, `${what}: ${a.message}`)) continue;
  expect(call({ op: 'verify', file: a.file }), verify, `${what} verify`);
  const target = args.open ? { token: sample.tokens[args.open] } : cred;
  expect(open(a.file, target), opened, `${what} open`);
  if (which === 'pass') continue;
  for (const r of truth.records) { // a reader that skips never gives another value
    const g = call({ op: 'skipread', file: a.file, credential: owner, env: r.env, path: r.path, now });
    check(g.internal === undefined && (!g.ok || !g.found || (originals.get(`${r.env} ${r.path} ${g.v}`) === g.value)), `${what}: skipread of ${r.path} gave another value`);
  }
}
for (const n of Object.keys(ATTACKS)) check(seen.has(n), `attack ${n} has no case`);
const victims = [['swap-records', {}, 'prod', 'app/one', 'integrity'], ['self-writer-sealed', { env: 'prod', slot: 'ci-read' }, 'prod', 'app/one', 'integrity'],
  ['meta-other-name', { env: 'prod', path: 'app/two' }, 'prod', 'app/two', 'integrity'], ['wrong-page', { env: 'prod' }, 'prod', 'app/one', null], ['move-environment', { env: 'dev', to: 'prod' }, 'prod', 'app/one', null],
  ['lying-lengths', { variant: 'sealed', env: 'dev' }, 'prod', 'app/one', 'format'], ['child-in-parent', { path: 'infra/root' }, 'prod', 'infra/root', null],
  ['pad-filler', { env: 'prod', path: 'app/two' }, 'prod', 'app/two', 'integrity'], ['hs-above', { env: 'prod' }, 'prod', 'app/one', 'integrity'], ['trailing', {}, 'prod', 'app/one', 'format'],
  ['version-renumbered', { env: 'prod', path: 'app/two' }, 'prod', 'app/two', 'integrity'], ['swap-bodies-sealed', { env: 'prod' }, 'prod', 'app/one', null], ['stale-epoch', { env: 'prod' }, 'prod', 'app/one', 'auth']];
for (const [name, args, env, path, want] of victims) {
  const a = call({ op: 'attack', name, file: V, credential: owner, args, seed: 'attack' });
  const g = call({ op: 'skipread', file: a.file, credential: owner, env, path, now });
  check(a.ok && (want === null ? !g.internal : verdict(g) === want), `${name}: skipread expected ${want}, got ${verdict(g)}`);
}
note(`${CASES.length} attacks`);

// ---- every bit, every length
const buf = Buffer.from(V, 'base64');
const small = call({ op: 'verify', file: V });
let accepted = 0, internal = 0;
const refused = (b) => { const r = call({ op: 'verify', file: b.toString('base64') }); if (r.ok) accepted++; if (r.internal) internal++; };
for (let i = 0; i < buf.length; i++) for (let j = 0; j < 8; j++) { buf[i] ^= 1 << j; refused(buf); buf[i] ^= 1 << j; }
check(accepted === 0 && internal === 0, `bit flips: ${accepted} accepted, ${internal} internal errors`);
note(`${buf.length * 8} bit flips of a vault with ${small.scopes.length} scopes, ${small.slots.length} slots, ${truth.records.length} records, ${buf.length} bytes: ${accepted} accepted`);
for (let i = 0; i < buf.length; i++) refused(buf.subarray(0, i));
check(accepted === 0 && internal === 0, `truncations: ${accepted} accepted`);
note(`${buf.length} truncations: ${accepted} accepted`);
const m = call({ op: 'mutate', file: V, n: 3000, seed: 'self' });
check(m.ok && m.mutants.length === 3000 && JSON.stringify(m) === JSON.stringify(call({ op: 'mutate', file: V, n: 3000, seed: 'self' })), 'mutants are deterministic');
let wrong = 0;
for (const [i, x] of m.mutants.entries()) {
  refused(Buffer.from(x, 'base64'));
  for (const o of [open(x)]) if (o.ok || o.internal) wrong++;
  const r = truth.records[i % truth.records.length], g = call({ op: 'skipread', file: x, credential: owner, env: r.env, path: r.path, now });
  if (g.internal || (g.ok && g.found && g.value !== originals.get(`${r.env} ${r.path} ${g.v}`)) || (g.ok && !g.found)) wrong++;
}
check(accepted === 0 && internal === 0 && wrong === 0, `mutants: ${accepted} accepted, ${wrong} wrong answers`);
note(`3000 mutants through verify, open and skipread: ${accepted} accepted, ${wrong} wrong answers`);

// ---- log, state and pins
auditTests(check, note);
note('log, state and pins');

// ---- the command
const twin = fileURLToPath(new URL('twin.mjs', import.meta.url));
const lines = [JSON.stringify({ op: 'verify', file: V }), '{"op":"nothing"}', 'no json', JSON.stringify({ op: 'open', file: V, credential: null }), '[]', 'null', JSON.stringify({ op: 'verify' })];
const run = spawnSync(process.execPath, [twin, 'serve'], { input: `${lines.join('\n')}\n`, encoding: 'utf8' });
const got = run.stdout.trim().split('\n').map((x) => JSON.parse(x));
check(run.status === 0 && got.length === lines.length && got[0].ok && got.slice(1).every((x) => x.ok === false && x.class === 'usage' && !x.internal), 'serve answers every line in order');
check(JSON.parse(spawnSync(process.execPath, [twin, 'call'], { input: lines[0], encoding: 'utf8' }).stdout).ok, 'call');
note('done');
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed ? 1 : 0;
