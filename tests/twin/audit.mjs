// The audit log of secrets-audit(5): lines, state, hashes, keys. Text to model and back; verification is in
// audit-verify.mjs, writing in audit-write.mjs.
import { createHash, createHmac } from 'node:crypto';
import { Cur, Refusal, PAE, b64d, b64e, b64ok, fail, ENV } from './codec.mjs';
import { H, KDF } from './crypto.mjs';

// ---- hashes and keys ----------------------------------------------------------------------------------
const ascii = (s) => Buffer.from(s, 'latin1');
export const genesis = (c) => H(PAE('secrets/v1/audit-genesis', b64d(c.vault), b64d(c.device), b64d(c.chain)));
export const entryHash = (before, e) => H(PAE('secrets/v1/audit', before, ascii(e)));
export const entryMac = (key, h) => createHmac('sha256', key).update(PAE('secrets/v1/audit-mac', h)).digest();
export const ratchet = (key) => KDF(key, 'audit-ratchet');
export const nextChainKey = (key, chain) => KDF(key, 'audit-next', b64d(chain));
export const firstKey = (AK, c, chain) => KDF(AK, 'audit-chain', b64d(c.vault), b64d(c.device), b64d(chain));
export const MAX_RATCHET = 1000000; // what this reader is willing to count through for one earlier chain

// The keys of the entries of one chain, made when asked for and kept: Keys.at(i) is K_i.
export class Keys {
  constructor(first) { this.all = [first]; }
  at(i) {
    while (this.all.length <= i) this.all.push(ratchet(this.all.at(-1)));
    return this.all[i];
  }
}
// K_0 of a chain: from the log key, or counted through the chains before it.
const counted = new Map();
export function chainKeys(AK, c) {
  const id = [AK.toString('latin1'), c.vault, c.device, ...c.prev, c.chain].join('|');
  let keys = counted.get(id);
  if (keys) return keys;
  const before = c.prev.map(headOf);
  let k = firstKey(AK, c, before[0]?.chain ?? c.chain);
  before.forEach((p, j) => {
    if (p.n > MAX_RATCHET) fail('limits', `${p.n} entries in an earlier chain`);
    for (let i = 0; i < p.n; i++) k = ratchet(k);
    k = nextChainKey(k, before[j + 1]?.chain ?? c.chain);
  });
  if (counted.size > 1000) counted.clear();
  counted.set(id, keys = new Keys(k));
  return keys;
}

// ---- chain:n:hash -----------------------------------------------------------------------------------------
const HEAD = /^([A-Za-z0-9+/]{22}):([1-9][0-9]{0,15}):([A-Za-z0-9+/]{43})$/;
export function headOf(text) {
  const m = typeof text === 'string' ? HEAD.exec(text) : null;
  if (!m || !b64ok(m[1]) || !b64ok(m[3]) || !Number.isSafeInteger(Number(m[2]))) fail('format', 'not chain:n:hash');
  return { chain: m[1], n: Number(m[2]), hash: m[3] };
}
export const headText = (chain, n, h) => `${chain}:${n}:${b64e(h)}`;

// ---- JSON of an entry ---------------------------------------------------------------------------------------
// Of bytes 0x20 to 0x7E; outside of strings the grammar has no others, and no space.
const STRING = /"[ !#-[\]-~]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[ !#-[\]-~]*)*"/y;
const DEPTH = 64;
class Json extends Cur {
  text() {
    const t = JSON.parse(this.re(STRING));
    return t.isWellFormed() ? t : this.bad('half of a surrogate pair');
  }
  value(depth = 0) {
    if (depth > DEPTH) this.bad('nested too deep');
    if (this.is('"')) return this.text();
    if (this.is('[')) return this.list('[', ']', () => this.value(depth + 1));
    if (this.is('{')) {
      const seen = new Set();
      return Object.fromEntries(this.list('{', '}', () => {
        const name = this.text();
        if (seen.has(name)) this.bad('a member twice');
        seen.add(name);
        this.lit(':');
        return [name, this.value(depth + 1)];
      }));
    }
    for (const [t, v] of [['true', true], ['false', false], ['null', null]]) if (this.is(t)) return this.lit(t) && v;
    return this.num();
  }
}
export const asciiJson = (o) => JSON.stringify(o).replace(/[\u007f-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);

// ---- an entry --------------------------------------------------------------------------------------------------
const isN = (v) => typeof v === 'number';
const isText = (v) => typeof v === 'string';
const isB64 = (n) => (v) => isText(v) && v.length === n && b64ok(v);
const oneOf = (...all) => (v) => all.includes(v);
const each = (ok) => (v) => Array.isArray(v) && v.every(ok);
const isHead = (v) => { try { return !!headOf(v); } catch { return false; } };
export const ACTIONS = ['read', 'write', 'delete', 'rotate', 'access', 'unlock', 'check', 'note', 'chain', 'torn', 'abort', 'gap'];
const CODES = ['usage', 'not_found', 'locked', 'denied', 'integrity', 'expired', 'conflict', 'rotation', 'findings', 'io', 'cannot_start', 'not_executable', 'command_not_found'];
const MEMBERS = {
  i: isN, t: isN, a: oneOf(...ACTIONS), ok: oneOf(0, 1), err: oneOf(...CODES), env: (v) => isText(v) && ENV.test(v),
  names: each((x) => Array.isArray(x) && x.length === 2 && isText(x[0]) && x[0].startsWith('/') && isN(x[1])),
  verb: isText, cmd: isText, why: isText, cred: oneOf('token', 'key', 'passphrase'), slot: isB64(11), label: isText, user: isText, host: isText, ip: isText,
  pid: isN, tty: isText, ci: isText, agent: isText, as: isText, seals: each(isB64(43)),
  vault: isB64(22), device: isB64(11), chain: isB64(22), prev: each(isHead),
};
const isObject = (v) => v !== null && typeof v === 'object' && !Array.isArray(v);
const DATA = {
  torn: (e) => isObject(e.data) && isN(e.data.len) && e.data.len > 0 && isB64(43)(e.data.hash),
  gap: (e) => isObject(e.data) && (e.verb === 'accept-loss'
    ? isText(e.why) && e.why !== '' && each(isHead)(e.data.lost) && e.data.lost.length > 0
    : Object.hasOwn(e.data, 'prev') ? each(isHead)(e.data.prev) && e.data.prev.length > 0 && isN(e.data.left) : isHead(e.data.left)),
  chain: (e) => ['vault', 'device', 'chain', 'slot', 'prev'].every((k) => Object.hasOwn(e, k)),
};
export function parseEntry(raw) {
  const c = new Json(raw, 'entry');
  if (!c.is('{"i":')) c.bad('i is not the first member');
  const e = c.value();
  c.end();
  for (const k of ['t', 'a']) if (!Object.hasOwn(e, k)) c.bad(`no member ${k}`);
  for (const [k, v] of Object.entries(e)) if (Object.hasOwn(MEMBERS, k) && !MEMBERS[k](v)) c.bad(`member ${k} of the wrong form`);
  if (Object.hasOwn(DATA, e.a) && !DATA[e.a](e)) c.bad(`members of ${e.a} missing or of the wrong form`);
  return e;
}
// a line without its LF; the end is of fixed length, so nothing inside e can pretend to be it
const START = '{"e":', END = /^,"h":"([A-Za-z0-9+/]{43})","m":"([A-Za-z0-9+/]{43})"\}$/, END_LEN = 101;
const parsed = new Map(); // lines that were read well, so that many logs with the same lines are read quickly
export function parseLine(line) {
  const known = parsed.get(line);
  if (known) return known;
  const m = line.startsWith(START) ? END.exec(line.slice(-END_LEN)) : null;
  if (!m || line.length < START.length + 2 + END_LEN) fail('format', 'not a line of the log');
  const raw = line.slice(START.length, -END_LEN);
  const x = { raw, e: parseEntry(raw), h: b64d(m[1]), m: b64d(m[2]) };
  if (parsed.size > 20000) parsed.clear();
  parsed.set(line, x);
  return x;
}
export const lineText = (raw, h, m) => `{"e":${raw},"h":"${b64e(h)}","m":"${b64e(m)}"}\n`;

// ---- the state ---------------------------------------------------------------------------------------------------
const hex = (s) => createHash('sha256').update(s, 'latin1').digest('hex');
export const slotSize = (text) => { let s = 4096; while (text.length + 65 > s) s *= 2; return s; };
export const stateText = (s, write) => `{"state":1,"write":${write},"vault":"${s.vault}","device":"${s.device}","chain":"${s.chain}","slot":"${s.slot}","prev":${
  JSON.stringify(s.prev)},"next":${s.next},"key":"${b64e(s.key)}","h":"${b64e(s.h)}","len":${s.len}}`;
export function stateFile(s, write, size = slotSize(stateText(s, write))) {
  const body = stateText(s, write).padEnd(size - 65, ' ');
  return ascii(`${body}${hex(body)}\n`.repeat(2));
}
function parseSlot(t) {
  const body = t.slice(0, -65);
  if (t.slice(-65) !== `${hex(body)}\n`) return null;
  const c = new Cur(body, 'state'), s = {};
  s.write = c.lit('{"state":1,"write":').num();
  s.vault = c.lit(',"vault":').b64(22);
  s.device = c.lit(',"device":').b64(11);
  s.chain = c.lit(',"chain":').b64(22);
  s.slot = c.lit(',"slot":').b64(11);
  c.lit(',"prev":');
  s.prev = c.list('[', ']', () => { const p = c.re(/"([A-Za-z0-9+/:]*)"/y); headOf(p); return p; });
  s.next = c.lit(',"next":').num();
  s.key = b64d(c.lit(',"key":').b64(43));
  s.h = b64d(c.lit(',"h":').b64(43));
  s.len = c.lit(',"len":').num();
  c.lit('}').re(/ */y);
  c.end();
  return s;
}
export function parseState(buf) {
  const size = buf.length / 2, k = Math.log2(size / 4096);
  if (!Number.isInteger(k) || k < 0) fail('format', 'state: not two slots of 4096 times a power of two');
  const text = buf.toString('latin1');
  const read = (t) => { try { return parseSlot(t); } catch (e) { if (e instanceof Refusal) return null; throw e; } };
  const [a, b] = [read(text.slice(0, size)), read(text.slice(size))];
  if (!a && !b) fail('integrity', 'state: neither of its slots is whole');
  if (a && b && a.write === b.write && text.slice(0, size) !== text.slice(size)) fail('integrity', 'state: two slots of one number differ');
  return !b || (a && a.write > b.write) ? a : b;
}
