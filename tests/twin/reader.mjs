// verify (keyless) and open: secrets-vault(5), "The file", "Slots", "Records", "Tokens", "Limits".
// The order is always: grammar and bounds, signatures, meaning.
import { Refusal, fail, b64d, b64e, unpad, resolve, checkX, parseGrant, parseMeta } from './codec.mjs';
import * as C from './crypto.mjs';
import { parse, pageOf } from './grammar.mjs';

const latin = (s) => Buffer.from(s, 'latin1');
export const scopeName = (s) => s.env + (s.pre ? `/${s.pre}` : '');
const eq = (a, b) => C.same(a, b64d(b));

export function checkSlot(v, s, withWrap = true) {
  const id = b64d(s.adm.id), vid = b64d(v.vault), pk = b64d(s.adm.pk);
  if (withWrap && !C.edVerify(pk, C.MSG.wrap(vid, id, latin(s.wrapRaw)), b64d(s.wsig))) fail('integrity', `slot ${s.adm.label}: wrap signature invalid`);
  if (!eq(C.H(C.MSG.key(vid, id, latin(s.keyRaw))), s.adm.kh)) fail('integrity', `slot ${s.adm.label}: key object differs from its hash`);
  if ((s.adm.role === 'admin') !== (s.key.rk !== '')) fail('integrity', `slot ${s.adm.label}: role and root key do not go together`);
}
export function checkHeadSignature(v) {
  if (!C.keyOk(b64d(v.head.apk))) fail('integrity', 'admin key is not an acceptable Ed25519 key');
  if (!C.edVerify(b64d(v.head.apk), C.MSG.head(b64d(v.vault), latin(v.headRaw)), b64d(v.hsig))) fail('integrity', 'head signature invalid');
}
export function checkHeadMeaning(v) {
  checkX('head', v.head.x, 'head');
  if (!eq(C.H(C.MSG.slots(v.slots.map((s) => latin(s.admRaw)))), v.head.sr)) fail('integrity', 'slot table differs from the head');
  const ids = new Set(v.slots.map((s) => s.adm.id));
  for (const s of v.slots) checkX('slot', s.adm.x, `slot ${s.adm.label}`);
  for (const s of v.head.scopes) {
    checkX('scope', s.x, `scope ${scopeName(s)}`);
    for (const id of s.w) if (!ids.has(id)) fail('integrity', `scope ${scopeName(s)}: a writer that is no slot`);
  }
}
// signature of a seal: by is the admin key or a slot the head lists for this scope
export function checkSeal(v, i, sc) {
  const hs = v.head.scopes[i], vid = b64d(v.vault), name = scopeName(hs);
  const slot = sc.seal.by === 'admin' ? null : v.slots.find((s) => s.adm.id === sc.seal.by);
  if (slot === undefined) fail('integrity', `scope ${name}: sealed by a slot that does not exist`);
  const pk = b64d(slot ? slot.adm.pk : v.head.apk);
  if (!C.edVerify(pk, C.MSG.seal(vid, b64d(hs.id), hs.e, latin(sc.sealRaw)), b64d(sc.ssig))) fail('integrity', `scope ${name}: seal signature invalid`);
  if (slot && !hs.w.includes(slot.adm.id)) fail('integrity', `scope ${name} was sealed by a slot without write right: ${slot.adm.label}`);
  if (sc.seal.seq < hs.min) fail('integrity', `scope ${name} and head are of different times`);
  if (sc.seal.hs > v.head.seq) fail('integrity', `scope ${name}: sealed under a newer head than this one`);
}
export const sealer = (v, sc) => (sc.seal.by === 'admin' ? 'admin' : v.slots.find((s) => s.adm.id === sc.seal.by)?.adm.label ?? sc.seal.by);
function checkRecords(v, i, sc) {
  const name = scopeName(v.head.scopes[i]);
  const no = (why) => fail('integrity', `records of ${name}: ${why} (sealed by ${sealer(v, sc)}, seq ${sc.seal.seq})`);
  if (!eq(C.H(C.MSG.pages(latin(sc.pagesRaw))), sc.seal.root)) no('pages do not match their seal');
  let r = 0;
  for (let p = 0; p < sc.pages.length; p++) {
    const from = r;
    let n = 0;
    while (n < sc.pages[p].n && r < sc.rec.length) n += sc.rec[r++].line.length;
    if (n !== sc.pages[p].n) no('a page that does not end at a line');
    const text = sc.rec.slice(from, r).map((x) => x.line).join('');
    if (!eq(C.H(C.MSG.page(p, latin(text))), sc.pages[p].hash)) no('do not match their page');
    for (let j = from; j < r; j++) if (pageOf(sc.rec[j].rid, sc.k) !== p) no('in the wrong page');
  }
  if (r !== sc.rec.length) no('more lines than pages');
  for (let j = 1; j < sc.rec.length; j++) {
    const a = sc.rec[j - 1], b = sc.rec[j];
    if (!(a.rid < b.rid || (a.rid === b.rid && a.v < b.v))) no('out of order');
  }
}
const checkNow = (now) => now === undefined || (Number.isSafeInteger(now) && now >= 0) || fail('usage', 'now: Unix seconds');
export function verify(buf, { apk, now } = {}) {
  checkNow(now);
  if (apk !== undefined && !/^[0-9a-f]{32}$/.test(apk)) fail('usage', 'a fingerprint is 32 lower hex digits');
  const v = parse(buf);
  const fp = C.fingerprint(b64d(v.head.apk));
  if (apk !== undefined && apk !== fp) fail('integrity', `vault is signed by admin ${fp}, expected ${apk}`);
  checkHeadSignature(v);
  for (const s of v.slots) checkSlot(v, s);
  v.scopes.forEach((sc, i) => checkSeal(v, i, sc));
  checkHeadMeaning(v);
  v.scopes.forEach((sc, i) => checkRecords(v, i, sc));
  if (now !== undefined) checkClock(v, now);
  return v;
}
const checkClock = (v, now) => { if (v.head.t > now + 86400) fail('limits', 'clock or head is wrong: the head is more than a day ahead'); };

// ---- unwrapping a slot --------------------------------------------------------------------------------
function unwrap(v, s, ikm, cls) {
  const vid = b64d(v.vault), id = b64d(s.adm.id), w = s.wrap;
  const k = C.kek(ikm, b64d(w.salt), vid, id, w.kind, w.it);
  if (!C.same(k.cm, b64d(w.cm))) return cls ? fail('auth', cls) : null;
  if (w.kind === 'secret' && w.it !== 0 || w.kd !== '') fail('integrity', `slot ${s.adm.label}: it or kd not of its kind`);
  return C.open(k.kek, C.AAD.wrap(vid, id, w.n), b64d(w.ct), `slot ${s.adm.label}`);
}
const key32 = (k) => {
  const b = Buffer.from(String(k), 'base64');
  return b.length === 32 ? b : fail('usage', 'a key is 32 bytes in base64');
};
function findSlot(v, cred, label, apk) {
  if (label !== undefined && !v.slots.some((s) => s.adm.label === label)) fail('denied', `no slot ${label} in this vault`);
  const among = v.slots.filter((s) => label === undefined || s.adm.label === label);
  if (cred?.token !== undefined) {
    const t = C.parseToken(cred.token);
    const fp = C.fingerprint(b64d(v.head.apk));
    if (t.fp !== fp) fail('integrity', `vault is signed by admin ${fp}, token expects ${t.fp}`);
    const s = among.find((x) => x.adm.id === b64e(t.id));
    if (!s) fail('denied', 'no such slot in this vault: the token was revoked, or is for another vault');
    if (s.wrap.kind !== 'secret') fail('auth', `slot ${s.adm.label} is of kind ${s.wrap.kind}, not opened by a token`);
    return [s, unwrap(v, s, t.secret, 'wrong token, or its slot was altered')];
  }
  if (cred?.key !== undefined) {
    const k = key32(cred.key);
    for (const s of among.filter((x) => x.wrap.kind === 'secret')) {
      const pt = unwrap(v, s, k);
      if (pt) return [s, pt];
    }
    fail('auth', 'wrong key, or its slot was altered');
  }
  if (cred?.passphrase !== undefined) {
    const pass = C.passBytes(cred.passphrase);
    let tries = 0, work = 0, bad = null;
    for (const s of among.filter((x) => x.wrap.kind === 'pass')) {
      const it = s.wrap.it;
      if (it < C.IT_MIN || it > C.IT_MAX) {
        bad = new Refusal('limits', `the slot ${s.adm.label} asks for ${it} PBKDF2 iterations; 600000 to 10000000 are allowed`);
        continue;
      }
      if (++tries > 4 || (work += it) > 20000000) fail('auth', 'too many slots to try: say which slot');
      const pt = unwrap(v, s, C.pbkdf2(pass, b64d(s.wrap.salt), it));
      if (pt) return [s, pt];
    }
    if (bad) throw bad;
    fail('auth', 'wrong passphrase, or its slot was altered');
  }
  if (cred?.x25519 !== undefined) return findMember(v, among, key32(cred.x25519), apk);
  return fail('usage', 'a credential is {"passphrase"}, {"key"} or {"token"}');
}
// A member's identity: the vault's admin key is never believed from the file, so req.apk must name it.
function findMember(v, among, priv, apk) {
  const fp = C.fingerprint(b64d(v.head.apk)), vid = b64d(v.vault), pub = C.x25519Public(priv);
  if (apk !== fp) fail('integrity', `vault is signed by admin ${fp}, and that is not a fingerprint known from elsewhere`);
  for (const s of among.filter((x) => x.wrap.kind === 'x25519')) {
    const w = s.wrap, id = b64d(s.adm.id), kd = b64d(w.kd);
    if (w.it !== 0 || kd.length !== 32) fail('integrity', `slot ${s.adm.label}: it or kd not of its kind`);
    const k = C.kek(C.x25519(priv, kd), b64d(w.salt), vid, id, w.kind, w.it, [kd, pub]);
    if (C.same(k.cm, b64d(w.cm))) return [s, C.open(k.kek, C.AAD.wrap(vid, id, w.n), b64d(w.ct), `slot ${s.adm.label}`)];
  }
  return fail('auth', 'no slot of this identity, or it was altered');
}
export function openSlot(v, req) {
  checkNow(req.now);
  const [s, pt] = findSlot(v, req.credential, req.slot, req.apk);
  const vid = b64d(v.vault), id = b64d(s.adm.id), label = s.adm.label;
  if (pt.length !== 64) fail('integrity', `slot ${label}: not 64 bytes in its wrap`);
  const keys = C.slotKeys(pt.subarray(0, 32), vid, id);
  if (!eq(C.edPublic(keys.signSeed), s.adm.pk)) fail('integrity', `slot ${label}: slot key and public key do not go together`);
  if (!eq(pt.subarray(32), v.head.apk)) fail('integrity', `slot ${label}: the vault is signed by another admin than the wrap names`);
  const clock = req.now ?? Math.floor(Date.now() / 1000), now = Math.max(clock, v.head.t);
  checkClock(v, clock);
  const x = Object.fromEntries(s.adm.x);
  if (s.adm.exp !== 0 && now >= s.adm.exp) fail('expired', `slot ${label} expired`);
  if (x.nbf !== undefined && clock < x.nbf) fail('denied', `slot ${label} is not valid yet`);
  if (x.once !== undefined && s.wrap.n <= x.once && !req.terminal) fail('auth', `slot ${label}: one-time passphrase, run secrets passwd`);
  const AK = C.open32(keys.auditKey, C.AAD.ak(vid, id), b64d(s.key.ak), `log key of ${label}`);
  const caps = openGrant(v, s, keys);
  return { s, keys, AK, caps, vid, now };
}
export function openGrant(v, s, keys) {
  const vid = b64d(v.vault), id = b64d(s.adm.id);
  return parseGrant(unpad(C.open(keys.grantKey(s.adm.g), C.AAD.grant(vid, id, s.adm.g), b64d(s.key.grant), `grant of ${s.adm.label}`), 512));
}
export function openRoot(v, o) {
  if (o.s.adm.role !== 'admin') fail('denied', `slot ${o.s.adm.label} is no admin`);
  const RK = C.open32(o.keys.adminKey, C.AAD.rk(o.vid, b64d(o.s.adm.id)), b64d(o.s.key.rk), `root key of ${o.s.adm.label}`);
  const root = C.rootKeys(RK);
  if (!eq(C.edPublic(root.adminSeed), v.head.apk)) fail('integrity', 'root key and admin public key do not go together');
  return root;
}
export function scopeKey(v, i, root) {
  const hs = v.head.scopes[i], vid = b64d(v.vault), sid = b64d(hs.id);
  const R = C.open32(root.scopeWrap, C.AAD.wk(vid, sid, hs.e), b64d(hs.wk), `scope key of ${scopeName(hs)}`);
  if (!eq(C.scopeCommit(R, vid, sid, hs.e), hs.c)) fail('integrity', `scope ${scopeName(hs)}: key differs from its commitment`);
  return R;
}
export function escrowKeys(v, s, root) {
  const vid = b64d(v.vault), id = b64d(s.adm.id), label = s.adm.label;
  const keys = C.slotKeys(C.open32(root.slotEscrow, C.AAD.esc(vid, id), b64d(s.key.esc), `escrow of ${label}`), vid, id);
  if (!eq(C.edPublic(keys.signSeed), s.adm.pk)) fail('integrity', `slot ${label}: escrowed key and public key do not go together`);
  return keys;
}
export function checkAsAdmin(v, o) {
  const root = openRoot(v, o), vid = o.vid;
  v.head.scopes.forEach((_, i) => scopeKey(v, i, root));
  for (const s of v.slots) {
    const id = b64d(s.adm.id), keys = escrowKeys(v, s, root);
    const AK = C.open32(keys.auditKey, C.AAD.ak(vid, id), b64d(s.key.ak), `log key of ${s.adm.label}`);
    if (!C.same(AK, C.auditSlot(root, vid, id))) fail('integrity', `slot ${s.adm.label}: log key is not the one of the root key`);
    if (s.adm.role === 'admin') {
      const rk = C.open32(keys.adminKey, C.AAD.rk(vid, id), b64d(s.key.rk), `root key of ${s.adm.label}`);
      if (!C.same(rk, root.RK)) fail('integrity', `slot ${s.adm.label}: another root key`);
    }
  }
  const arc = v.head.x.find(([k]) => k === 'arc');
  if (arc) {
    const old = C.open(root.archive, C.AAD.arc(vid), b64d(arc[1]), 'archived audit roots');
    if (old.length % 32) fail('integrity', 'archived audit roots: not 32 bytes each');
  }
  return root;
}

// ---- records ---------------------------------------------------------------------------------------------
// cap: a capability of the grant; answers what it opens in scope i, or null when it is of no use here
export function capKeys(v, i, cap) {
  const hs = v.head.scopes[i], vid = b64d(v.vault), sid = b64d(hs.id);
  if (cap.e !== hs.e) fail('auth', `scope ${scopeName(hs)}: another epoch than the grant: unlock again`);
  if (cap.m === 'x') return { names: new Map(cap.r.map(([p, rid, k]) => [b64d(rid).toString('hex'), { p, k: b64d(k) }])) };
  const R = b64d(cap.k);
  if (!eq(C.scopeCommit(R, vid, sid, hs.e), hs.c)) fail('integrity', `scope ${scopeName(hs)}: key differs from its commitment`);
  return { R };
}
export function openMeta(v, i, sc, rec, ck) {
  const hs = v.head.scopes[i], vid = b64d(v.vault), sid = b64d(hs.id), rid = Buffer.from(rec.rid, 'hex');
  const no = (why) => fail('integrity', `a record of ${scopeName(hs)} ${why} (sealed by ${sealer(v, sc)}, seq ${sc.seal.seq})`);
  const k = ck.R ? C.recordKey(ck.R, vid, sid, hs.e, rid) : ck.names.get(rec.rid).k;
  const ct = b64d(rec.m);
  const meta = parseMeta(unpad(C.open(k, C.AAD.meta(vid, sid, hs.e, rid, rec.v), ct, `metadata in ${scopeName(hs)}`), 128));
  if (ck.R ? !C.same(C.ridOf(ck.R, vid, sid, hs.e, meta.p), rid) : ck.names.get(rec.rid).p !== meta.p) no('has another name than its id');
  if (resolve(v.head.scopes, hs.env, meta.p) !== i) no('belongs to another scope');
  return { meta, value: () => {
    const pt = unpad(C.open(k, C.AAD.val(vid, sid, hs.e, rid, rec.v, ct), b64d(rec.d), `value in ${scopeName(hs)}`), 64);
    if (pt.length > 1048576) no('is above 1 MiB');
    if (pt.length !== meta.len) no('has another length than its metadata says');
    return pt;
  } };
}
export function openAll(v, o) {
  const scopes = [], records = [];
  v.head.scopes.forEach((hs, i) => {
    const cap = o.caps.find((c) => c.s === hs.id);
    if (!cap) return;
    const ck = capKeys(v, i, cap), sc = v.scopes[i], here = [];
    scopes.push({ env: hs.env, pre: hs.pre, e: hs.e, mode: cap.m, seq: sc.seal.seq });
    for (const rec of sc.rec) {
      if (ck.names && !ck.names.has(rec.rid)) continue;
      const r = openMeta(v, i, sc, rec, ck);
      here.push({ env: hs.env, path: r.meta.p, v: rec.v, meta: r.meta, value: r.value().toString('base64') });
    }
    here.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : a.v - b.v));
    records.push(...here);
  });
  return { scopes, records };
}
export function answerOpen(buf, req) {
  const v = verify(buf);
  const o = openSlot(v, req);
  if (o.s.adm.role === 'admin') checkAsAdmin(v, o);
  const { id, label, role } = o.s.adm;
  return {
    slot: { id, label, role }, vault: o.vid.toString('hex'), fingerprint: C.fingerprint(b64d(v.head.apk)),
    ...openAll(v, o),
  };
}
export function answerVerify(buf, req) {
  const v = verify(buf, req);
  return {
    vault: b64d(v.vault).toString('hex'), fingerprint: C.fingerprint(b64d(v.head.apk)), seq: v.head.seq, t: v.head.t,
    scopes: v.head.scopes.map((s, i) => ({ env: s.env, pre: s.pre, e: s.e, seq: v.scopes[i].seal.seq, by: sealer(v, v.scopes[i]), lines: v.scopes[i].rec.length })),
    slots: v.slots.map((s) => ({ id: s.adm.id, label: s.adm.label, role: s.adm.role, kind: s.wrap.kind, exp: s.adm.exp })),
  };
}
