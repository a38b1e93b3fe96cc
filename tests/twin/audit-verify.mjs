// Strict verification of a log: every line, the state beside it, the anchors in the vault. secrets-audit(5).
import { Refusal, b64d, b64e, fail } from './codec.mjs';
import * as C from './crypto.mjs';
import * as R from './reader.mjs';
import { Keys, chainKeys, entryHash, entryMac, genesis, headOf, headText, parseLine, parseState } from './audit.mjs';

const equal = (a, b) => a.length === b.length && a.every((x, i) => x === b[i]);

// What a credential can key: its own slot, or for an admin every slot there is or ever was, archived roots included.
// Answers a function from the text of a slot id to the log keys that may be its own.
export function keyring(v, req) {
  if (!req.credential) return () => [];
  const o = R.openSlot(v, { ...req, now: req.now ?? Math.max(v.head.t, Math.floor(Date.now() / 1000)), terminal: true });
  if (o.s.adm.role !== 'admin') return (slot) => (slot === o.s.adm.id ? [o.AK] : []);
  const root = R.checkAsAdmin(v, o), arc = v.head.x.find(([k]) => k === 'arc'), roots = [root.auditRoot];
  if (arc) {
    const old = C.open(root.archive, C.AAD.arc(o.vid), b64d(arc[1]), 'archived audit roots');
    for (let i = 0; i < old.length; i += 32) roots.push(old.subarray(i, i + 32));
  }
  return (slot) => roots.map((auditRoot) => C.auditSlot({ auditRoot }, o.vid, b64d(slot)));
}

class Walk {
  constructor(vault, keysOf) { Object.assign(this, { vault, keysOf, chains: [], byId: new Map(), gaps: [], settled: [] }); }
  // every complaint about a line ends the walk
  no(what) { fail('integrity', what); }
  line(text, no, start) {
    const x = parseLine(text), { e } = x;
    if (e.a === 'chain') this.begin(e, no);
    else if (!this.cur || e.i === 0) this.no('entry 0 is no chain entry');
    const c = this.cur;
    if (e.i !== c.h.length) this.no(`index ${e.i} at place ${c.h.length} of its chain`);
    const h = entryHash(c.h.at(-1) ?? genesis(c), x.raw);
    if (!C.same(h, x.h)) this.no('hash differs');
    if (e.i === 0) this.key(c, h, x.m);
    if (c.keys && !C.same(entryMac(c.keys.at(e.i), h), x.m)) this.no('MAC differs');
    c.h.push(h);
    c.m.push(x.m);
    c.ends.push(start + text.length + 1);
    if (e.a === 'chain') this.begun(c);
    else if (e.i === 1 && c.needs) this.gap(c, e, no);
    else if (e.a === 'gap') {
      if (e.verb !== 'accept-loss') this.no('a gap at another place than after the chain entry');
      for (const t of e.data.lost) this.settled.push({ ...headOf(t), no });
    }
  }
  begin(e, no) {
    if (this.vault !== undefined && e.vault !== this.vault) this.no('chain of another vault');
    if (this.byId.has(e.chain)) this.no('a chain begins twice');
    this.cur = { vault: e.vault, device: e.device, chain: e.chain, slot: e.slot, prev: e.prev, line: no, h: [], m: [], ends: [], keys: null };
  }
  key(c, h, m) {
    const all = this.keysOf(c.slot);
    if (!all.length) return;
    c.keyed = true;
    for (const AK of all) {
      const keys = chainKeys(AK, c);
      if (C.same(entryMac(keys.at(0), h), m)) { c.keys = keys; return; }
    }
    this.no('MAC differs');
  }
  // place of a chain in its line of chains, once its first entry is known to be whole
  begun(c) {
    const before = this.chains.at(-1), seen = new Set([c.chain]);
    c.prev.forEach((t, j) => {
      const p = headOf(t), here = this.byId.get(p.chain);
      if (seen.has(p.chain)) this.no('a chain twice in its own line');
      seen.add(p.chain);
      if (!here) return;
      if (here.device !== c.device || here.slot !== c.slot) this.no('device or slot is not that of the chain before');
      if (!equal(here.prev, c.prev.slice(0, j))) this.no('prev is not that of the chain before and its head');
      if (here.h.length >= p.n) this.no('follows a chain of which nothing is lost');
      if (j === c.prev.length - 1 && here !== before) this.no('does not stand behind the chain that it follows');
    });
    if (c.prev.length) c.needs = { last: headOf(c.prev.at(-1)) };
    else if (before) c.needs = { left: headText(before.chain, before.h.length, before.h.at(-1)) };
    if (c.needs) this.gaps.push({ chain: c.chain, line: c.line, lost: [c.needs.left ?? c.prev.at(-1)] });
    this.chains.push(c);
    this.byId.set(c.chain, c);
  }
  gap(c, e, no) {
    const g = this.gaps.at(-1), want = c.needs;
    if (e.a !== 'gap' || e.verb === 'accept-loss') this.no('entry 1 has to be the gap');
    g.line = no;
    if (want.left !== undefined) {
      if (e.data.prev !== undefined || e.data.left !== want.left) this.no(`gap: not what is left: ${want.left}`);
      return;
    }
    const lost = e.data.prev ?? this.no('gap: prev is missing'), left = this.byId.get(want.last.chain)?.h.length ?? 0;
    if (!equal(lost, c.prev.slice(-lost.length))) this.no('gap: prev is not the head of the chain before');
    if (e.data.left !== left) this.no(`gap: ${left} lines of the chain before are here, ${e.data.left} were left`);
    g.lost = lost;
  }
  isSettled(p, after = 0) { return this.settled.some((s) => s.chain === p.chain && s.n >= p.n && s.no > after); }
}

function checkState(w, buf, logLen, add) {
  let s;
  try { s = parseState(buf); } catch (e) { if (e instanceof Refusal) return void add(e.message); throw e; }
  if (w.vault !== undefined && s.vault !== w.vault) return void add('state of another vault');
  const last = w.chains.at(-1), c = w.byId.get(s.chain);
  const about = { write: s.write, chain: s.chain, next: s.next };
  if (!c) { // begun in the state, not yet in the log
    if (s.next !== 0) return void add(`log ends before chain ${s.chain}, of which the state counts ${s.next} entries`);
    if (!C.same(s.h, genesis(s)) || s.len !== logLen) add('state of a new chain that does not fit the log');
    const left = s.prev.at(-1) ?? (last && headText(last.chain, last.h.length, last.h.at(-1)));
    if (left) w.gaps.push({ chain: s.chain, line: null, lost: [left] });
    const [AK] = s.prev.length ? [] : w.keysOf(s.slot);
    if (AK && !C.same(chainKeys(AK, s).at(0), s.key)) add('the key of the state is not that of its chain');
    return about;
  }
  if (c !== last) return void add('state of a chain that another one followed');
  if (s.device !== c.device || s.slot !== c.slot || !equal(s.prev, c.prev)) add('device, slot or prev differ between state and log');
  const n = c.h.length;
  if (s.next > n) return void add(`log was cut off: ${n} entries, the state counts ${s.next}`);
  if (!C.same(s.h, c.h[s.next - 1] ?? genesis(c))) add('the last hash of the state is not in the log');
  const end = s.next ? c.ends[s.next - 1] : c.before;
  if (s.len !== end) add(`the state counts ${s.len} bytes, the log has ${end} there`);
  if (c.keys && !C.same(c.keys.at(s.next), s.key)) add('the key of the state is not that of its chain');
  const keys = new Keys(s.key); // lines beyond the state hold under its own key
  for (let i = s.next; i < n; i++) {
    if (!C.same(entryMac(keys.at(i - s.next), c.h[i]), c.m[i])) { add(`entry ${i} lies beyond the state and does not hold`, { line: c.line + i }); break; }
  }
  return { ...about, behind: n - s.next };
}

// anchors: [{scope, text}]; here: chains that this machine began; expect: heads that must be in this log
function checkAnchors(w, anchors, pinned, expect, add) {
  const elsewhere = new Map(), known = new Map();
  for (const { scope, text } of [...anchors, ...expect.map((text) => ({ scope: null, text }))]) {
    const p = headOf(text), c = w.byId.get(p.chain), id = `${p.chain}:${p.n}`;
    if (known.has(id) && known.get(id) !== p.hash) add('anchor', `two hashes of chain ${p.chain} at ${p.n} entries`, p, scope);
    known.set(id, p.hash);
    if (w.isSettled(p)) continue;
    const lost = w.chains.some((x) => x.prev.some((t) => headOf(t).chain === p.chain));
    if (c && p.n > c.h.length) add('anchor', `chain ${p.chain} has ${c.h.length} entries, anchored at ${p.n}`, p, scope);
    else if (c && b64e(c.h[p.n - 1]) !== p.hash) add('anchor', `entry ${p.n - 1} of chain ${p.chain} is not the anchored one`, p, scope, c.line + p.n - 1);
    else if (!c && (lost || scope === null || pinned.includes(p.chain))) add('missing', `chain ${p.chain}, anchored at ${p.n} entries, is missing`, p, scope);
    else if (!c) elsewhere.set(p.chain, Math.max(p.n, elsewhere.get(p.chain) ?? 0));
  }
  return [...elsewhere].map(([chain, n]) => ({ chain, n }));
}

// log: Buffer. vault: text of the vault id. keysOf: see keyring. state: Buffer, null when it is gone, undefined when
// it is not looked at.
export function verifyLog({ log, vault, keysOf = () => [], state, anchors = [], pinned = [], expect = [] }) {
  const w = new Walk(vault, keysOf), lines = log.toString('latin1').split('\n'), findings = [];
  const rest = lines.pop();
  let bad = null, at = 0, no = 0;
  for (const text of rest === '' ? lines : [...lines, rest]) {
    no++;
    try {
      if (no > lines.length) fail('format', 'the last line has no end');
      w.line(text, no, at);
    } catch (e) {
      if (!(e instanceof Refusal)) throw e;
      const c = w.cur;
      bad = { line: no, chain: c?.chain ?? null, index: c ? c.h.length : null, what: e.message };
      findings.push({ kind: 'line', ...bad });
      break;
    }
    at += text.length + 1;
    if (w.cur.h.length === 1) w.cur.before = at - text.length - 1;
  }
  let about = null, elsewhere = [];
  if (!bad) {
    const add = (what, more) => { findings.push({ kind: 'state', what, ...more }); };
    if (state === null && (log.length || pinned.length)) add('the state is gone');
    else if (state) about = checkState(w, state, log.length, add) ?? null;
    elsewhere = checkAnchors(w, anchors, pinned, expect, (kind, what, p, scope, line) => findings.push({ kind, what, chain: p.chain, n: p.n, scope, ...(line ? { line } : {}) }));
    for (const g of w.gaps) {
      if (g.lost.some((t) => !w.isSettled(headOf(t), g.line ?? Infinity))) findings.push({ kind: 'gap', what: `a gap that nobody has accepted: ${g.lost.join(' ')}`, chain: g.chain, line: g.line });
    }
  }
  const ok = findings.length === 0;
  return {
    ok, ...(ok ? {} : { class: 'integrity', message: `${bad ? `line ${bad.line}: ` : ''}${findings[0].what}` }),
    chains: w.chains.map((c) => ({ chain: c.chain, device: c.device, slot: c.slot, entries: c.h.length, keyed: !!c.keys, head: headText(c.chain, c.h.length, c.h.at(-1)) })),
    entries: w.chains.reduce((n, c) => n + c.h.length, 0), first_bad: bad, findings, state: about, elsewhere,
    unseen: pinned.filter((p) => !w.byId.has(p) && !findings.some((f) => f.chain === p)),
  };
}
