// Keys and signatures of secrets-vault(5), "Notation", "Keys" and "Slots". Only node:crypto.
import * as nc from 'node:crypto';
import { I, PAE, b64d, b64e, fail } from './codec.mjs';

export const H = (b) => nc.createHash('sha256').update(b).digest();
const hmac = (k, ...parts) => { const h = nc.createHmac('sha256', k); for (const p of parts) h.update(p); return h.digest(); };
// Written out: hkdfSync of Node refuses an info above 1,024 bytes, and kd may have 4 KiB.
export function hkdf(ikm, salt, info, n) {
  const prk = hmac(salt, ikm);
  const out = [];
  let t = Buffer.alloc(0);
  for (let i = 1; out.length * 32 < n; i++) { t = hmac(prk, t, info, Buffer.from([i])); out.push(t); }
  return Buffer.concat(out).subarray(0, n);
}
export const KDF = (k, label, ...ctx) => hkdf(k, Buffer.alloc(0), PAE(`secrets/v1/${label}`, ...ctx), 32);
export const same = (a, b) => a.length === b.length && nc.timingSafeEqual(a, b);

export function seal(key, aad, pt, nonce) {
  const c = nc.createCipheriv('aes-256-gcm', key, nonce, { authTagLength: 16 });
  c.setAAD(aad);
  return Buffer.concat([nonce, c.update(pt), c.final(), c.getAuthTag()]);
}
export function open(key, aad, ct, what) {
  if (ct.length < 28) fail('integrity', `${what}: sealed text too short`);
  try {
    const d = nc.createDecipheriv('aes-256-gcm', key, ct.subarray(0, 12), { authTagLength: 16 });
    d.setAAD(aad);
    d.setAuthTag(ct.subarray(ct.length - 16));
    return Buffer.concat([d.update(ct.subarray(12, ct.length - 16)), d.final()]);
  } catch { return fail('integrity', `${what}: does not open`); }
}
export function open32(key, aad, ct, what) {
  const p = open(key, aad, ct, what);
  return p.length === 32 ? p : fail('integrity', `${what}: not 32 bytes`);
}

// ---- Ed25519, strict -------------------------------------------------------------------------------
export const P = 2n ** 255n - 19n;
export const L = 2n ** 252n + 27742317777372353535851937790883648493n;
const modp = (x) => ((x % P) + P) % P;
export function pow(b, e, m = P) { let r = 1n; b %= m; while (e > 0n) { if (e & 1n) r = (r * b) % m; b = (b * b) % m; e >>= 1n; } return r; }
const inv = (x) => pow(modp(x), P - 2n);
const sqrtM1 = pow(2n, (P - 1n) / 4n);
function sqrt(a) { // undefined when a is no square
  let r = pow(modp(a), (P + 3n) / 8n);
  if (modp(r * r - a) !== 0n) r = modp(r * sqrtM1);
  return modp(r * r - a) === 0n ? r : undefined;
}
export const D = modp(-121665n * inv(121666n));
// y of the points whose order divides 8: 1 (order 1), -1 (2), 0 (4), and for order 8 the roots of D*y^4 + 2*y^2 = 1.
export const SMALL_Y = (() => {
  const out = [1n, P - 1n, 0n];
  const root = sqrt(1n + D);
  for (const s of root === undefined ? [] : [root, -root]) {
    const y = sqrt(modp((s - 1n) * inv(D)));
    if (y !== undefined) out.push(y, P - y);
  }
  return out;
})();
const SMALL = new Set(SMALL_Y);
export const le = (b) => BigInt(`0x${Buffer.from(b).reverse().toString('hex')}`);
export const leBytes = (x, n = 32) => Buffer.from(x.toString(16).padStart(2 * n, '0'), 'hex').reverse();
const Y = (1n << 255n) - 1n;
const pointOk = (b) => { const y = le(b) & Y; return y < P && !SMALL.has(y); };

const SPKI = Buffer.from('302a300506032b6570032100', 'hex');
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');
const bounded = (map, max) => { if (map.size > max) map.clear(); };
const pubs = new Map(), privs = new Map(), good = new Set();
function pubKey(raw) {
  const id = raw.toString('latin1');
  let k = pubs.get(id);
  if (k === undefined) {
    k = null;
    if (pointOk(raw)) { try { k = nc.createPublicKey({ key: Buffer.concat([SPKI, raw]), format: 'der', type: 'spki' }); } catch { k = null; } }
    bounded(pubs, 20000);
    pubs.set(id, k);
  }
  return k;
}
function privKey(seed) {
  const id = seed.toString('latin1');
  let k = privs.get(id);
  if (!k) {
    const key = nc.createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: 'der', type: 'pkcs8' });
    k = { key, pub: nc.createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(12) };
    bounded(privs, 20000);
    privs.set(id, k);
  }
  return k;
}
export const edPublic = (seed) => privKey(seed).pub;
export const edSign = (seed, msg) => nc.sign(null, msg, privKey(seed).key);
export const keyOk = (raw) => raw.length === 32 && pubKey(raw) !== null;
// Only successes are remembered, by the hash of key, signature and message together.
export function edVerify(pk, msg, sig) {
  if (sig.length !== 64 || pk.length !== 32) return false;
  const memo = nc.createHash('sha256').update(pk).update(sig).update(msg).digest('latin1');
  if (good.has(memo)) return true;
  if (!pointOk(sig.subarray(0, 32)) || le(sig.subarray(32)) >= L) return false;
  const k = pubKey(pk);
  if (!k || !nc.verify(null, msg, k, sig)) return false; // OpenSSL: encode([S]B - [h]A) == R, without cofactor
  bounded(good, 50000);
  good.add(memo);
  return true;
}

// ---- passphrases, KEK, wraps ---------------------------------------------------------------------------
export const IT_MIN = 600000, IT_MAX = 10000000;
export function passBytes(s, creating) {
  if (typeof s !== 'string' || !s.isWellFormed?.() && /[\ud800-\udfff]/u.test(s)) fail('usage', 'a passphrase is UTF-8 text');
  const n = s.normalize('NFC');
  if (/[\u0000-\u001f\u007f]/.test(n)) fail('usage', 'control characters in the passphrase');
  const b = Buffer.from(n, 'utf8');
  if (b.length < 1 || b.length > 1024) fail('usage', 'a passphrase has 1 to 1,024 bytes');
  if (creating && ([...n].length < 15 || new Set(n).size < 6)) fail('usage', 'at least 15 characters, of at least 6 different ones');
  return b;
}
const stretched = new Map();
export function pbkdf2(pass, salt, it) {
  const id = `${it}:${salt.toString('latin1')}:${pass.toString('latin1')}`;
  let k = stretched.get(id);
  if (!k) { k = nc.pbkdf2Sync(pass, salt, it, 32, 'sha256'); bounded(stretched, 2000); stretched.set(id, k); }
  return k;
}
// extra = [kd, member pk] for x25519, else []
export function kek(ikm, salt, vid, sid, kind, it, extra = []) {
  const okm = hkdf(ikm, salt, PAE('secrets/v1/kek', vid, sid, kind, I(it), ...extra), 64);
  return { kek: okm.subarray(0, 32), cm: okm.subarray(32) };
}
const x25519Der = (raw, priv) => (priv
  ? nc.createPrivateKey({ key: Buffer.concat([Buffer.from('302e020100300506032b656e04220420', 'hex'), raw]), format: 'der', type: 'pkcs8' })
  : nc.createPublicKey({ key: Buffer.concat([Buffer.from('302a300506032b656e032100', 'hex'), raw]), format: 'der', type: 'spki' }));
export const x25519Public = (priv) => nc.createPublicKey(x25519Der(priv, true)).export({ format: 'der', type: 'spki' }).subarray(12);
export function x25519(priv, pub) {
  let z;
  try { z = nc.diffieHellman({ privateKey: x25519Der(priv, true), publicKey: x25519Der(pub, false) }); } catch { fail('integrity', 'X25519 refused'); }
  return z.some((b) => b) ? z : fail('integrity', 'all-zero shared secret');
}

// ---- what hangs under a slot key, the root key, a scope key -----------------------------------------------
export const fingerprint = (apk) => H(apk).subarray(0, 16).toString('hex');
export const slotKeys = (SK, vid, id) => ({
  SK,
  signSeed: KDF(SK, 'slot-sign', vid, id),
  auditKey: KDF(SK, 'audit-key', vid, id),
  adminKey: KDF(SK, 'admin-key', vid, id),
  grantKey: (g) => KDF(SK, 'grant-key', vid, id, I(g)),
});
export const rootKeys = (RK) => ({
  RK,
  adminSeed: KDF(RK, 'admin-sign'),
  scopeWrap: KDF(RK, 'scope-wrap'),
  slotEscrow: KDF(RK, 'slot-escrow'),
  auditRoot: KDF(RK, 'audit-root'),
  archive: KDF(RK, 'archive'),
});
export const auditSlot = (root, vid, id) => KDF(root.auditRoot, 'audit-slot', vid, id);
export const scopeCommit = (R, vid, sid, e) => KDF(R, 'scope-commit', vid, sid, I(e));
export const ridOf = (R, vid, sid, e, path) => hmac(KDF(R, 'name-index', vid, sid, I(e)), Buffer.from(path, 'latin1')).subarray(0, 16);
export const recordKey = (R, vid, sid, e, rid) => KDF(R, 'record', vid, sid, I(e), rid);
export const AAD = {
  wk: (vid, sid, e) => PAE('secrets/v1/scope-wk', vid, sid, I(e)),
  esc: (vid, id) => PAE('secrets/v1/escrow', vid, id),
  grant: (vid, id, g) => PAE('secrets/v1/grant', vid, id, I(g)),
  ak: (vid, id) => PAE('secrets/v1/audit-key', vid, id),
  rk: (vid, id) => PAE('secrets/v1/root', vid, id),
  wrap: (vid, id, n) => PAE('secrets/v1/wrap-ct', vid, id, I(n)),
  arc: (vid) => PAE('secrets/v1/archive', vid),
  meta: (vid, sid, e, rid, v) => PAE('secrets/v1/rec-meta', vid, sid, I(e), rid, I(v)),
  val: (vid, sid, e, rid, v, metaCt) => PAE('secrets/v1/rec-val', vid, sid, I(e), rid, I(v), H(metaCt)),
};
export const MSG = {
  head: (vid, raw) => PAE('secrets/v1/head', vid, raw),
  slots: (adms) => PAE('secrets/v1/slots', ...adms),
  key: (vid, id, raw) => PAE('secrets/v1/slot-key', vid, id, raw),
  wrap: (vid, id, raw) => PAE('secrets/v1/wrap', vid, id, raw),
  seal: (vid, sid, e, raw) => PAE('secrets/v1/seal', vid, sid, I(e), raw),
  page: (i, b) => PAE('secrets/v1/page', I(i), b),
  pages: (b) => PAE('secrets/v1/pages', b),
};

// ---- tokens -----------------------------------------------------------------------------------------------
const TOKEN = /^sct1_([A-Za-z0-9_-]{75})([A-Za-z0-9_-]{6})$/;
const tokenCheck = (body) => H(Buffer.from(`secrets/v1/token${body}`, 'latin1')).toString('base64url').slice(0, 6);
export function tokenText(id, secret, apk) {
  const body = Buffer.concat([id, secret, H(apk).subarray(0, 16)]).toString('base64url');
  return `sct1_${body}${tokenCheck(body)}`;
}
export function parseToken(s) {
  const m = typeof s === 'string' ? TOKEN.exec(s) : null;
  if (!m || s.length !== 86) fail('usage', 'not the text of a token');
  if (tokenCheck(m[1]) !== m[2]) fail('usage', 'token checksum wrong: a typing error?');
  const raw = Buffer.from(m[1], 'base64url');
  if (raw.length !== 56 || raw.toString('base64url') !== m[1]) fail('usage', 'token text is not canonical');
  return { id: raw.subarray(0, 8), secret: raw.subarray(8, 40), fp: raw.subarray(40).toString('hex') };
}
export const idText = (b) => b64e(b);
export const idRaw = (t) => b64d(t);
