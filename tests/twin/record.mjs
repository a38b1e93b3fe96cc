// The requests about the record of a machine: the log, its state, the pin. Files are named by path, or given as
// {"base64": …}; what is made is answered in base64 and also written where the request says "out".
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { b64d, fail } from './codec.mjs';
import { fingerprint } from './crypto.mjs';
import * as R from './reader.mjs';
import { headOf } from './audit.mjs';
import { keyring, verifyLog } from './audit-verify.mjs';
import { attackLog, idOk, newIds, writeLog } from './audit-write.mjs';
import { judge, judgeExpect, parsePin, pinOf, pinText, raise } from './pin.mjs';
import { oldWrap } from './renew.mjs';

// null: named, and not there
export function bytesOf(x, what) {
  if (typeof x?.base64 === 'string') return Buffer.from(x.base64, 'base64');
  if (typeof x !== 'string') fail('usage', `${what}: a path or {"base64": …}`);
  try { return readFileSync(x); } catch (e) {
    if (e.code === 'ENOENT') return null;
    return fail('usage', `${what}: ${e.message}`);
  }
}
const maybe = (q, k) => (q[k] === undefined || q[k] === null ? undefined : bytesOf(q[k], k));
const there = (q, k) => bytesOf(q[k], k) ?? fail('usage', `${k}: ${q[k]} is not there`);
const vaultBytes = (q) => (q.vault === undefined && typeof q.file === 'string' ? Buffer.from(q.file, 'base64') : there(q, 'vault'));
const answer = (q, files) => Object.fromEntries(Object.entries(files).map(([name, buf]) => {
  if (typeof q.out === 'string') { mkdirSync(q.out, { recursive: true }); writeFileSync(join(q.out, name), buf, { mode: 0o600 }); }
  return [name, buf.toString('base64')];
}));

export function auditVerify(q) {
  const v = R.verify(vaultBytes(q), { apk: q.admin }), pin = maybe(q, 'pin');
  const pinned = pin ? parsePin(pin) : null;
  if (pinned && pinned.fingerprint !== fingerprint(b64d(v.head.apk))) fail('integrity', 'the pin is that of another admin key');
  for (const t of q.expect ?? []) headOf(t);
  return verifyLog({
    log: maybe(q, 'log') ?? Buffer.alloc(0), vault: v.vault, keysOf: keyring(v, q), state: maybe(q, 'state'),
    anchors: v.scopes.flatMap((sc, i) => sc.seal.aud.map((text) => ({ scope: R.scopeName(v.head.scopes[i]), text }))),
    pinned: pinned?.chains ?? [], expect: q.expect ?? [],
  });
}
export function auditWrite(q) {
  const how = q.how ?? 'new', ids = { ...newIds(q.seed), ...(q.chain ? { chain: q.chain } : {}), ...(q.device ? { device: q.device } : {}) };
  if (!idOk(ids.chain, 16) || !idOk(ids.device, 8)) fail('usage', 'chain: base64 of 16 bytes, device: of 8');
  let AK, c = ids;
  if (how === 'new' || how === 'lost') { // the others need no key of the vault
    const v = R.verify(vaultBytes(q)), o = R.openSlot(v, { ...q, now: q.now ?? Math.max(v.head.t, q.t ?? 0), terminal: true });
    AK = o.AK;
    c = { vault: v.vault, device: ids.device, chain: ids.chain, slot: o.s.adm.id };
  }
  const r = writeLog({ AK, c, n: q.n ?? 40, t: q.t ?? 1767225600, how, log: maybe(q, 'log') ?? undefined, state: maybe(q, 'state') ?? undefined, entries: q.entries, bad: q.bad });
  const files = answer(q, { 'audit.jsonl': r.log, 'audit.state': r.state });
  return { log: files['audit.jsonl'], state: files['audit.state'], head: r.head, chain: r.chain };
}
export const auditAttack = (q) => ({ log: answer(q, { 'audit.jsonl': attackLog(there(q, 'log'), q) })['audit.jsonl'] });

// Judges a file by a pin, by SECRETS_EXPECT ("expect") and by SECRETS_ADMIN ("admin"), and raises the pin.
export function pin(q) {
  if (q.admin === '') fail('usage', 'admin: set but empty');
  const v = R.verify(vaultBytes(q), { apk: q.admin }), old = maybe(q, 'pin');
  const findings = [...(old ? judge(v, parsePin(old)) : []), ...(q.expect === undefined ? [] : judgeExpect(v, q.expect))];
  const now = { ...pinOf(v), chains: q.chains ?? [] }, text = pinText(old ? raise(parsePin(old), now) : now);
  return { ok: findings.length === 0, ...(findings.length ? { class: 'integrity', message: `${findings[0].part} ${findings[0].name} ${findings[0].what}` } : {}), findings, pin: text };
}
export function oldwrap(q) {
  const r = oldWrap({ ...q, file: vaultBytes(q).toString('base64') });
  answer(q, Object.fromEntries(['older', 'newer', 'mixed'].map((k) => [`${k}.json`, Buffer.from(r[k], 'base64')])));
  return r;
}
