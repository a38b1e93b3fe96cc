// What a machine remembers of a vault: secrets-vault(5), "The record of a machine".
import { Cur, b64d, b64e, fail } from './codec.mjs';
import { H, fingerprint } from './crypto.mjs';
import { scopeName } from './reader.mjs';

const hash = (raw) => b64e(H(Buffer.from(raw, 'latin1')));
const byId = (a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0);
export const pinText = (p) => `${JSON.stringify({ pin: 1, fingerprint: p.fingerprint, head: p.head, t: p.t, scopes: [...p.scopes].sort(byId), slots: [...p.slots].sort(byId), chains: p.chains })}\n`;
export function parsePin(buf) {
  const s = buf.toString('latin1');
  if (!s.endsWith('\n')) fail('format', 'pin: no LF at its end');
  const c = new Cur(s.slice(0, -1), 'pin'), p = {};
  const rows = (numbers) => {
    let prev = null;
    return c.list('[', ']', () => {
      const row = [c.lit('[').b64(11)];
      if (prev !== null && !(prev < row[0])) c.bad('ids not ascending');
      prev = row[0];
      for (let i = 0; i < numbers; i++) row.push(c.lit(',').num(1));
      row.push(c.lit(',').b64(43));
      c.lit(']');
      return row;
    });
  };
  p.fingerprint = c.lit('{"pin":1,"fingerprint":').re(/"([0-9a-f]{32})"/y);
  p.head = [c.lit(',"head":[').num(1), c.lit(',').b64(43), c.lit(',').re(/"(warn|error)"/y)];
  p.t = c.lit('],"t":').num();
  c.lit(',"scopes":');
  p.scopes = rows(2);
  c.lit(',"slots":');
  p.slots = rows(1);
  c.lit(',"chains":');
  p.chains = c.list('[', ']', () => c.b64(22));
  if (new Set(p.chains).size !== p.chains.length) c.bad('a chain twice');
  c.lit('}').end();
  return p;
}
// everything a pin can hold of a file that was verified in full
export const pinOf = (v) => ({
  fingerprint: fingerprint(b64d(v.head.apk)), head: [v.head.seq, hash(v.headRaw), v.head.pol.rollback], t: v.head.t,
  scopes: v.head.scopes.map((s, i) => [s.id, s.e, v.scopes[i].seal.seq, hash(v.scopes[i].sealRaw)]),
  slots: v.slots.map((s) => [s.adm.id, s.wrap.n, hash(s.wrapRaw)]), chains: [],
});
// numbers of two rows, the first that differs decides
const order = (a, b) => { for (let i = 0; i < a.length; i++) if (typeof a[i] === 'number' && a[i] !== b[i]) return a[i] - b[i]; return 0; };
const merge = (old, now) => {
  const rows = new Map(old.map((r) => [r[0], r]));
  for (const r of now) if (!rows.has(r[0]) || order(r, rows.get(r[0])) > 0) rows.set(r[0], r);
  return [...rows.values()].sort(byId);
};
export const raise = (p, now) => ({
  fingerprint: p.fingerprint, head: order(now.head, p.head) > 0 ? now.head : p.head, t: Math.max(p.t, now.t),
  scopes: merge(p.scopes, now.scopes), slots: merge(p.slots, now.slots), chains: [...p.chains, ...now.chains.filter((c) => !p.chains.includes(c))],
});
// findings: what is "lower" than remembered, or of the same number and "other" bytes. A wrap is refused everywhere,
// head and scopes too where "strict"; elsewhere a git work tree explains them.
export function judge(v, p) {
  const now = pinOf(v), out = [];
  if (now.fingerprint !== p.fingerprint) fail('integrity', `vault is signed by admin ${now.fingerprint}, the pin has ${p.fingerprint}`);
  // the stricter of the file's own policy and the one of the head that was seen
  const strict = [now.head[2], p.head[2]].includes('error');
  const look = (part, name, a, b) => {
    const d = order(a, b);
    if (d < 0 || (d === 0 && a.at(-1) !== b.at(-1))) out.push({ part, name, what: d < 0 ? 'lower' : 'other', file: a.slice(0, -1), pin: b.slice(0, -1), strict: part === 'wrap' || strict });
  };
  look('head', '', now.head.slice(0, 2), p.head.slice(0, 2));
  now.scopes.forEach((r, i) => { const b = p.scopes.find((x) => x[0] === r[0]); if (b) look('scope', scopeName(v.head.scopes[i]), r, b); });
  now.slots.forEach((r, i) => { const b = p.slots.find((x) => x[0] === r[0]); if (b) look('wrap', v.slots[i].adm.label, r, b); });
  return out;
}
// SECRETS_EXPECT: head:SEQ and ENV[/PRE]:E:SEQ, separated by commas
export function judgeExpect(v, text) {
  if (typeof text !== 'string' || text === '') fail('usage', 'expect: set but empty');
  const out = [];
  for (const part of text.split(',')) {
    const m = /^(?:head|([a-z0-9-]{1,32}(?:\/[A-Za-z0-9_./-]+)?):(0|[1-9][0-9]{0,15})):(0|[1-9][0-9]{0,15})$/.exec(part);
    if (!m || [m[2], m[3]].some((n) => n !== undefined && !Number.isSafeInteger(Number(n)))) fail('usage', `expect: not head:SEQ or ENV:E:SEQ: ${part}`);
    if (m[1] === undefined) { if (v.head.seq < Number(m[3])) out.push({ part: 'head', name: '', what: 'lower', file: [v.head.seq], expect: [Number(m[3])] }); continue; }
    const i = v.head.scopes.findIndex((s) => scopeName(s) === m[1] || scopeName(s) === `${m[1]}/`), want = [Number(m[2]), Number(m[3])];
    const file = i < 0 ? null : [v.head.scopes[i].e, v.scopes[i].seal.seq];
    if (!file || order(file, want) < 0) out.push({ part: 'scope', name: m[1], what: file ? 'lower' : 'absent', file, expect: want });
  }
  return out;
}
