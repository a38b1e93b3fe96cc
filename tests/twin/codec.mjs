// Notation of secrets-vault(5): integers, PAE, base64, padding, paths, x maps, the grant and meta JSON.
// This module knows nothing of keys. Everything refused is thrown as a Refusal with a class.
import { createHash, randomBytes } from 'node:crypto';

export class Refusal extends Error {
  constructor(cls, message) { // an answer, not a defect: no trace, which would be most of its cost
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(message);
    Error.stackTraceLimit = stackTraceLimit;
    this.cls = cls;
  }
}
export const fail = (cls, message) => { throw new Refusal(cls, message); };

// ---- byte source -------------------------------------------------------------------------------
// With a seed: block i = SHA-256("secrets-known-answer" || seed as UTF-8 || I(i)), I = 8 bytes
// little-endian, i from 0; draws are taken consecutively from the stream, with no block alignment.
// Without a seed: the operating system's generator.
export class ByteSource {
  constructor(seed) { this.seed = seed; this.i = 0; this.left = Buffer.alloc(0); }
  take(n) {
    if (this.seed === undefined || this.seed === null) return randomBytes(n);
    while (this.left.length < n) {
      const h = createHash('sha256');
      h.update('secrets-known-answer').update(Buffer.from(String(this.seed), 'utf8')).update(I(this.i++));
      this.left = Buffer.concat([this.left, h.digest()]);
    }
    const out = Buffer.from(this.left.subarray(0, n));
    this.left = this.left.subarray(n);
    return out;
  }
  below(n) { return Number(this.take(6).readUIntLE(0, 6) % n); }
}

// ---- I, PAE --------------------------------------------------------------------------------------
export const MAXINT = '9007199254740991';
// A number of the format; hostile files are also built here, so a literal text is reduced, not refused.
export function I(n) {
  const b = Buffer.alloc(8);
  let x = 0n;
  if (typeof n === 'number' && Number.isSafeInteger(n)) x = BigInt(n);
  else { try { x = BigInt(n); } catch { x = 0n; } }
  b.writeBigUInt64LE(BigInt.asUintN(64, x));
  return b;
}
const bytes = (x) => (typeof x === 'string' ? Buffer.from(x, 'latin1') : x);
export function PAE(...xs) {
  const parts = [I(xs.length)];
  for (const x of xs) { const b = bytes(x); parts.push(I(b.length), b); }
  return Buffer.concat(parts);
}

// ---- base64: RFC 4648 section 4 alphabet, no padding, canonical ----------------------------------
export const b64e = (b) => b.toString('base64').replace(/=+$/, '');
const ALPHABET = /^[A-Za-z0-9+/]*$/;
const END2 = /[AQgw]$/, END3 = /[AEIMQUYcgkosw048]$/;
export const b64ok = (s) => ALPHABET.test(s) && tailOk(s);
function tailOk(s) { // of characters of the alphabet
  switch (s.length % 4) {
    case 0: return true;
    case 2: return END2.test(s);
    case 3: return END3.test(s);
    default: return false;
  }
}
export const b64d = (s) => (b64ok(s) ? Buffer.from(s, 'base64') : fail('format', 'base64 that is not canonical'));
export const b64len = (s) => Math.floor((s.length * 3) / 4);

// ---- pad ----------------------------------------------------------------------------------------
export function padTotal(len, lo) {
  const need = len + 4;
  for (let t = lo; t <= 1024; t *= 2) if (need <= t) return t;
  return Math.ceil(need / 1024) * 1024;
}
export function pad(b, lo) {
  const out = Buffer.alloc(padTotal(b.length, lo));
  out.writeUInt32LE(b.length, 0);
  b.copy(out, 4);
  return out;
}
export function unpad(b, lo) {
  if (b.length < 4) fail('integrity', 'padded text is too short');
  const n = b.readUInt32LE(0);
  if (n > b.length - 4 || padTotal(n, lo) !== b.length) fail('integrity', 'padding of another size than its bucket');
  for (let i = 4 + n; i < b.length; i++) if (b[i] !== 0) fail('integrity', 'padding filler is not zero');
  return b.subarray(4, 4 + n);
}

// ---- paths --------------------------------------------------------------------------------------
const SEG = /^[A-Za-z0-9_.-]{1,128}$/;
const segOk = (s) => SEG.test(s) && s !== '.' && s !== '..';
export const pathOk = (p) => typeof p === 'string' && p.length >= 1 && p.length <= 512 && p.split('/').every(segOk);
export const preOk = (p) => p === '' || (p.length <= 512 && p.endsWith('/') && p.slice(0, -1).split('/').every(segOk));
export const ENV = /^[a-z0-9-]{1,32}$/;
export const LABEL = /^[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}$/;
export const KIND = /^[a-z0-9+]{1,24}$/;

// Longest prefix among the scopes of this environment in the signed head; -1 when there is none.
export function resolve(scopes, env, path) {
  let best = -1;
  for (let i = 0; i < scopes.length; i++) {
    const s = scopes[i];
    if (s.env !== env || !path.startsWith(s.pre)) continue;
    if (best < 0 || s.pre.length > scopes[best].pre.length) best = i;
  }
  return best;
}

// ---- a cursor over one line or one JSON text -------------------------------------------------------
const NUM = /0|[1-9][0-9]{0,15}/y;
const XKEY = /"(!?[a-z][a-z0-9_]{0,31})":/y;
const XSTR = /"([\x20\x21\x23-\x5b\x5d-\x7e]*)"/y;
const B64Q = /"([A-Za-z0-9+/]*)"/y;
export class Cur {
  constructor(s, what) { this.s = s; this.i = 0; this.what = what; }
  bad(why) { fail('format', `${this.what}: ${why} at byte ${this.i + 1}`); }
  is(t) { return this.s.startsWith(t, this.i); }
  lit(t) { if (!this.is(t)) this.bad(`expected ${t}`); this.i += t.length; return this; }
  re(r) {
    r.lastIndex = this.i;
    const m = r.exec(this.s);
    if (!m) this.bad('malformed');
    this.i = r.lastIndex;
    return m[1] === undefined ? m[0] : m[1];
  }
  num(min = 0) {
    const t = this.re(NUM);
    if (t.length === 16 && t > MAXINT) this.bad('number above 2^53-1');
    const n = Number(t);
    if (n < min) this.bad(`number below ${min}`);
    return n;
  }
  // quoted base64 of exactly n characters (n undefined: any, at least min bytes)
  b64(n, min = 0) {
    const t = this.re(B64Q);
    if (n !== undefined && t.length !== n) this.bad(`expected base64 of ${n} characters`);
    if (!tailOk(t)) this.bad('base64 that is not canonical');
    if (b64len(t) < min) this.bad('base64 that is too short');
    return t;
  }
  list(open, close, item) {
    this.lit(open);
    const out = [];
    if (!this.is(close)) for (;;) { out.push(item()); if (this.is(close)) break; this.lit(','); }
    this.lit(close);
    return out;
  }
  xmap() {
    let prev = null;
    return this.list('{', '}', () => {
      const k = this.re(XKEY);
      if (prev !== null && !(prev < k)) this.bad('x keys not ascending');
      prev = k;
      return [k, this.is('"') ? this.re(XSTR) : this.num()];
    });
  }
  // a JSON string in its one writing
  str() {
    this.lit('"');
    let out = '';
    for (;;) {
      const from = this.i;
      while (this.i < this.s.length && !/["\\\u0000-\u001f]/.test(this.s[this.i])) this.i++;
      out += this.s.slice(from, this.i);
      if (this.is('"')) { this.i++; return out; }
      const m = this.re(/\\(?:["\\btnfr]|u00[01][0-9a-f])/y);
      const c = JSON.parse(`"${m}"`);
      if (JSON.stringify(c) !== `"${m}"`) this.bad('string escape that is not the canonical one');
      out += c;
    }
  }
  end() { if (this.i !== this.s.length) this.bad('more bytes than the grammar has'); }
}
export const xText = (x) => `{${x.map(([k, v]) => `"${k}":${typeof v === 'string' ? `"${v}"` : v}`).join(',')}}`;
export const xSort = (o) => Object.entries(o ?? {}).sort((a, b) => (a[0] < b[0] ? -1 : 1));
// x map given in a request: keys and values must be of the grammar
export function xFrom(o) {
  const x = xSort(o);
  new Cur(xText(x), 'x map').xmap();
  return x;
}
const KNOWN_X = {
  head: { sync: null, label: null, arc: (v) => typeof v === 'string' && b64ok(v) && b64len(v) >= 28 },
  scope: {},
  slot: { nbf: Number.isInteger, once: Number.isInteger, audit: (v) => v === 'local' },
  meta: { verb: (v) => typeof v === 'string', of: Number.isInteger, vt: Number.isInteger },
};
export function checkX(where, x, name) {
  for (const [k, v] of x) {
    if (k.startsWith('!')) fail('version', `${name}: unknown critical key ${k}: needs a newer secrets`);
    const t = Object.hasOwn(KNOWN_X[where], k) ? KNOWN_X[where][k] : null;
    if (t && !t(v)) fail('format', `${name}: x.${k} has a value of the wrong kind`);
  }
}

// ---- JSON of grants and metadata: one writing only ----------------------------------------------------
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
export function utf8d(b, what) { try { return utf8.decode(b); } catch { return fail('integrity', `${what}: not UTF-8`); } }
export const isText = (b) => { try { utf8.decode(b); return !b.includes(0); } catch { return false; } };
const sealed = (what, f) => {
  // inside an opened seal a wrong writing is a matter of integrity, not of the file's grammar
  try { return f(); } catch (e) {
    if (e instanceof Refusal && e.cls === 'format') fail('integrity', `${what}: ${e.message}`);
    throw e;
  }
};
export const grantText = (caps) => `{"caps":[${caps.map((c) => `{"s":"${c.s}","e":${c.e},"m":"${c.m}",${
  c.m === 'x' ? `"r":[${c.r.map(([p, rid, k]) => `["${p}","${rid}","${k}"]`).join(',')}]` : `"k":"${c.k}"`}}`).join(',')}]}`;
export const parseGrant = (buf) => sealed('grant', () => {
  const c = new Cur(utf8d(buf, 'grant'), 'grant JSON');
  let prev = null;
  c.lit('{"caps":');
  const caps = c.list('[', ']', () => {
    const cap = { s: c.lit('{"s":').b64(11) };
    if (prev !== null && !(prev < cap.s)) c.bad('capabilities not ascending');
    prev = cap.s;
    cap.e = c.lit(',"e":').num(1);
    cap.m = c.lit(',"m":"').re(/[rwx]/y);
    c.lit('",');
    if (cap.m !== 'x') cap.k = c.lit('"k":').b64(43);
    else {
      let pp = null;
      cap.r = c.lit('"r":').list('[', ']', () => {
        const p = c.lit('["').re(/[A-Za-z0-9_.\/-]*/y);
        if (!pathOk(p)) c.bad('not a path');
        if (pp !== null && !(pp < p)) c.bad('names not ascending');
        pp = p;
        const rid = c.lit('",').b64(22), k = c.lit(',').b64(43);
        c.lit(']');
        return [p, rid, k];
      });
    }
    c.lit('}');
    return cap;
  });
  c.lit('}').end();
  return caps;
});
const q = JSON.stringify; // escapes exactly ", \ and U+0000..U+001F, with the short forms, for well-formed text
export function metaText(m) {
  const rot = m.rot && m.rot.id !== undefined ? `{"id":"${m.rot.id}","from":${m.rot.from},"until":${m.rot.until}}` : '{}';
  return `{"p":${q(m.p)},"t":${m.t},"by":"${m.by}","ty":${q(m.ty)},"st":${m.st},"exp":${m.exp},"len":${m.len},"tags":[${
    m.tags.map((t) => q(t)).join(',')}],"note":${q(m.note)},"owner":${q(m.owner)},"why":${q(m.why)},"every":${m.every},"rot":${rot},"x":${
    xText(xSort(m.x))}}`;
}
export const parseMeta = (buf) => sealed('metadata', () => {
  if (buf.length > 65536) fail('integrity', 'metadata above 64 KiB');
  const c = new Cur(utf8d(buf, 'metadata'), 'meta JSON');
  const m = {};
  const short = (key) => {
    const s = c.lit(`,"${key}":`).str();
    if (Buffer.byteLength(s) > 1024) c.bad(`${key} above 1,024 bytes`);
    return s;
  };
  m.p = c.lit('{"p":').str();
  if (!pathOk(m.p)) c.bad('not a path');
  m.t = c.lit(',"t":').num();
  m.by = c.lit(',"by":').b64(11);
  m.ty = c.lit(',"ty":"').re(/[a-z0-9-]{1,16}/y);
  m.st = c.lit('","st":').num();
  if (m.st > 3) c.bad('state above 3');
  m.exp = c.lit(',"exp":').num();
  m.len = c.lit(',"len":').num();
  if (m.len > 1048576) c.bad('value above 1 MiB');
  if (m.st >= 2 && m.len !== 0) c.bad('a deleted or destroyed version with a value');
  c.lit(',"tags":');
  m.tags = c.list('[', ']', () => c.str());
  if (m.tags.length > 16 || m.tags.some((t) => Buffer.byteLength(t) > 64)) c.bad('more or longer tags than allowed');
  m.note = short('note');
  m.owner = short('owner');
  m.why = short('why');
  m.every = c.lit(',"every":').num();
  c.lit(',"rot":{');
  m.rot = {};
  if (!c.is('}')) {
    m.rot.id = c.lit('"id":"').re(/[0-9a-f]{16}/y);
    m.rot.from = c.lit('","from":').num();
    m.rot.until = c.lit(',"until":').num();
  }
  const x = c.lit('},"x":').xmap();
  c.lit('}').end();
  checkX('meta', x, `metadata of ${m.p}`);
  m.x = Object.fromEntries(x);
  return m;
});
