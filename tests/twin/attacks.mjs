// Hostile files: the head, slots, seals, numbers and keys. Records are in attacks-records.mjs.
// Signatures are valid wherever the attacker of that case would have the key; the admin credential of the
// request gives the keys of every role.
import { ByteSource, fail, b64d, b64e, pad, grantText } from './codec.mjs';
import { createHash } from 'node:crypto';
import * as C from './crypto.mjs';
import { parse, render, pageLine } from './grammar.mjs';
import * as R from './reader.mjs';
import * as W from './writer.mjs';
import { RECORD_ATTACKS } from './attacks-records.mjs';

const need = (ok, why) => ok || fail('usage', why);
const hex = (s) => Buffer.from(s, 'hex');

class Ctx {
  constructor(buf, req) {
    this.buf = buf;
    this.a = req.args ?? {};
    this.src = new ByteSource(req.seed);
    this.v = R.verify(buf);
    this.req = req;
    this.o = R.openSlot(this.v, { ...req, now: req.now ?? this.v.head.t, terminal: true });
    this.root = R.openRoot(this.v, this.o);
    this.vid = this.o.vid;
  }
  key(i) { return R.scopeKey(this.v, i, this.root); }
  keysOf(s) { return R.escrowKeys(this.v, s, this.root); }
  scope(ok = () => true) { // args.env and args.pre, or the first one that fits
    const i = this.v.head.scopes.findIndex((s, j) => (this.a.env === undefined ? ok(s, j) : s.env === this.a.env && s.pre === (this.a.pre ?? '')));
    return i >= 0 ? i : fail('usage', 'this attack needs another vault: no scope fits');
  }
  slot(ok = () => true) { // args.slot, or the first one that fits
    const s = this.v.slots.find((x) => (this.a.slot === undefined ? ok(x) : x.adm.label === this.a.slot));
    return s ?? fail('usage', 'this attack needs another vault: no slot fits');
  }
  writer(i) { // the least powerful slot in w, else the admin key
    const w = this.v.head.scopes[i].w, all = this.v.slots.filter((s) => w.includes(s.adm.id));
    const s = (this.a.slot && all.find((x) => x.adm.label === this.a.slot)) || all.find((x) => x.adm.role === 'member') || all[0];
    return s ? { by: s.adm.id, seed: this.keysOf(s).signSeed } : { by: 'admin', seed: this.root.adminSeed };
  }
  nextSeal(i, w = this.writer(i), over = {}) {
    const sc = this.v.scopes[i];
    sc.seal = { ...sc.seal, seq: sc.seal.seq + 1, by: w.by, hs: this.v.head.seq, ...over };
    return w;
  }
  reseal(i, { k, over, edit } = {}) {
    const w = this.nextSeal(i, undefined, over);
    W.putPages(this.v.scopes[i], k);
    W.putSeal(this.v, i, w.seed, edit);
    return this.v;
  }
  head(edit, editAdm) { W.putHead(this.v, this.root.adminSeed, edit, editAdm); return this.v; }
  nextHead() { this.v.head.seq += 1; this.v.head.scopes.forEach((s, i) => { s.min = this.v.scopes[i].seal.seq; }); }
  text(f) { return Buffer.from(f(render(this.v).toString('latin1')), 'latin1'); }
}

// ---- Ed25519 by hand, for signatures no honest library makes ------------------------------------------------
const ONE = C.leBytes(1n), BASE = hex('5866666666666666666666666666666666666666666666666666666666666666');
const sha512 = (...p) => { const h = createHash('sha512'); for (const x of p) h.update(x); return h.digest(); };
// valid under the key "identity" for every message, for a verifier that takes keys of small order
const universal = () => Buffer.concat([BASE, ONE]);
// valid equation with R = identity: S = h * a
function signIdentityR(seed, msg) {
  const d = sha512(seed).subarray(0, 32);
  d[0] &= 248; d[31] = (d[31] & 127) | 64;
  const h = C.le(sha512(ONE, C.edPublic(seed), msg));
  return Buffer.concat([ONE, C.leBytes((h * C.le(d)) % C.L)]);
}
const plusL = (sig) => Buffer.concat([sig.subarray(0, 32), C.leBytes(C.le(sig.subarray(32)) + C.L)]);
const looseBits = (t) => { // the same bytes in another base64 text
  const A = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  need(t.length % 4 > 1, 'a text with unused bits');
  return t.slice(0, -1) + A[A.indexOf(t.at(-1)) + 1];
};
const oneOf = (a, allowed) => (allowed.includes(a) ? a : fail('usage', `one of ${allowed.join(' ')}`));

const FILE_ATTACKS = {
  'lying-lengths'(c) {
    const i = c.scope((_, j) => c.v.scopes[j].rec.length > 0), sc = c.v.scopes[i], field = oneOf(c.a.field ?? 'rb', ['pb', 'rb', 'page']);
    const bad = (n) => (c.a.value !== undefined ? c.a.value : n + (c.a.delta ?? 1));
    if (field === 'page') {
      const p = sc.pages.findIndex((x) => x.n > 0);
      sc.pagesRaw = sc.pages.map((x, j) => pageLine(j === p ? bad(x.n) : x.n, x.hash)).join('');
      sc.seal.pb = sc.pagesRaw.length;
      sc.seal.root = b64e(C.H(C.MSG.pages(Buffer.from(sc.pagesRaw))));
    } else sc.seal[field] = bad(sc.seal[field]);
    const w = c.a.variant === 'sealed' ? c.nextSeal(i) : null;
    if (w) W.putSeal(c.v, i, w.seed);
    else { const { ssig } = sc; W.putSeal(c.v, i, c.root.adminSeed); sc.ssig = ssig; }
    return c.v;
  },
  iterations(c) {
    const s = c.slot((x) => x.wrap.kind === 'pass'), { wsig } = s;
    s.wrap.it = c.a.it ?? 1000;
    W.putWrap(c.v, s, c.keysOf(s).signSeed);
    if (!c.a.sign) s.wsig = wsig;
    return c.v;
  },
  'added-writer'(c) {
    const i = c.scope((h) => c.v.slots.some((s) => !h.w.includes(s.adm.id))), h = c.v.head.scopes[i], { hsig } = c.v;
    h.w.push(c.slot((s) => !h.w.includes(s.adm.id)).adm.id);
    h.w.sort(W.byId);
    c.head();
    c.v.hsig = hsig;
    return c.v;
  },
  'self-writer-sealed'(c) {
    const i = c.scope((h) => c.v.slots.some((s) => !h.w.includes(s.adm.id))), h = c.v.head.scopes[i];
    const s = c.slot((x) => !h.w.includes(x.adm.id)), w = c.nextSeal(i, { by: s.adm.id, seed: c.keysOf(s).signSeed });
    if (c.v.scopes[i].rec.length) c.v.scopes[i].rec.pop();
    W.putPages(c.v.scopes[i]);
    W.putSeal(c.v, i, w.seed);
    return c.v;
  },
  'unlisted-by'(c) {
    const i = c.scope(), w = { by: b64e(c.src.take(8)), seed: c.src.take(32) };
    c.nextSeal(i, w);
    W.putSeal(c.v, i, w.seed);
    return c.v;
  },
  number(c) {
    const value = String(c.a.value ?? '9007199254740992'), f = c.a.field ?? 'seq', i = c.scope(), s = c.a.slot ? c.slot() : c.v.slots[0];
    const sc = c.v.scopes[i], hs = c.v.head.scopes[i];
    const inHead = { seq: (x) => { c.v.head.seq = x; }, t: (x) => { c.v.head.t = x; }, keep: (x) => { c.v.head.pol.keep = x; }, e: (x) => { hs.e = x; }, min: (x) => { hs.min = x; }, headx: (x) => { c.v.head.x = [['zz', { toString: () => x }]]; }, g: (x) => { s.adm.g = x; }, exp: (x) => { s.adm.exp = x; } };
    const inWrap = { n: 'n', it: 'it' }, inSeal = { sealseq: 'seq', pb: 'pb', rb: 'rb', hs: 'hs', sealt: 't' };
    if (inHead[f]) { inHead[f](value); if (f === 'e') W.putSeal(c.v, i, c.root.adminSeed, (t) => t.replace(/"by":"[^"]*"/, '"by":"admin"')); return c.head(); }
    if (inWrap[f]) { s.wrap[f] = value; W.putWrap(c.v, s, c.keysOf(s).signSeed); return c.v; }
    const w = c.nextSeal(i);
    if (inSeal[f]) sc.seal[inSeal[f]] = value;
    else if (f === 'aud') sc.seal.aud = [`${b64e(c.src.take(16))}:${value}:${b64e(c.src.take(32))}`];
    else if (f === 'page') {
      const [first, ...rest] = sc.pagesRaw.split(/(?<=\n)/);
      sc.pagesRaw = first.replace(/^\[\d+/, `[${value}`) + rest.join('');
      sc.seal.pb = sc.pagesRaw.length;
      sc.seal.root = b64e(C.H(C.MSG.pages(Buffer.from(sc.pagesRaw))));
    } else fail('usage', 'field: seq t keep e min headx g exp n it sealseq pb rb hs sealt aud page');
    W.putSeal(c.v, i, w.seed);
    return c.v;
  },
  'small-order-key'(c) {
    const where = oneOf(c.a.where ?? 'apk', ['apk', 'pk', 'R']);
    const point = b64e(c.a.point ? hex(c.a.point) : ONE);
    if (where === 'apk') {
      c.v.head.apk = point;
      c.head();
      c.v.hsig = b64e(universal());
      c.v.scopes.forEach((sc) => { if (sc.seal.by === 'admin') sc.ssig = b64e(universal()); });
    } else if (where === 'pk') {
      const s = c.slot();
      s.adm.pk = point;
      s.wsig = b64e(universal());
      c.v.scopes.forEach((sc) => { if (sc.seal.by === s.adm.id) sc.ssig = b64e(universal()); });
      c.head();
    } else c.v.hsig = b64e(signIdentityR(c.root.adminSeed, C.MSG.head(c.vid, W.latin(c.v.headRaw))));
    return c.v;
  },
  'noncanonical-s'(c) {
    const where = oneOf(c.a.where ?? 'hsig', ['hsig', 'wsig', 'ssig']), at = { hsig: c.v, wsig: c.v.slots[0], ssig: c.v.scopes[0] }[where];
    at[where] = b64e(plusL(b64d(at[where])));
    return c.v;
  },
  'noncanonical-base64'(c) {
    const where = oneOf(c.a.where ?? 'hsig', ['hsig', 'wsig', 'ssig', 'vault', 'head', 'adm', 'key', 'wrap', 'seal', 'record']), i = c.scope((_, j) => where !== 'record' || c.v.scopes[j].rec.length > 0);
    const last = (re) => (t) => t.replace(re, (_, a, b, z) => a + looseBits(b) + z);
    const s = c.v.slots[0], seed = c.keysOf(s).signSeed;
    if (where === 'hsig') c.v.hsig = looseBits(c.v.hsig);
    else if (where === 'wsig') s.wsig = looseBits(s.wsig);
    else if (where === 'ssig') c.v.scopes[i].ssig = looseBits(c.v.scopes[i].ssig);
    else if (where === 'vault') c.v.vault = looseBits(c.v.vault);
    else if (where === 'head') c.head(last(/("sr":")([^"]*)(")/));
    else if (where === 'adm') c.head(undefined, last(/("pk":")([^"]*)(")/));
    else if (where === 'wrap') W.putWrap(c.v, s, seed, last(/("salt":")([^"]*)(")/));
    else if (where === 'key') { W.putKey(c.v, s, (t) => t.replace(/"grant":"([^"]*)"/, (_, g) => `"grant":"${g.length % 4 > 1 ? looseBits(g) : `${g.slice(0, -2)}B`}"`)); c.head(); }
    else if (where === 'seal') c.reseal(i, { edit: last(/("root":")([^"]*)(")/) });
    else {
      const r = c.v.scopes[i].rec.find((x) => x.d.length % 4 > 1 || x.m.length % 4 > 1) ?? c.v.scopes[i].rec[0];
      r.line = `["${r.rid}",${r.v},"${r.m.length % 4 > 1 ? looseBits(r.m) : r.m}","${r.d.length % 4 > 1 ? looseBits(r.d) : `${r.d.slice(0, -1)}=`}"],\n`;
      c.reseal(i);
    }
    return c.v;
  },
  'duplicate-slot'(c) {
    const variant = oneOf(c.a.variant ?? 'id', ['id', 'label', 'both', 'scope', 'place']), s = c.slot();
    if (variant === 'scope' || variant === 'place') {
      const h = c.v.head.scopes[0], copy = { ...h, id: variant === 'scope' ? h.id : b64e(c.src.take(8)), env: variant === 'scope' ? 'twice' : h.env };
      c.v.head.scopes.push(copy);
      c.v.scopes.push({ ...c.v.scopes[0], id: copy.id, seal: { ...c.v.scopes[0].seal, by: 'admin' } });
      W.putSeal(c.v, c.v.scopes.length - 1, c.root.adminSeed);
      return c.head();
    }
    const copy = { ...s, adm: { ...s.adm }, key: { ...s.key }, wrap: { ...s.wrap } };
    if (variant === 'id') copy.adm.label = 'another-label';
    if (variant === 'label') copy.adm.id = b64e(c.src.take(8));
    W.putKey(c.v, copy);
    W.putWrap(c.v, copy, c.keysOf(s).signSeed);
    c.v.slots.push(copy);
    return c.head();
  },
  'unordered-w'(c) {
    const variant = oneOf(c.a.variant ?? 'twice', ['reverse', 'twice', 'unknown']), h = c.v.head.scopes[c.scope((x) => variant !== 'reverse' || x.w.length > 1)];
    if (variant === 'reverse') h.w.reverse();
    else if (variant === 'twice') h.w = [c.v.slots[0].adm.id, c.v.slots[0].adm.id];
    else h.w = [...h.w, b64e(c.src.take(8))].sort(W.byId);
    return c.head();
  },
  trailing: (c) => c.text((t) => t + (c.a.text ?? '\n')),
  crlf: (c) => c.text((t) => t.replaceAll('\n', '\r\n')),
  'conflict-markers': (c) => c.text((t) => { const l = t.split('\n'); const h = l.splice(1, 2); return [l[0], '<<<<<<< ours', ...h, '=======', ...h, '>>>>>>> theirs', ...l.slice(1)].join('\n'); }),
  'newer-version'(c) { c.v.version = c.a.version ?? 2; return c.v; },
  'duplicate-key'(c) {
    const where = oneOf(c.a.where ?? 'head', ['head', 'adm', 'wrap', 'key', 'seal']), twice = (t) => t.replace(/("[a-z]+":(?:"[^"]*"|\d+),)/, '$1$1'), s = c.v.slots[0];
    if (where === 'head') return c.head(twice);
    if (where === 'adm') return c.head(undefined, (t, x) => (x === s ? twice(t) : t));
    if (where === 'key') { W.putKey(c.v, s, twice); return c.head(); }
    if (where === 'wrap') { W.putWrap(c.v, s, c.keysOf(s).signSeed, twice); return c.v; }
    return c.reseal(0, { edit: twice });
  },
  x(c) { // args.x: any map of keys and values, put where args.where says and properly signed; args.raw: its text as it is
    const where = oneOf(c.a.where ?? 'head', ['head', 'scope', 'slot', 'meta']), x = Object.entries(c.a.x ?? {});
    if (where === 'meta') return RECORD_ATTACKS['meta-x'](c);
    const at = { head: c.v.head, scope: c.v.head.scopes[0], slot: c.a.slot ? c.slot().adm : c.v.slots[0].adm }[where];
    at.x = c.a.raw === undefined ? [...at.x.filter(([k]) => !x.some(([n]) => n === k)), ...x].sort((p, q) => W.byId(p[0], q[0])) : [['zzraw', 0]];
    c.nextHead();
    if (c.a.raw === undefined) return c.head();
    const raw = (t) => t.replace('{"zzraw":0}', () => c.a.raw);
    return c.head(raw, raw);
  },
  'unknown-critical-x'(c) { c.a.x = { '!future': c.a.value ?? 1 }; return FILE_ATTACKS.x(c); },
  'unknown-x'(c) { c.a.x = { future: c.a.value ?? 1, word: 'any text, even : this' }; return FILE_ATTACKS.x(c); },
  'old-head-new-seal'(c) { // a seal made under the next head, then the old head and slots put back
    const { headRaw, hsig } = c.v, adms = c.v.slots.map((s) => s.admRaw), i = c.scope();
    c.nextHead();
    c.head();
    c.reseal(i);
    Object.assign(c.v, { headRaw, hsig });
    c.v.slots.forEach((s, j) => { s.admRaw = adms[j]; });
    return c.v;
  },
  'hs-above'(c) { return c.reseal(c.scope(), { over: { hs: c.v.head.seq + (c.a.delta ?? 1) } }); },
  'min-violation'(c) { const i = c.scope(); c.v.head.scopes[i].min = c.v.scopes[i].seal.seq + 1; return c.head(); },
  'old-scope'(c) { // args.old: an older file of this vault; one of its scopes under the new head
    const old = parse(Buffer.from(String(c.a.old ?? ''), 'base64')), i = c.scope((h, j) => old.scopes[j] && old.scopes[j].seal.seq < h.min);
    c.v.scopes[i] = old.scopes[old.head.scopes.findIndex((h) => h.id === c.v.head.scopes[i].id)];
    return c.v;
  },
  'scope-order'(c) { need(c.v.scopes.length > 1, 'two scopes'); c.v.scopes.reverse(); return c.v; },
  'role-without-rk'(c) {
    const s = c.slot((x) => (c.a.variant === 'member' ? x.adm.role === 'member' : x.adm.role === 'admin'));
    s.key.rk = s.adm.role === 'admin' ? '' : b64e(c.src.take(60));
    W.putKey(c.v, s);
    return c.head();
  },
  'wrong-apk-in-wrap'(c) { // the holder's own wrap, made new with another admin key inside
    const s = c.o.s, apk = C.edPublic(c.src.take(32)), cred = c.req.credential;
    const secret = cred.token ? C.parseToken(cred.token).secret : cred.key ? Buffer.from(cred.key, 'base64') : null;
    const how = { kind: s.wrap.kind, it: s.wrap.it, ikm: (salt) => secret ?? C.pbkdf2(C.passBytes(cred.passphrase), salt, s.wrap.it) };
    W.makeWrap(c.v, s, c.o.keys, how, apk, c.src, s.wrap.n + 1);
    return c.v;
  },
  'foreign-admin'(c) { // everything signed and wrapped anew under another root key; with args.wrapped also the own wrap
    const root = C.rootKeys(c.src.take(32)), v = c.v, apk = C.edPublic(root.adminSeed), all = v.slots.map((s) => c.keysOf(s));
    v.head.scopes.forEach((h, i) => { h.wk = b64e(C.seal(root.scopeWrap, C.AAD.wk(c.vid, b64d(h.id), h.e), c.key(i), c.src.take(12))); });
    v.slots.forEach((s, j) => {
      const id = b64d(s.adm.id), k = all[j];
      s.key.esc = b64e(C.seal(root.slotEscrow, C.AAD.esc(c.vid, id), k.SK, c.src.take(12)));
      s.key.ak = b64e(C.seal(k.auditKey, C.AAD.ak(c.vid, id), C.auditSlot(root, c.vid, id), c.src.take(12)));
      if (s.key.rk) s.key.rk = b64e(C.seal(k.adminKey, C.AAD.rk(c.vid, id), root.RK, c.src.take(12)));
      W.putKey(v, s);
    });
    v.head.apk = b64e(apk);
    v.scopes.forEach((sc, i) => { if (sc.seal.by === 'admin') W.putSeal(v, i, root.adminSeed); });
    W.putHead(v, root.adminSeed);
    if (c.a.wrapped) {
      const secret = c.req.credential.token ? C.parseToken(c.req.credential.token).secret : Buffer.from(String(c.req.credential.key), 'base64');
      W.makeWrap(v, c.o.s, c.o.keys, { kind: 'secret', it: 0, ikm: () => secret }, apk, c.src, c.o.s.wrap.n + 1);
    }
    return v;
  },
  'other-escrow'(c) { // what only an admin can see: args.what of args.slot made with other bytes, properly signed
    const s = c.slot((x) => x !== c.o.s), id = b64d(s.adm.id), k = c.keysOf(s), what = oneOf(c.a.what ?? 'esc', ['esc', 'ak', 'rk', 'wk']);
    if (what === 'wk') { const h = c.v.head.scopes[0]; h.wk = b64e(C.seal(c.root.scopeWrap, C.AAD.wk(c.vid, b64d(h.id), h.e), c.src.take(32), c.src.take(12))); return c.head(); }
    if (what === 'esc') s.key.esc = b64e(C.seal(c.root.slotEscrow, C.AAD.esc(c.vid, id), c.src.take(32), c.src.take(12)));
    if (what === 'ak') s.key.ak = b64e(C.seal(k.auditKey, C.AAD.ak(c.vid, id), c.src.take(32), c.src.take(12)));
    if (what === 'rk') { s.adm.role = 'admin'; s.key.rk = b64e(C.seal(k.adminKey, C.AAD.rk(c.vid, id), c.src.take(32), c.src.take(12))); }
    W.putKey(c.v, s);
    return c.head();
  },
  'other-commit'(c) { c.v.head.scopes[c.scope()].c = b64e(c.src.take(32)); return c.head(); },
  'stale-epoch'(c) { // a new epoch without new grants
    const i = c.scope(), h = c.v.head.scopes[i], key = c.key(i);
    h.e += 1;
    h.c = b64e(C.scopeCommit(key, c.vid, b64d(h.id), h.e));
    h.wk = b64e(C.seal(c.root.scopeWrap, C.AAD.wk(c.vid, b64d(h.id), h.e), key, c.src.take(12)));
    c.v.scopes[i].rec = [];
    c.nextSeal(i, { by: 'admin' }, { seq: 1 });
    W.putPages(c.v.scopes[i]);
    W.putSeal(c.v, i, c.root.adminSeed);
    h.min = 1;
    return c.head();
  },
  grant(c) { // args.text: grant JSON as it is (default: with a space), args.bucket and args.filler: its padding
    const s = c.slot(), k = c.keysOf(s), g = R.openGrant(c.v, s, k), text = Buffer.from(c.a.text ?? grantText(g).replace(':', ': '), 'utf8');
    let p = pad(c.a.bucket || c.a.filler ? Buffer.from(grantText(g)) : text, 512);
    if (c.a.filler) p[p.length - 1] = 1;
    if (c.a.bucket) p = Buffer.concat([p, Buffer.alloc(1024)]);
    s.adm.g += 1;
    s.key.grant = b64e(C.seal(k.grantKey(s.adm.g), C.AAD.grant(c.vid, b64d(s.adm.id), s.adm.g), p, c.src.take(12)));
    W.putKey(c.v, s);
    return c.head();
  },
};
export const ATTACKS = { ...FILE_ATTACKS, ...RECORD_ATTACKS };
export function attack(buf, req) {
  if (!Object.hasOwn(ATTACKS, req.name)) fail('usage', `attacks: ${Object.keys(ATTACKS).join(' ')}`);
  const c = new Ctx(buf, req), got = ATTACKS[req.name](c), out = Buffer.isBuffer(got) ? got : render(got);
  if (out.equals(buf)) fail('usage', 'the attack changed nothing in this vault');
  return { file: out.toString('base64') };
}
