// What the twin writes: init, set, env create, one more slot. secrets-vault(5), "Operations", "Records", "Slots".
// The order in which random bytes are drawn is part of README.md, so that another writer with the same
// source writes the same bytes.
import { ByteSource, fail, b64d, b64e, pad, pathOk, preOk, resolve, xFrom, isText, grantText, metaText, parseMeta, ENV, LABEL, KIND } from './codec.mjs';
import * as C from './crypto.mjs';
import { headText, admText, keyText, wrapText, sealText, recLine, pageLine, pageOf, render, LIMIT } from './grammar.mjs';
import { headOf } from './audit.mjs';
import * as R from './reader.mjs';

export const latin = (s) => Buffer.from(s, 'latin1');
export const byId = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
export const need = (ok, why) => ok || fail('usage', why);
const int = (n, min, what) => (Number.isSafeInteger(n) && n >= min ? n : fail('usage', `${what}: not a number of the format`));

// ---- signed parts. `edit` changes the text before it is hashed and signed (hostile files) ------------------
const same = (t) => t;
export function putWrap(v, s, seed, edit = same) {
  s.wrapRaw = edit(wrapText(s.wrap));
  s.wsig = b64e(C.edSign(seed, C.MSG.wrap(b64d(v.vault), b64d(s.adm.id), latin(s.wrapRaw))));
}
export function putKey(v, s, edit = same) {
  s.keyRaw = edit(keyText(s.key));
  s.adm.kh = b64e(C.H(C.MSG.key(b64d(v.vault), b64d(s.adm.id), latin(s.keyRaw))));
}
export function putHead(v, adminSeed, edit = same, editAdm = same) {
  for (const s of v.slots) s.admRaw = editAdm(admText(s.adm), s);
  v.head.sr = b64e(C.H(C.MSG.slots(v.slots.map((s) => latin(s.admRaw)))));
  v.headRaw = edit(headText(v.head));
  v.hsig = b64e(C.edSign(adminSeed, C.MSG.head(b64d(v.vault), latin(v.headRaw))));
}
// The least k with record bytes <= 24,576 * 2^k, or 12.
export function leastK(rb) { let k = 0; while (k < LIMIT.k && rb > 24576 * 2 ** k) k++; return k; }
export function putPages(sc, k = undefined) {
  sc.seal.rb = sc.rec.reduce((a, r) => a + r.line.length, 0);
  sc.k = k ?? leastK(sc.seal.rb);
  const cut = Array.from({ length: 2 ** sc.k }, () => []);
  for (const r of sc.rec) cut[pageOf(r.rid, sc.k)].push(r.line);
  hashPages(sc, cut.map((l) => l.join('')));
}
export function hashPages(sc, texts) {
  sc.pagesRaw = texts.map((t, i) => pageLine(t.length, b64e(C.H(C.MSG.page(i, latin(t)))))).join('');
  sc.seal.pb = sc.pagesRaw.length;
  sc.seal.root = b64e(C.H(C.MSG.pages(latin(sc.pagesRaw))));
}
export function putSeal(v, i, seed, edit = same) {
  const hs = v.head.scopes[i], sc = v.scopes[i];
  sc.sealRaw = edit(sealText(sc.seal));
  sc.ssig = b64e(C.edSign(seed, C.MSG.seal(b64d(v.vault), b64d(hs.id), hs.e, latin(sc.sealRaw))));
}
export function sealGrant(v, s, keys, caps, nonce) {
  caps.sort((a, b) => byId(a.s, b.s));
  s.key.grant = b64e(C.seal(keys.grantKey(s.adm.g), C.AAD.grant(b64d(v.vault), b64d(s.adm.id), s.adm.g), pad(Buffer.from(grantText(caps)), 512), nonce));
}
function newScope(v, { id, key }, env, pre, w) {
  const vid = b64d(v.vault);
  v.head.scopes.push({ id: b64e(id), env, pre, e: 1, c: b64e(C.scopeCommit(key, vid, id, 1)), wk: '', w, min: 1, x: [] });
}
function wrapScopeKey(v, i, key, root, nonce) {
  const hs = v.head.scopes[i], vid = b64d(v.vault), id = b64d(hs.id);
  hs.wk = b64e(C.seal(root.scopeWrap, C.AAD.wk(vid, id, hs.e), key, nonce));
}
function emptyScope(v, i, root, hs, t) {
  v.scopes.push({ id: v.head.scopes[i].id, rec: [], seal: { seq: 1, pb: 0, rb: 0, root: '', by: 'admin', hs, t, aud: [] } });
  putPages(v.scopes[i]);
  putSeal(v, i, root.adminSeed);
}
export function secretOf(req, creating) {
  if (req.passphrase !== undefined) {
    const it = req.iterations ?? C.IT_MIN;
    need(Number.isSafeInteger(it) && it >= C.IT_MIN && it <= C.IT_MAX, 'iterations: 600000 to 10000000');
    return { kind: 'pass', it, ikm: (salt) => C.pbkdf2(C.passBytes(req.passphrase, creating), salt, it) };
  }
  const key = Buffer.from(String(req.key ?? ''), 'base64');
  need(key.length === 32, 'a passphrase, or a key of 32 bytes in base64');
  return { kind: 'secret', it: 0, ikm: () => key, key };
}
export function finish(v) {
  const out = render(v);
  R.verify(out); // what is written is read back as any other file
  return out.toString('base64');
}

// ---- init ---------------------------------------------------------------------------------------------------
export function init(req) {
  const src = new ByteSource(req.seed), t = int(req.t, 0, 't');
  need(Array.isArray(req.environments) && req.environments.every((e) => ENV.test(e)) && new Set(req.environments).size === req.environments.length, 'environments');
  need(LABEL.test(String(req.label)), 'label');
  const how = secretOf(req, true);
  if (how.kind === 'pass') C.passBytes(req.passphrase, true);
  const vid = src.take(16), root = C.rootKeys(src.take(32));
  const made = req.environments.map((env) => ({ env, id: src.take(8), key: src.take(32) }));
  const id = src.take(8), keys = C.slotKeys(src.take(32), vid, id);
  const apk = C.edPublic(root.adminSeed);
  const v = { vault: b64e(vid), slots: [], scopes: [] };
  v.head = { seq: 1, t, pol: { audit: 'required', rollback: 'warn', keep: 10 }, apk: b64e(apk), scopes: [], sr: '', x: [] };
  for (const m of made) newScope(v, m, m.env, '', [b64e(id)]);
  const s = { adm: { id: b64e(id), label: req.label, role: 'admin', pk: b64e(C.edPublic(keys.signSeed)), exp: 0, g: 1, kh: '', x: [] }, key: {} };
  v.slots.push(s);
  sealSlotKeys(v, s, keys, root, made.map((m) => ({ s: b64e(m.id), e: 1, m: 'w', k: b64e(m.key) })), src);
  makeWrap(v, s, keys, how, apk, src);
  made.forEach((m, i) => wrapScopeKey(v, i, m.key, root, src.take(12)));
  putHead(v, root.adminSeed);
  made.forEach((_, i) => emptyScope(v, i, root, 1, t));
  return { file: finish(v), ...(how.key ? { token: C.tokenText(id, how.key, apk) } : {}) };
}
// draws: esc, grant, ak, and for an admin rk
function sealSlotKeys(v, s, keys, root, caps, src) {
  const vid = b64d(v.vault), id = b64d(s.adm.id);
  s.key.esc = b64e(C.seal(root.slotEscrow, C.AAD.esc(vid, id), keys.SK, src.take(12)));
  sealGrant(v, s, keys, caps, src.take(12));
  s.key.ak = b64e(C.seal(keys.auditKey, C.AAD.ak(vid, id), C.auditSlot(root, vid, id), src.take(12)));
  s.key.rk = s.adm.role === 'admin' ? b64e(C.seal(keys.adminKey, C.AAD.rk(vid, id), root.RK, src.take(12))) : '';
  putKey(v, s);
}
// draws: salt, wrap nonce
export function makeWrap(v, s, keys, how, apk, src, n = 1) {
  const vid = b64d(v.vault), id = b64d(s.adm.id), salt = src.take(32), nonce = src.take(12);
  const k = C.kek(how.ikm(salt), salt, vid, id, how.kind, how.it, how.extra ?? []);
  s.wrap = {
    n, kind: how.kind, it: how.it, salt: b64e(salt), kd: how.kd ? b64e(how.kd) : '', cm: b64e(k.cm),
    ct: b64e(C.seal(k.kek, C.AAD.wrap(vid, id, n), Buffer.concat([keys.SK, apk]), nonce)),
  };
  putWrap(v, s, keys.signSeed);
}

// ---- set ----------------------------------------------------------------------------------------------------
export function sealRecord(v, i, key, meta, ver, value, mn, vn, over = {}) {
  const hs = v.head.scopes[i], vid = b64d(v.vault), sid = b64d(hs.id);
  const rid = over.rid ?? C.ridOf(key, vid, sid, hs.e, meta.p), kr = C.recordKey(key, vid, sid, hs.e, rid);
  const mct = C.seal(kr, C.AAD.meta(vid, sid, hs.e, rid, ver), over.metaPadded ?? pad(Buffer.from(over.metaText ?? metaText(meta)), 128), mn);
  const dct = C.seal(kr, C.AAD.val(vid, sid, hs.e, rid, ver, over.bindTo ?? mct), over.valuePadded ?? pad(value, 64), vn);
  const r = { rid: rid.toString('hex'), v: ver, m: b64e(mct), d: b64e(dct) };
  r.line = recLine(r);
  return r;
}
export const sortRecords = (rec) => rec.sort((a, b) => byId(a.rid, b.rid) || a.v - b.v);
export function makeMeta(item, value, by, t) {
  const m = item.meta ?? {};
  const out = {
    p: item.path, t, by, ty: m.ty ?? (isText(value) ? 'text' : 'binary'), st: m.st ?? 0, exp: m.exp ?? 0, len: value.length,
    tags: m.tags ?? [], note: m.note ?? '', owner: m.owner ?? '', why: m.why ?? '', every: m.every ?? 0, rot: m.rot ?? {},
    x: { verb: 'set', ...(m.x ?? {}) },
  };
  try { parseMeta(Buffer.from(metaText(out))); } catch (e) { fail('usage', `metadata of ${item.path}: ${e.message}`); }
  return out;
}
// `keep` versions stay, and any still in its grace time (until 0: no end).
function prune(v, i, key, rid, keep, now) {
  const sc = v.scopes[i], lines = sc.rec.filter((r) => r.rid === rid);
  if (lines.length <= keep) return;
  const graced = new Set();
  for (const r of lines) {
    const { rot } = R.openMeta(v, i, sc, r, { R: key }).meta;
    if (rot.id !== undefined && (rot.until === 0 || now < rot.until)) graced.add(rot.from);
  }
  const drop = new Set(lines.slice(0, lines.length - keep).filter((r) => !graced.has(r.v)));
  sc.rec = sc.rec.filter((r) => !drop.has(r));
}
const input = (req) => Buffer.from(String(req.file ?? ''), 'base64');
function openFor(req) {
  const v = R.verify(input(req));
  return { v, o: R.openSlot(v, { ...req, now: req.now ?? int(req.t, 0, 't') }) };
}
export function set(req) {
  const { v, o } = openFor(req), src = new ByteSource(req.seed), by = o.s.adm.id, keys = new Map();
  need(Array.isArray(req.items) && req.items.length > 0, 'items');
  need(ENV.test(String(req.env)), 'env');
  for (const item of req.items) {
    need(item && pathOk(item.path), 'path');
    const value = Buffer.from(String(item.value ?? ''), 'base64');
    need(value.length <= 1048576, 'a value has at most 1 MiB');
    const i = resolve(v.head.scopes, req.env, item.path);
    need(i >= 0, `no environment ${req.env}`);
    const hs = v.head.scopes[i], sc = v.scopes[i], cap = o.caps.find((c) => c.s === hs.id);
    if (!keys.has(i)) {
      if (!hs.w.includes(by)) fail('denied', `slot ${o.s.adm.label} may not write ${R.scopeName(hs)}`);
      const ck = cap ? R.capKeys(v, i, cap) : {};
      if (!ck.R) fail('denied', `slot ${o.s.adm.label} has no key for ${R.scopeName(hs)}`);
      for (const r of sc.rec) R.openMeta(v, i, sc, r, ck); // nothing misplaced is carried into a new seal
      keys.set(i, ck.R);
    }
    const key = keys.get(i), rid = C.ridOf(key, o.vid, b64d(hs.id), hs.e, item.path).toString('hex');
    const ver = sc.rec.reduce((a, r) => (r.rid === rid && r.v > a ? r.v : a), 0) + 1;
    sc.rec.push(sealRecord(v, i, key, makeMeta(item, value, by, req.t), ver, value, src.take(12), src.take(12)));
    sortRecords(sc.rec);
    prune(v, i, key, rid, v.head.pol.keep, req.t);
  }
  for (const i of keys.keys()) {
    const sc = v.scopes[i];
    sc.seal = { ...sc.seal, seq: sc.seal.seq + 1, by, hs: v.head.seq, t: req.t, aud: withAnchors(sc.seal.aud, req.anchors ?? []) };
    putPages(sc);
    putSeal(v, i, o.keys.signSeed);
  }
  return { file: finish(v) };
}
// the anchors of the seal before; those of the request take the place of the ones of their chains
function withAnchors(old, add) {
  const all = new Map([...old, ...add].map((t) => [headOf(t).chain, t]));
  need(all.size <= LIMIT.aud, 'at most 64 anchors');
  return [...all.values()].sort((a, b) => byId(headOf(a).chain, headOf(b).chain));
}

// ---- admin work ------------------------------------------------------------------------------------------------
export function openAdmin(req) {
  const a = openFor(req);
  return { ...a, root: R.checkAsAdmin(a.v, a.o) };
}
// Every new head: seq + 1, and min = the seal.seq of each scope at this moment.
export function nextHead(v, t) {
  v.head.seq += 1;
  v.head.t = t;
  v.head.scopes.forEach((hs, i) => { hs.min = v.scopes[i]?.seal.seq ?? 1; });
}
export function envCreate(req) {
  const { v, root } = openAdmin(req), src = new ByteSource(req.seed), pre = req.pre ?? '';
  need(ENV.test(String(req.env)) && typeof pre === 'string' && preOk(pre), 'env or folder');
  need(!v.head.scopes.some((s) => s.env === req.env && s.pre === pre), 'it exists already');
  need(pre === '' || v.head.scopes.some((s) => s.env === req.env), `no environment ${req.env}`);
  const parent = resolve(v.head.scopes, req.env, pre);
  if (parent >= 0) {
    const key = R.scopeKey(v, parent, root), sc = v.scopes[parent];
    need(!sc.rec.some((r) => R.openMeta(v, parent, sc, r, { R: key }).meta.p.startsWith(pre)), `there are secrets under ${pre} already`);
  }
  const made = { id: src.take(8), key: src.take(32) }, wk = src.take(12), ids = v.head.scopes.map((s) => s.id), gain = [];
  for (const s of v.slots) {
    const keys = R.escrowKeys(v, s, root), caps = R.openGrant(v, s, keys);
    const w = new Set(caps.filter((c) => c.m === 'w' && v.head.scopes.some((h) => h.id === c.s && h.e === c.e)).map((c) => c.s));
    if (!ids.every((id) => w.has(id))) continue;
    s.adm.g += 1;
    sealGrant(v, s, keys, [...caps, { s: b64e(made.id), e: 1, m: 'w', k: b64e(made.key) }], src.take(12));
    putKey(v, s);
    gain.push(s.adm.id);
  }
  newScope(v, made, req.env, pre, gain.sort(byId));
  const i = v.head.scopes.length - 1;
  wrapScopeKey(v, i, made.key, root, wk);
  nextHead(v, req.t);
  putHead(v, root.adminSeed);
  emptyScope(v, i, root, v.head.seq, req.t);
  return { file: finish(v) };
}
function capsFrom(v, root, list) {
  return list.map((c) => {
    const i = v.head.scopes.findIndex((s) => s.env === c.env && s.pre === (c.pre ?? ''));
    need(i >= 0, `no scope ${c.env}/${c.pre ?? ''}`);
    const hs = v.head.scopes[i], key = R.scopeKey(v, i, root), vid = b64d(v.vault), sid = b64d(hs.id);
    need(['r', 'w', 'x'].includes(c.m), 'mode r, w or x');
    if (c.m !== 'x') return { s: hs.id, e: hs.e, m: c.m, k: b64e(key) };
    need(Array.isArray(c.names) && c.names.every((p) => pathOk(p) && resolve(v.head.scopes, hs.env, p) === i), 'names of this scope');
    return { s: hs.id, e: hs.e, m: 'x', r: [...new Set(c.names)].sort(byId).map((p) => {
      const rid = C.ridOf(key, vid, sid, hs.e, p);
      return [p, b64e(rid), b64e(C.recordKey(key, vid, sid, hs.e, rid))];
    }) };
  });
}
// the public key of an imaginary member, for x25519 slots without "member" in the request
export const MEMBER = C.H(latin('secrets-known-answer member'));
export function slot(req) {
  const { v, o, root } = openAdmin(req), src = new ByteSource(req.seed), kind = req.token ? 'secret' : req.kind, role = req.role ?? 'member';
  need(LABEL.test(String(req.label)) && !v.slots.some((s) => s.adm.label === req.label), 'label');
  need(KIND.test(String(kind)) && ['admin', 'member'].includes(role), 'kind or role');
  const eph = kind === 'x25519' ? src.take(32) : null;
  const id = src.take(8), vid = o.vid, keys = C.slotKeys(src.take(32), vid, id), apk = b64d(v.head.apk);
  let how;
  if (kind === 'pass') {
    need(req.passphrase !== undefined, 'passphrase');
    how = secretOf({ passphrase: req.passphrase, iterations: req.iterations }, true);
  } else if (kind === 'x25519') {
    const member = req.member ? Buffer.from(req.member, 'base64') : C.x25519Public(MEMBER), kd = C.x25519Public(eph), z = C.x25519(eph, member);
    how = { kind, it: 0, kd, extra: [kd, member], ikm: () => z };
  } else {
    const key = req.key === undefined ? src.take(32) : Buffer.from(req.key, 'base64');
    need(key.length === 32, 'a key of 32 bytes');
    const other = kind === 'secret' ? {} : { it: int(req.iterations ?? 0, 0, 'iterations'), kd: req.kd ? Buffer.from(req.kd, 'base64') : undefined };
    how = { kind, it: 0, ikm: () => key, key, ...other };
  }
  const all = v.head.scopes.map((s) => ({ env: s.env, pre: s.pre, m: 'w' }));
  const caps = capsFrom(v, root, req.caps ?? (role === 'admin' ? all : []));
  need(new Set(caps.map((c) => c.s)).size === caps.length, 'one capability per scope');
  const x = xFrom({ ...(req.nbf === undefined ? {} : { nbf: req.nbf }), ...(req.x ?? {}) });
  const s = { adm: { id: b64e(id), label: req.label, role, pk: b64e(C.edPublic(keys.signSeed)), exp: int(req.exp ?? 0, 0, 'exp'), g: 1, kh: '', x }, key: {} };
  sealSlotKeys(v, s, keys, root, caps, src);
  makeWrap(v, s, keys, how, apk, src);
  v.slots.push(s);
  for (const c of caps) if (c.m === 'w') { const w = v.head.scopes.find((h) => h.id === c.s).w; w.push(s.adm.id); w.sort(byId); }
  nextHead(v, req.t);
  putHead(v, root.adminSeed);
  return {
    file: finish(v), id: s.adm.id,
    ...(kind === 'secret' ? { token: C.tokenText(id, how.key, apk), key: how.key.toString('base64') } : {}),
  };
}
