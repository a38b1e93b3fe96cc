// What the twin writes of the log: honest logs of another writer, bad ones (BAD), and what a thief without keys
// makes of a log (LOG_ATTACKS). secrets-audit(5).
import { ByteSource, b64d, b64e, fail } from './codec.mjs';
import { H } from './crypto.mjs';
import { Keys, asciiJson, chainKeys, entryHash, entryMac, genesis, headText, lineText, nextChainKey, parseLine, parseState, stateFile } from './audit.mjs';

const need = (ok, why) => ok || fail('usage', why);
const oneOf = (table, kind, what) => (Object.hasOwn(table, kind) ? table[kind] : fail('usage', `${what}: ${Object.keys(table).join(' ')}`));
const junk = (i) => H(Buffer.from(`no key ${i}`));
const latin = (s) => Buffer.from(s, 'latin1');
const lines = (buf) => buf.toString('latin1').split(/(?<=\n)/).filter(Boolean);
const chainsOf = (buf) => { // entries of each chain of a log that need not hold
  const out = [];
  for (const l of lines(buf)) {
    const x = parseLine(l.slice(0, -1));
    if (x.e.a === 'chain') out.push({ chain: x.e.chain, n: 0 });
    Object.assign(out.at(-1) ?? fail('usage', 'a log that begins with a chain entry'), { n: out.at(-1).n + 1, h: x.h });
  }
  return out;
};

// ---- bad logs: what differs from an honest one. `at` is the index of the entry; hashes and MACs are otherwise right.
// e(members): other members; text(e): other text; key(i, K): another key; line(text): another line, all for entry `at`
// unless the name says "from". `n` belongs to a state stolen when the log had n entries.
const at = (f) => (i, a, x) => (i === a.at ? f(x, a) : x);
const reText = (from, to) => at((t) => { const r = t.replace(from, to); return r === t ? fail('usage', 'this entry has nothing of the kind') : r; });
export const BAD = {
  'wrong-key': { key: (i, a, K) => (i >= a.at ? junk(i) : K(i)) },
  'key-of-before': { key: (i, a, K) => K(i === a.at ? i - 1 : i) },
  'key-not-ratcheted': { key: (i, a, K) => K(Math.min(i, a.at)) },
  'index-gap': { index: (i, a) => (i >= a.at ? i + 1 : i) },
  'index-twice': { index: (i, a) => (i >= a.at ? i - 1 : i) },
  'no-mac': { line: at((l) => l.replace(/,"m":"[^"]*"/, '')) },
  'no-hash': { line: at((l) => l.replace(/,"h":"[^"]*"/, '')) },
  'empty-mac': { line: at((l) => l.replace(/"m":"[^"]*"/, '"m":""')) },
  'member-twice': { text: reText(/"a":/, '"a":"note","a":') },
  'member-twice-escaped': { text: reText(/"a":/, '"\\u0061":"note","a":') },
  'member-twice-inside': { text: reText(/\}$/, ',"extra":{"k":{"x":1,"x":2}}}') },
  'i-not-first': { text: reText(/^\{"i":(\d+),"t":(\d+)/, '{"t":$2,"i":$1') },
  'no-time': { text: reText(/"t":\d+,/, '') },
  'no-action': { text: reText(/"a":"[a-z]+",?/, '') },
  'other-action': { text: reText(/"a":"[a-z]+"/, '"a":"peek"') },
  'number-form': { text: (i, a, t) => (i === a.at ? t.replace(/"t":\d+/, `"t":${a.value ?? '1.0'}`) : t) },
  space: { text: reText(/,"a"/, ', "a"') },
  'not-ascii': { text: reText(/"a":/, '"note":"\u00e9","a":') },
  surrogate: { text: reText(/"a":/, '"note":"\\ud800","a":') },
  'base64-bits': { line: at((l) => l.replace(/"m":"([^"]{42})(.)/, (_, m, c) => { const A = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'; return `"m":"${m}${A[A.indexOf(c) + 1]}`; })) },
  'foreign-vault': { e: (i, a, e) => (i === 0 ? { ...e, vault: b64e(junk(1).subarray(0, 16)) } : e) },
  'foreign-slot': { e: (i, a, e) => (i === 0 ? { ...e, slot: b64e(junk(2).subarray(0, 8)) } : e) },
  'prev-made-up': { e: (i, a, e) => (i === 0 ? { ...e, prev: [`${b64e(junk(3).subarray(0, 16))}:5:${b64e(junk(4))}`] } : e) },
  'prev-other-count': { e: (i, a, e) => (i === 0 ? { ...e, prev: e.prev.map((p) => p.replace(/:(\d+):/, (_, n) => `:${Number(n) + (a.by ?? 1)}:`)) } : e) },
  'prev-left-out': { e: (i, a, e) => (i === 0 ? { ...e, prev: [] } : e) },
  'prev-shortened': { e: (i, a, e) => (i === 0 ? { ...e, prev: e.prev.slice(1) } : e) },
  'prev-repeated': { e: (i, a, e) => (i === 0 ? { ...e, prev: [...e.prev, e.prev[0]] } : e) },
  'gap-prev-other': { e: (i, a, e) => (i === 1 && e.a === 'gap' ? { ...e, data: { ...e.data, prev: [`${b64e(junk(3).subarray(0, 16))}:5:${b64e(junk(4))}`] } } : e) },
  'gap-left': { e: (i, a, e) => (i === 1 && e.a === 'gap' ? { ...e, data: { ...e.data, left: typeof e.data.left === 'number' ? e.data.left + (a.by ?? 1) : e.data.left.replace(/:(\d+):/, ':9$1:') } } : e) },
  'gap-left-out': { e: (i, a, e) => (i === 1 && e.a === 'gap' ? { i, t: e.t, a: 'note' } : e) },
  'gap-inside': { e: at((e) => ({ i: e.i, t: e.t, a: 'gap', data: { left: `${b64e(junk(3).subarray(0, 16))}:5:${b64e(junk(4))}` } })) },
  'chain-inside': { e: (i, a, e, first) => (i === a.at ? { ...first, i, t: e.t } : e) },
  'accept-without-why': { e: at((e) => ({ i: e.i, t: e.t, a: 'gap', verb: 'accept-loss', data: { lost: [`${b64e(junk(3).subarray(0, 16))}:5:${b64e(junk(4))}`] } })) },
  // a thief with the state of n entries changes entry `at`: before n he has no key, from n on he has every one
  forge: { e: at((e) => ({ ...e, names: [['/never', 1]] })), key: (i, a, K) => K(i >= a.at && i < a.n ? a.n : i) },
};
const example = (i, t, slot) => [
  { i, t, a: 'read', env: 'prod', names: [['/app/one', 2], ['/app/two', 1]], verb: 'get', cmd: 'secrets', slot, label: 'owner', host: 'amber-otter', pid: 4000 + i, tty: '/dev/pts/3' },
  { i, t, a: 'write', env: 'dev', names: [[`/app/n${i}`, 1]], verb: 'set', why: 'caf\u00e9 \ud83d\ude00 "quoted"', cred: 'key', slot, label: 'owner', seals: [b64e(junk(i))] },
  { i, t, a: 'unlock', ok: 0, err: 'locked', cred: 'passphrase', user: 'rui', ip: '192.0.2.7' },
  { i, t, a: 'note', verb: 'note', agent: 'an agent', as: 'billing', data: { deploy: [1, { x: null, y: true }] } },
][i % 4];

// AK: the log key. c: {vault, device, chain, slot}. how: "new" (default), "follow" the chain of `state`, "lost" (the
// state is gone, a new chain behind what is left) or "append" to the chain of `state`, without any key of the vault.
export function writeLog({ AK, c, n, t, how = 'new', log = Buffer.alloc(0), state, entries = [], bad }) {
  need(Number.isSafeInteger(n) && n >= 0 && n <= 1000000 && ['new', 'follow', 'lost', 'append'].includes(how), 'n, how');
  const s = state && parseState(state), hooks = bad ? oneOf(BAD, bad.kind, 'bad') : {}, a = { at: 0, ...bad }, before = chainsOf(log);
  need((how === 'follow' || how === 'append') === !!s, 'follow and append take a state, the others none');
  need(how === 'new' ? !log.length : how !== 'lost' || log.length, 'a log is behind it, or none');
  const self = how === 'append' ? s : { ...c, prev: [] };
  let keys, h = null, from = 0;
  if (how === 'append') { from = s.next; h = s.h; keys = new Keys(s.key); keys.all = [...Array(from), s.key]; }
  if (how === 'follow') {
    need(s.next > 0, 'a chain with entries before');
    Object.assign(self, { vault: s.vault, device: s.device, slot: s.slot, prev: [...s.prev, headText(s.chain, s.next, s.h)] });
    keys = new Keys(nextChainKey(s.key, self.chain));
  }
  const first = { i: 0, t, a: 'chain', vault: self.vault, device: self.device, chain: self.chain, slot: self.slot, prev: self.prev };
  const start = hooks.e && from === 0 ? hooks.e(0, a, first, first) : first, out = [log];
  h ??= genesis(start);
  keys ??= chainKeys(AK, how === 'new' ? start : self); // a new chain means what it says: its keys go with it
  const x = before.at(-1);
  for (let i = from; i < from + n; i++) {
    const given = entries[i - from];
    let e = i === 0 ? start : given ? { i, t: t + i, ...given } : example(i, t + i, self.slot);
    if (i === 1 && how === 'follow') e = { i, t: t + i, a: 'gap', data: { prev: [(start.prev.length ? start : self).prev.at(-1)], left: before.find((b) => b.chain === s.chain)?.n ?? 0 } };
    if (i === 1 && how === 'lost') e = { i, t: t + i, a: 'gap', data: { left: headText(x.chain, x.n, x.h) } };
    if (hooks.e && i > 0) e = hooks.e(i, a, e, first);
    if (hooks.index) e = { ...e, i: hooks.index(i, a) };
    let text = asciiJson(e);
    if (hooks.text) text = hooks.text(i, a, text);
    h = entryHash(h, text);
    const key = hooks.key ? hooks.key(i, a, (j) => keys.at(Math.max(j, 0))) : keys.at(i);
    let line = lineText(text, h, entryMac(key, h));
    if (hooks.line) line = hooks.line(i, a, line);
    out.push(latin(line));
  }
  const made = Buffer.concat(out), end = { vault: self.vault, device: self.device, chain: self.chain, slot: self.slot, prev: start.prev, next: from + n, key: keys.at(from + n), h, len: made.length };
  return { log: made, state: stateFile(end, (s?.write ?? 0) + 1), head: end.next ? headText(end.chain, end.next, h) : null, chain: end.chain };
}

// ---- a thief without keys. `at` and `to` are lines from 0; with `fix` he counts the indices anew and hashes again,
// which everybody can; the MACs stay what they were.
const edit = (l) => l.replace(/"t":(\d+)/, (_, t) => `"t":${Number(t) + 1}`);
export const LOG_ATTACKS = {
  edit: (L, a) => { L[a.at] = edit(L[a.at]); },
  remove: (L, a) => { L.splice(a.at, 1); },
  insert: (L, a) => { L.splice(a.at, 0, edit(L[Math.max(a.at - 1, 1)]).replace(/"m":"[^"]*"/, `"m":"${b64e(junk(a.at))}"`)); },
  duplicate: (L, a) => { L.splice(a.at, 0, L[a.at]); },
  swap: (L, a) => { [L[a.at], L[a.to ?? a.at + 1]] = [L[a.to ?? a.at + 1], L[a.at]]; },
  move: (L, a) => { const [x] = L.splice(a.at, 1); L.splice(a.to ?? 1, 0, x); },
  cut: (L, a) => { L.splice(a.at); },
  'cut-front': (L, a) => { L.splice(1, a.at - 1); },
  'cut-whole-front': (L, a) => { L.splice(0, a.at); },
  torn: (L, a) => { L.splice(a.at + 1); L[a.at] = L[a.at].slice(0, a.bytes ?? -40); },
  mac: (L, a) => { L[a.at] = L[a.at].replace(/"m":"[^"]*"/, `"m":"${b64e(junk(a.at))}"`); },
  'swap-macs': (L, a) => { const re = /"m":"[^"]*"/, to = a.to ?? a.at + 1, x = re.exec(L[a.at])[0]; L[a.at] = L[a.at].replace(re, re.exec(L[to])[0]); L[to] = L[to].replace(re, x); },
  append: (L) => { L.push(edit(L.at(-1)).replace(/"m":"[^"]*"/, `"m":"${b64e(junk(0))}"`)); },
  member: (L, a) => { L[a.at] = L[a.at].replace(/\},"h"/, ',"extra":1},"h"'); },
  crlf: (L, a) => { L[a.at] = L[a.at].replace('\n', '\r\n'); },
  'empty-line': (L, a) => { L.splice(a.at, 0, '\n'); },
};
function fixed(L) {
  let h = null, i = 0;
  return L.map((l) => {
    let x;
    try { x = parseLine(l.slice(0, -1)); } catch { return l; }
    if (x.e.a === 'chain') { h = genesis(x.e); i = 0; }
    const raw = x.raw.replace(/^\{"i":\d+/, `{"i":${i++}`);
    h = entryHash(h ?? x.h, raw);
    return lineText(raw, h, x.m);
  });
}
export function attackLog(log, a) {
  const L = lines(log), f = oneOf(LOG_ATTACKS, a.kind, 'kind');
  need(Number.isSafeInteger(a.at ?? 0) && (a.at ?? 0) >= 0 && (a.at ?? 0) < L.length, 'at: a line of the log, from 0');
  f(L, { at: 0, ...a });
  const out = latin((a.fix ? fixed(L) : L).join(''));
  return out.equals(log) ? fail('usage', 'the attack changed nothing in this log') : out;
}
export const newIds = (seed) => { const src = new ByteSource(seed); return { chain: b64e(src.take(16)), device: b64e(src.take(8)) }; };
export const idOk = (t, n) => typeof t === 'string' && b64d(t).length === n;
