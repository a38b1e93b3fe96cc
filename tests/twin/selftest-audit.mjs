// The part of the self-test about the log, its state and the pins; also alone: node tests/twin/selftest-audit.mjs
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { b64d } from './codec.mjs';
import { call } from './twin.mjs';
import { SAMPLES, PASS, build } from './samples.mjs';
import { verify } from './reader.mjs';
import { ACTIONS, headOf, parseEntry, parseLine, parseState, stateFile } from './audit.mjs';
import { keyring, verifyLog } from './audit-verify.mjs';
import { BAD, LOG_ATTACKS } from './audit-write.mjs';

const bytes = (t) => Buffer.from(t, 'base64'), given = (t) => (t === null || t === undefined ? t : { base64: t });
// kind, arguments, line of the first fault with the keys, and without (0: not found)
const BAD_CASES = [
  ['wrong-key', { at: 20 }, 21, 0], ['wrong-key', { at: 0 }, 1, 0], ['wrong-key', { at: 39 }, 40, 0], ['key-of-before', { at: 20 }, 21, 0], ['key-not-ratcheted', { at: 20 }, 22, 0],
  ['index-gap', { at: 20 }, 21, 21], ['index-gap', { at: 1 }, 2, 2], ['index-twice', { at: 20 }, 21, 21], ['no-mac', { at: 20 }, 21, 21], ['no-mac', { at: 39 }, 40, 40], ['no-hash', { at: 20 }, 21, 21], ['empty-mac', { at: 20 }, 21, 21],
  ['member-twice', { at: 20 }, 21, 21], ['member-twice-escaped', { at: 20 }, 21, 21], ['member-twice-inside', { at: 20 }, 21, 21], ['i-not-first', { at: 20 }, 21, 21], ['no-time', { at: 20 }, 21, 21], ['no-action', { at: 20 }, 21, 21],
  ['other-action', { at: 20 }, 21, 21], ...['1.0', '-1', '01', '1e3', '9007199254740992', '"1"', 'null', 'true'].map((value) => ['number-form', { at: 20, value }, 21, 21]),
  ['space', { at: 20 }, 21, 21], ['not-ascii', { at: 20 }, 21, 21], ['surrogate', { at: 20 }, 21, 21], ['base64-bits', { at: 20 }, 21, 21], ['foreign-vault', {}, 1, 1], ['foreign-slot', {}, 1, 0], ['prev-made-up', {}, 2, 2],
  ['gap-inside', { at: 20 }, 21, 21], ['chain-inside', { at: 20 }, 21, 21], ['accept-without-why', { at: 20 }, 21, 21],
  ['forge', { at: 10, n: 20 }, 11, 0], ['forge', { at: 19, n: 20 }, 20, 0], ['forge', { at: 20, n: 20 }, 0, 0], ['forge', { at: 30, n: 20 }, 0, 0],
];
// the same for a following chain (F) of 5 entries behind 30 lines, one that follows that one behind 33 (G), and one after a
// lost state (L): lines of the whole log
const CHAIN_CASES = [
  ['F', 'prev-other-count', { by: 1 }, 31, 0], ['F', 'prev-other-count', { by: -10 }, 31, 31], ['F', 'prev-left-out', {}, 31, 32], ['F', 'prev-made-up', {}, 31, 32], ['F', 'gap-left', { by: 1 }, 32, 32], ['F', 'gap-left', { by: -1 }, 32, 32],
  ['F', 'gap-left-out', {}, 32, 32], ['F', 'gap-prev-other', {}, 32, 32], ['F', 'prev-repeated', {}, 31, 31], ['F', 'wrong-key', { at: 0 }, 31, 0], ['F', 'foreign-slot', {}, 31, 31], ['F', 'gap-inside', { at: 3 }, 34, 34],
  ['G', 'prev-shortened', {}, 34, 34], ['G', 'prev-repeated', {}, 34, 34],
  ['L', 'gap-left', {}, 32, 32], ['L', 'gap-left-out', {}, 32, 32], ['L', 'prev-made-up', {}, 31, 32], ['L', 'foreign-vault', {}, 31, 31], ['L', 'wrong-key', { at: 1 }, 32, 0],
];
const ATTACK_CASES = [ // at is a line from 0; the last two with the hashes computed again
  ['edit', { at: 10 }, 11, 11, 11, 0], ['edit', { at: 0 }, 1, 1, 1, 0], ['edit', { at: 39 }, 40, 40, 40, 0], ['member', { at: 10 }, 11, 11, 11, 0], ['remove', { at: 10 }, 11, 11, 11, 0], ['remove', { at: 0 }, 1, 1, 1, 1],
  ['insert', { at: 10 }, 11, 11, 11, 0], ['duplicate', { at: 10 }, 12, 12, 12, 0], ['duplicate', { at: 0 }, 2, 2, 2, 2], ['swap', { at: 10 }, 11, 11, 11, 0], ['swap', { at: 10, to: 30 }, 11, 11, 11, 0], ['swap', { at: 0 }, 1, 1, 1, 1],
  ['move', { at: 30, to: 5 }, 6, 6, 6, 0], ['cut-front', { at: 10 }, 2, 2, 2, 0], ['cut-whole-front', { at: 10 }, 1, 1, 1, 1], ['cut', { at: 39 }, 0, 0, null, null], ['cut', { at: 1 }, 0, 0, null, null], ['cut', { at: 0 }, 0, 0, null, null],
  ['torn', { at: 39 }, 40, 40, null, null], ['torn', { at: 39, bytes: -1 }, 40, 40, null, null], ['mac', { at: 10 }, 11, 0, null, null], ['swap-macs', { at: 10 }, 11, 0, null, null], ['append', {}, 41, 41, 41, 0], ['crlf', { at: 10 }, 11, 11, null, null], ['empty-line', { at: 10 }, 11, 11, 11, 11],
];

export function auditTests(check, note) {
  const sample = build(call, SAMPLES['folder-and-tokens']), V = sample.file, owner = { token: sample.tokens.owner }, member = { token: sample.tokens['ci-write'] }, now = 1767225700;
  const v = verify(bytes(V)), keysOf = keyring(v, { credential: owner, now });
  const write = (q) => { const r = call({ op: 'auditwrite', file: V, credential: owner, now, ...q }); if (!r.ok) throw new Error(r.message); return r; };
  const look = (log, q = {}) => call({ op: 'auditverify', file: V, credential: owner, now, log: given(log), ...q });
  const found = (r, line, what) => check(!r.internal && (r.first_bad?.line ?? 0) === line && (line === 0 || (r.ok === false && r.class === 'integrity')), `${what}: expected line ${line}, got ${JSON.stringify(r.first_bad)} ${r.message ?? ''}`);
  const kinds = (r, want, what) => check(!r.internal && r.ok === (want === '') && [...new Set(r.findings?.map((f) => f.kind))].join() === want, `${what}: expected ${want || 'ok'}, got ${JSON.stringify(r.findings ?? r)}`);
  const cut = (log, n) => Buffer.from(bytes(log).toString('latin1').split(/(?<=\n)/).slice(0, n).join(''), 'latin1').toString('base64');
  const A = write({ seed: 'a' }), state = given(A.state);

  // ---- honest logs, and who can key what
  kinds(look(A.log, { state }), '', 'an honest log');
  check(look(A.log).chains[0].keyed && !look(A.log, { credential: undefined }).chains[0].keyed && !look(A.log, { credential: member }).chains[0].keyed, 'keyed with the own log key only');
  const M = write({ seed: 'm', credential: member });
  check(look(M.log).chains[0].keyed && look(M.log, { credential: member }).chains[0].keyed && look(M.log).ok, 'an admin keys the chains of every slot');
  const gone = call({ op: 'attack', name: 'x', file: V, credential: owner, args: { where: 'slot', x: { audit: 'local' } }, seed: 'x' }).file;
  check(look(M.log, { file: gone }).chains[0].keyed, 'keys do not hang on the head');
  check(ACTIONS.every((a) => look(write({ seed: a, n: 2, entries: [null, { a, ...(a === 'torn' ? { data: { len: 3, hash: 'A'.repeat(43) } } : {}) }] }).log).ok === !['chain', 'gap'].includes(a)), 'every action');
  check(parseEntry('{"i":0,"t":1,"a":"note","x":{"k":1},"y":{"k":[true,null,"\\u00e9\\ud83d\\ude00"]}}').i === 0, 'unknown members');
  for (const s of ['', '{}', '{"i":1}', '[]', '{"i":0,"t":1,"a":"note"', '{"i":0,"t":1,"a":"note"}}', '{"i":0,"t":1,"a":"note","x":"\\x"}', '{"i":0,"t":1,"a":"note","x":tru}', '{"i":0,"t":1,"a":"note","__proto__":1,"__proto__":2}', `{"i":0,"t":1,"a":"note","x":${'['.repeat(9999)}`, '{"i":0,"t":1,"a":"note","names":[["x",1]]}', '{"i":0,"t":1,"a":"note","ok":2}', '{"i":0,"t":1,"a":"note","err":"what"}']) {
    let r = null; try { r = parseEntry(s); } catch (e) { check(e.cls === 'format', `entry ${s.slice(0, 40)}: ${e}`); } check(r === null, `entry ${s.slice(0, 40)} is refused`);
  }

  // ---- every byte
  const log = bytes(A.log), where = [], inMac = [], text = log.toString('latin1');
  text.split(/(?<=\n)/).forEach((l, no) => { const m = l.lastIndexOf('"m":"') + 5; for (let i = 0; i < l.length; i++) { where.push(no + 1); inMac.push(i >= m && i < m + 43); } });
  let wrong = 0, missed = 0, outside = 0, tried = 0;
  for (let i = 0; i < log.length; i++) {
    const was = log[i];
    for (const [k, to] of [was ^ 1, [was ^ 0x20, was ^ 0x80, was === 0x0a ? 0x20 : 0x0a][i % 3]].entries()) {
      log[i] = to;
      tried++;
      const keyed = verifyLog({ log, vault: v.vault, keysOf });
      if (keyed.first_bad?.line !== where[i]) wrong++;
      if (k > 0) continue;
      const bare = verifyLog({ log, vault: v.vault });
      if (bare.ok) { missed++; if (!inMac[i]) outside++; } else if (bare.first_bad?.line !== where[i]) wrong++;
    }
    log[i] = was;
  }
  check(wrong === 0 && outside === 0 && missed > 500, `bytes of a log: ${wrong} found elsewhere, ${missed} missed without keys, ${outside} of them outside of m`);
  note(`${tried} single-byte changes of a log of 40 entries, ${log.length} bytes: 0 missed with the keys; without keys ${missed} of ${tried / 2}, all in m`);

  // ---- bad logs of somebody with keys
  const seen = new Set();
  for (const [kind, args, keyed, bare] of BAD_CASES) {
    seen.add(kind);
    const what = `bad ${kind} ${JSON.stringify(args)}`, b = write({ seed: 'a', bad: { kind, ...args } });
    check(b.log !== A.log, `${what} differs`);
    found(look(b.log, { state: given(b.state) }), keyed, `${what}, keyed`);
    found(look(b.log, { credential: undefined }), bare, `${what}, without keys`);
  }
  const T = cut(A.log, 30), F = write({ how: 'follow', log: given(T), state, n: 5, seed: 'f' }), L = write({ how: 'lost', log: given(T), n: 5, seed: 'l' });
  for (const [which, kind, args, keyed, bare] of CHAIN_CASES) {
    seen.add(kind);
    const what = `${which} ${kind} ${JSON.stringify(args)}`, q = { F: { how: 'follow', log: given(T), state }, G: { how: 'follow', log: given(cut(F.log, 33)), state: given(F.state) }, L: { how: 'lost', log: given(T) } }[which];
    const b = write({ ...q, n: 5, seed: which.toLowerCase(), bad: { kind, ...args } });
    found(look(b.log), keyed, `${what}, keyed`);
    found(look(b.log, { credential: undefined }), bare, `${what}, without keys`);
  }
  for (const k of Object.keys(BAD)) check(seen.has(k), `bad ${k} has no case`);

  // ---- a thief without keys
  const did = new Set();
  for (const [kind, args, keyed, bare, fixedKeyed, fixedBare] of ATTACK_CASES) {
    did.add(kind);
    for (const [fix, k, b] of [[false, keyed, bare], [true, fixedKeyed, fixedBare]]) {
      if (k === null) continue;
      const what = `attack ${kind} ${JSON.stringify(args)} ${fix ? 'hashed again' : ''}`, r = call({ op: 'auditattack', log: given(A.log), kind, ...args, fix });
      if (!check(r.ok, `${what}: ${r.message}`)) continue;
      found(look(r.log), k, `${what}, keyed`);
      found(look(r.log, { credential: undefined }), b, `${what}, without keys`);
      check(!look(r.log, { state }).ok && !look(r.log, { state, credential: undefined }).ok === (kind !== 'mac' && kind !== 'swap-macs'), `${what}, with the state`);
    }
  }
  for (const k of Object.keys(LOG_ATTACKS)) check(did.has(k), `attack ${k} has no case`);

  // ---- the state
  const at = (n) => write({ seed: 'a', n }), early = at(25), raw = bytes(A.state), size = raw.length / 2, over = (b, from, text) => Buffer.concat([b.subarray(0, from), Buffer.from(text), b.subarray(from + text.length)]).toString('base64');
  kinds(look(A.log, { state: null, credential: owner }), '', 'a state that nobody asked about');
  kinds(look(A.log, { state: '/nowhere/audit.state' }), 'state', 'a state that is gone');
  kinds(look(T, { state }), 'state', 'a log that was cut off');
  kinds(call({ op: 'auditverify', file: V, log: '/nowhere/audit.jsonl', state }), 'state', 'a log that is gone');
  check(look(A.log, { state: given(early.state) }).state.behind === 15, 'a state behind the log, whose entries hold');
  kinds(look(call({ op: 'auditattack', log: given(A.log), kind: 'mac', at: 30 }).log, { state: given(early.state), credential: undefined }), 'state', 'entries beyond the state that do not hold, without keys of the vault');
  kinds(look(write({ seed: 'a', n: 40, entries: [null, { a: 'note' }] }).log, { state, credential: undefined }), 'state', 'another last hash');
  kinds(look(A.log, { state: given(M.state) }), 'state', 'state of another chain');
  kinds(look(cut(A.log, 25), { state: given(early.state) }), '', 'log and state put back together: not found here');
  check(look(A.log, { state: given(over(raw, size - 70, 'x')) }).ok && look(A.log, { state: given(over(raw, 2 * size - 70, 'x')) }).ok, 'one slot of the state torn');
  kinds(look(A.log, { state: given(over(bytes(over(raw, 70, 'x')), size + 70, 'x')) }), 'state', 'both slots torn');
  kinds(look(A.log, { state: given(raw.subarray(0, size).toString('base64')) }), 'state', 'half a state');
  const s = parseState(raw), remade = (o, w = 7) => given(stateFile({ ...s, ...o }, w).toString('base64'));
  for (const [k, x] of [['key', bytes('A'.repeat(43))], ['h', bytes('A'.repeat(43))], ['len', s.len + 1], ['device', 'A'.repeat(11)], ['slot', 'A'.repeat(11)], ['vault', 'A'.repeat(22)], ['chain', 'A'.repeat(22)], ['next', 41], ['prev', [A.head]]]) kinds(look(A.log, { state: remade({ [k]: x }) }), 'state', `state with another ${k}`);
  const newer = Buffer.concat([bytes(remade({}, 5).base64).subarray(0, size), bytes(early.state).subarray(size)]);
  check(look(A.log, { state: given(newer.toString('base64')) }).state.next === 40, 'the greater number of writes counts');
  const mixed = Buffer.concat([stateFile(s, 5).subarray(0, size), stateFile(parseState(bytes(early.state)), 5).subarray(size)]);
  kinds(look(A.log, { state: given(mixed.toString('base64')) }), 'state', 'two slots of one number');
  for (const [n, want] of [[8192, ''], [5000, 'state'], [2048, 'state'], [12288, 'state']]) kinds(look(A.log, { state: given(stateFile(s, 7, n).toString('base64')) }), want, `slots of ${n} bytes`);
  let flips = 0;
  for (let i = 0; i < size; i++) { const b = Buffer.from(raw); b[i] ^= 1; const r = parseState(b); if (!r.h.equals(s.h) || r.write !== s.write) flips++; }
  check(flips === 0, 'a damaged slot is passed over');
  // appended to with the state alone
  const more = write({ how: 'append', log: given(T), state: given(at(30).state), n: 10, credential: undefined, file: undefined });
  check(more.log === A.log, 'who has the state writes the same lines on');

  // ---- following chains, gaps
  const accept = (x, lost, q = {}) => write({ how: 'append', log: given(x.log), state: given(x.state), n: 1, entries: [{ a: 'gap', verb: 'accept-loss', why: 'disk full', data: { lost } }], ...q });
  kinds(look(F.log, { state: given(F.state) }), 'gap', 'a following chain');
  check(look(F.log).chains.every((c) => c.keyed) && look(F.log).entries === 35, 'a following chain is keyed through the one before');
  const Fok = accept(F, [A.head]);
  kinds(look(Fok.log, { state: given(Fok.state) }), '', 'an accepted gap');
  kinds(look(accept(F, [`${A.chain}:39:${'A'.repeat(43)}`]).log), 'gap', 'accepted below its head');
  kinds(look(accept(F, [M.head]).log), 'gap', 'another loss accepted');
  kinds(look(L.log, { state: given(L.state) }), 'gap', 'a chain after a lost state');
  kinds(look(accept(L, [`${A.chain}:30:${'A'.repeat(43)}`]).log), '', 'accepted after a lost state');
  const lineOf = (log, i) => bytes(log).toString('latin1').split(/(?<=\n)/)[i], joined = (...l) => Buffer.from(l.join(''), 'latin1').toString('base64');
  const tail = lineOf(Fok.log, 30) + [31, 32, 33, 34, 35].map((i) => lineOf(Fok.log, i)).join('');
  found(look(joined(bytes(cut(A.log, 29)).toString('latin1'), tail)), 31, 'fewer lines than the gap says');
  found(look(joined(bytes(cut(A.log, 31)).toString('latin1'), tail)), 33, 'a lost line back');
  found(look(joined(bytes(A.log).toString('latin1'), tail)), 41, 'all lost lines back');
  found(look(joined(tail)), 2, 'what the gap left is gone');
  found(look(joined(tail, bytes(T).toString('latin1'))), 2, 'the chain before put behind');
  found(look(write({ how: 'follow', log: given(L.log), state, n: 3, seed: 'x' }).log), 36, 'a chain that does not stand behind the one before it');
  kinds(look(accept(L, [`${A.chain}:30:${'A'.repeat(43)}`]).log, { state: given(at(30).state) }), 'state', 'a state of a chain that another one followed');
  const G = write({ how: 'follow', log: given(cut(F.log, 33)), state: given(F.state), n: 4, seed: 'g' }), Z = write({ how: 'follow', state: given(F.state), n: 4, seed: 'z' });
  kinds(look(G.log), 'gap', 'the third chain of a line');
  check(look(G.log).chains.map((c) => c.keyed).join() === 'true,true,true' && look(G.log).findings.length === 2, 'each gap is named');
  kinds(look(accept(G, [A.head, F.head]).log), '', 'one acceptance for both');
  kinds(look(accept(Z, [F.head]).log), '', 'a chain that follows a log that is gone');
  check(look(Z.log).chains[0].keyed && parseLine(lineOf(Z.log, 0).trimEnd()).e.prev.length === 2, 'keyed through two chains that are gone');
  const begun = write({ how: 'follow', log: given(T), state, n: 0, seed: 'f' });
  kinds(look(T, { state: given(begun.state) }), 'gap', 'a chain begun in the state alone');
  kinds(look(cut(T, 29), { state: given(begun.state) }), 'state,gap', 'the same, with the log cut');
  const fresh = write({ n: 0, seed: 'n' });
  kinds(look('', { log: '/nowhere', state: given(fresh.state) }), '', 'the first chain, begun in the state alone');
  kinds(look('', { log: '/nowhere', state: given(stateFile({ ...parseState(bytes(fresh.state)), key: bytes('A'.repeat(43)) }, 9).toString('base64')) }), 'state', 'the same with another key');
  kinds(look(cut(F.log, 31)), 'gap', 'a following chain whose gap is still to come');
  found(look(joined(bytes(A.log).toString('latin1'), lineOf(M.log, 0), lineOf(A.log, 39))), 42, 'chains that interleave');
  found(look(joined(bytes(A.log).toString('latin1'), lineOf(A.log, 0))), 41, 'a chain twice');

  // ---- anchors and pins
  const mark = (x, n) => look(cut(x.log, n), { credential: undefined }).chains.at(-1).head, set = (file, anchors, env = 'prod') => call({ op: 'set', file, credential: owner, env, items: [{ path: 'anchored', value: '' }], t: now, now, anchors, seed: env }).file;
  const pinFor = (file, chains) => given(Buffer.from(call({ op: 'pin', file, chains }).pin).toString('base64'));
  const anchored = set(V, [mark(A, 30), mark(M, 12)]), pinned = pinFor(anchored, [A.chain]), q = { file: anchored, pin: pinned };
  const r = look(A.log, { ...q, state });
  check(r.ok && r.elsewhere.length === 1 && r.elsewhere[0].chain === M.chain && r.elsewhere[0].n === 12, 'an anchored chain of another machine is not here');
  kinds(look(cut(A.log, 25), { ...q, state: given(early.state) }), 'anchor', 'log and state put back below the anchor');
  kinds(look(cut(A.log, 30), { ...q, state: given(at(30).state) }), '', 'put back to the anchor: the limit');
  kinds(look(write({ seed: 'a', entries: [null, { a: 'note' }] }).log, { ...q }), 'anchor', 'a chain written anew by its holder');
  kinds(look('', { ...q, log: '/nowhere', state: '/nowhere' }), 'state,missing', 'log and state deleted');
  kinds(look('', { ...q, log: '/nowhere' }), 'missing', 'log deleted');
  kinds(look('', { file: anchored, log: '/nowhere', state: '/nowhere' }), '', 'log, state and pin deleted: not found here');
  const B = write({ seed: 'b', n: 3 });
  kinds(look(B.log, { ...q, state: given(B.state) }), 'missing', 'another chain in the place of the pinned one');
  kinds(look(accept(B, [mark(A, 30)]).log, q), '', 'a missing chain that was accepted');
  kinds(look(accept(B, [mark(A, 29)]).log, q), 'missing', 'accepted below the anchor');
  kinds(look(F.log, q), 'gap', 'the anchor at what is left');
  kinds(look(F.log, { file: set(V, [mark(A, 35)]) }), 'anchor,gap', 'an anchor in the gap');
  kinds(look(Fok.log, { file: set(V, [mark(A, 35)]) }), '', 'an anchor in an accepted gap');
  kinds(look(Fok.log, { file: set(V, [`${A.chain}:41:${'A'.repeat(43)}`]) }), 'anchor', 'an anchor above an accepted gap');
  kinds(look(Z.log, { file: set(V, [mark(A, 35)]) }), 'missing,gap', 'the anchor of a chain that prev names');
  kinds(look(A.log, { file: set(set(V, [mark(A, 30)]), [`${A.chain}:30:${'A'.repeat(43)}`], 'dev') }), 'anchor', 'two scopes, two hashes');
  kinds(look(A.log, { file: set(set(V, [mark(M, 30)]), [`${M.chain}:30:${'A'.repeat(43)}`], 'dev') }), 'anchor', 'two hashes of a chain that is not here');
  for (const t of ['', 'x', `${A.chain}:0:${'A'.repeat(43)}`, `${A.chain}:9007199254740992:${'A'.repeat(43)}`, `${A.chain}:1:${'B'.repeat(43)}`, `${A.chain.slice(0, -1)}B:1:${'A'.repeat(43)}`]) check(look(A.log, { expect: [t] }).class === 'format', `head "${t}"`);
  kinds(look(A.log, { expect: [mark(A, 40)] }), '', 'a head that was written down');
  kinds(look(T, { expect: [mark(A, 40)] }), 'anchor', 'a head that was written down, and a log cut off');
  kinds(look(M.log, { expect: [mark(A, 40)] }), 'missing', 'a head that was written down, of another log');
  check(verify(bytes(set(anchored, [mark(A, 40)]))).scopes[1].seal.aud.map((t) => headOf(t).n).sort().join() === '12,40', 'a sealer raises its own anchor and keeps the others');
  manual(check);
  pinTests(check, { V, anchored, owner, now, pinned, pass: build(call, SAMPLES.passphrase) });
}

// the examples of the two manual pages: a vault, and a log for it
function manual(check) {
  const blocks = (page) => [...readFileSync(new URL(`../../man/${page}`, import.meta.url), 'utf8').matchAll(/\.EX\n([^]*?)\.EE/g)].map((m) => m[1].replaceAll('\\e\n', '').replaceAll('\\-', '-'));
  const base64 = (t) => Buffer.from(t, 'latin1').toString('base64'), find = (page, start) => blocks(page).find((t) => t.startsWith(start));
  const vault = find('secrets-vault.5', '{"secrets":1,"vault":"AAEC'), log = find('secrets-audit.5', '{"e":{"i":0'), key = base64(Buffer.from(find('secrets-vault.5', '    QEFC').trim(), 'base64').toString('latin1'));
  const r = call({ op: 'auditverify', file: base64(vault), log: { base64: base64(log) }, credential: { key }, expect: [find('secrets-audit.5', '    MDEy').trim()] });
  check(r.ok && r.entries === 3 && r.chains[0].keyed, `the example of the manual: ${r.message}`);
}
function pinTests(check, { V, anchored, owner, now, pinned, pass }) {
  const pin = (file, q = {}) => call({ op: 'pin', file, ...q }), parts = (r) => (r.findings ?? [r.class]).map((f) => f.part ? `${f.part} ${f.name} ${f.what}` : f).join();
  const is = (r, want, what) => check(!r.internal && parts(r) === want && r.ok === (want === ''), `${what}: expected ${want || 'ok'}, got ${parts(r)} ${r.message ?? ''}`);
  is(pin(anchored, { pin: pinned }), '', 'the file of the pin');
  is(pin(V, { pin: pinned }), 'scope prod lower', 'an older scope');
  const strict = call({ op: 'head', file: anchored, credential: owner, t: now, now, pol: { rollback: 'error', audit: 'best-effort' } });
  check(strict.ok && verify(bytes(strict.file)).head.pol.rollback === 'error' && verify(bytes(strict.file)).head.pol.audit === 'best-effort' && strict.seq === verify(bytes(anchored)).head.seq + 1, 'a new head with another policy');
  const up = { base64: Buffer.from(pin(strict.file, { pin: pinned }).pin).toString('base64') };
  is(pin(strict.file, { pin: pinned }), '', 'a newer head');
  is(pin(anchored, { pin: up }), 'head  lower', 'an older head');
  const strictness = (file, p) => pin(file, { pin: p }).findings.map((f) => f.strict).join(), policy = (p) => JSON.parse(bytes(p.base64).toString()).head[2];
  check(policy(pinned) === 'warn' && policy(up) === 'error' && strictness(V, pinned) === 'false' && strictness(anchored, up) === 'true', 'the stricter policy of file and pin');
  check(pin(anchored, { pin: up }).pin === bytes(up.base64).toString() && JSON.parse(pin(anchored, { pin: up }).pin).chains.length === 1, 'a pin is never lowered');
  const fork = call({ op: 'head', file: anchored, credential: owner, t: now + 1, now, seed: 'other' }).file;
  is(pin(fork, { pin: up }), 'head  other', 'a head of the same number');
  const sib = call({ op: 'set', file: V, credential: owner, env: 'prod', items: [{ path: 'other', value: '' }], t: now, now, seed: 'o' }).file;
  is(pin(sib, { pin: pinned }), 'scope prod other', 'a seal of the same number');
  is(pin(pass.file, { pin: pinned }), 'integrity', 'another admin key');
  const local = call({ op: 'slot', file: V, credential: owner, label: 'box', token: true, x: { audit: 'local' }, caps: [{ env: 'prod', m: 'r' }], t: now, now });
  check(verify(bytes(local.file)).slots.at(-1).adm.x.some(([k, x]) => k === 'audit' && x === 'local') && verify(bytes(local.file)).slots.at(-1).wrap.kind === 'secret', 'a slot of kind secret whose log stays here');
  const text = bytes(pinned.base64).toString(), b64 = (t) => ({ base64: Buffer.from(t).toString('base64') });
  for (const t of ['', text.slice(0, -1), ` ${text}`, text.replace('"pin":1', '"pin":2'), text.replace('"t":', '"t":0'), text.replace(',"warn"]', ']'), text.replace('"warn"', '"Warn"'), text.replace(/"scopes":\[(\[[^\]]*\]),(\[[^\]]*\])/, '"scopes":[$2,$1'), `${text}\n`, `${text.slice(0, -1)}x`, text.replace(/"chains":\[(.*)\]/, '"chains":[$1,$1]')]) is(pin(anchored, { pin: b64(t) }), 'format', `pin ${t.slice(0, 30)}`);
  const head = verify(bytes(V)).head;
  for (const [expect, want] of [[`head:${head.seq}`, ''], [`head:${head.seq + 1}`, 'head  lower'], ['prod:1:1,dev:1:1', ''], ['prod/infra:1:1,prod/infra/:1:1', ''], ['prod:1:99', 'scope prod lower'], ['prod:2:1', 'scope prod lower'], ['none:1:1', 'scope none absent'],
    ['', 'usage'], ['head', 'usage'], ['head:01', 'usage'], ['prod:1', 'usage'], ['head:1,', 'usage'], ['head:-1', 'usage'], [' head:1', 'usage']]) is(pin(V, { expect }), want, `expect "${expect}"`);
  is(pin(V, { admin: '' }), 'usage', 'admin set but empty');
  is(pin(V, { admin: '0'.repeat(32) }), 'integrity', 'another admin');
  is(pin(V, { admin: JSON.parse(text).fingerprint }), '', 'the admin');
  // an old wrap in a newer file
  const dir = mkdtempSync(join(tmpdir(), 'twin-'));
  try {
    writeFileSync(join(dir, 'vault.json'), bytes(pass.file));
    const w = call({ op: 'oldwrap', vault: join(dir, 'vault.json'), out: dir, credential: { passphrase: PASS }, label: 'bob', old: 'Zo\u00e9 writes a passphrase', new: 'Zo\u00e9 writes another one', t: now, now });
    const opens = (f, passphrase) => call({ op: 'open', file: f, credential: { passphrase }, slot: 'bob', now }).ok;
    if (!w.ok) throw new Error(w.message);
    check(w.older === pass.file && opens(w.older, 'Zo\u00e9 writes a passphrase') && opens(w.newer, 'Zo\u00e9 writes another one') && !opens(w.newer, 'Zo\u00e9 writes a passphrase') && opens(w.mixed, 'Zo\u00e9 writes a passphrase'), 'the old passphrase opens its wrap in the newer file');
    check(['older', 'newer', 'mixed'].every((k) => readFileSync(join(dir, `${k}.json`)).toString('base64') === w[k]), 'the three files');
    const diff = (a, b) => bytes(a).toString().split('\n').filter((l, i) => l !== bytes(b).toString().split('\n')[i]).map((l) => l.slice(0, 7)).join();
    check(diff(w.newer, w.older) === '"wrap":,"wsig":' && w.mixed === w.older, 'only wrap and wsig differ');
    const later = b64(pin(w.newer).pin);
    is(pin(w.mixed, { pin: later }), 'wrap bob lower', 'a wrap below the pin');
    const a = call({ op: 'auditwrite', file: pass.file, credential: { passphrase: PASS }, slot: 'anna@example.org', out: dir, n: 3, now });
    const got = call({ op: 'auditverify', vault: join(dir, 'vault.json'), log: join(dir, 'audit.jsonl'), state: join(dir, 'audit.state'), credential: { passphrase: PASS }, slot: 'anna@example.org', now });
    check(a.ok && got.ok && got.entries === 3 && got.chains[0].keyed, 'by paths');
  } finally { rmSync(dir, { recursive: true }); }
  check(b64d('').length === 0, 'empty base64');
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  let passed = 0, failed = 0;
  const t0 = Date.now(), note = (s) => console.log(`${s} [${((Date.now() - t0) / 1000).toFixed(1)} s]`);
  auditTests((ok, what) => { if (ok) passed++; else { failed++; console.log(`FAILED: ${what}`); } return ok; }, note);
  note('log, state and pins');
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed ? 1 : 0;
}
