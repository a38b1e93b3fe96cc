// Hostile files, second part: records and pages. Most of them are what a slot with write right could sign, so
// that keyless verify accepts them and the check on opening must find them.
import { fail, b64e, pad, metaText, pathOk, resolve } from './codec.mjs';
import { pageOf, recLine, LIMIT } from './grammar.mjs';
import * as R from './reader.mjs';
import * as W from './writer.mjs';

const full = (c, n = 1) => c.scope((_, j) => c.v.scopes[j].rec.length >= n);
// the record the attack is about: args.path, or the first of the scope
function victim(c, i) {
  const sc = c.v.scopes[i], key = c.key(i), rec = [...sc.rec];
  const opened = rec.map((r) => ({ r, ...R.openMeta(c.v, i, sc, r, { R: key }) }));
  const x = c.a.path === undefined ? opened.at(-1) : opened.filter((o) => o.meta.p === c.a.path).at(-1);
  if (!x) fail('usage', 'no such record');
  return { sc, key, rec: x.r, meta: x.meta, value: x.value() };
}
// puts a line instead of `old` (or besides), sealed by a writer
function put(c, i, line, old) {
  const sc = c.v.scopes[i];
  sc.rec = sc.rec.filter((r) => r !== old);
  sc.rec.push(line);
  W.sortRecords(sc.rec);
  return c.reseal(i);
}
const again = (c, i, x, over, meta = x.meta, value = x.value) => W.sealRecord(c.v, i, x.key, meta, x.rec.v, value, c.src.take(12), c.src.take(12), { rid: Buffer.from(x.rec.rid, 'hex'), ...over });

export const RECORD_ATTACKS = {
  'swap-records'(c) {
    const i = full(c, 2), { rec } = c.v.scopes[i];
    [rec[0], rec[1]] = [rec[1], rec[0]];
    return c.v;
  },
  'swap-records-sealed'(c) {
    const i = full(c, 2), sc = c.v.scopes[i];
    [sc.rec[0], sc.rec[1]] = [sc.rec[1], sc.rec[0]];
    return c.reseal(i, { k: 0 });
  },
  'repeat-record-sealed'(c) { // one (rid, v) twice
    const i = full(c), sc = c.v.scopes[i];
    sc.rec.splice(1, 0, { ...sc.rec[0] });
    return c.reseal(i);
  },
  'swap-values-sealed'(c) { // the values of two records, each under the other's name
    const i = full(c, 2), [a, b] = c.v.scopes[i].rec;
    [a.d, b.d] = [b.d, a.d];
    for (const r of [a, b]) r.line = recLine(r);
    return c.reseal(i);
  },
  'swap-bodies-sealed'(c) { // metadata and value of another record under this rid
    const i = full(c, 2), [a, b] = c.v.scopes[i].rec;
    [a.d, b.d, a.m, b.m] = [b.d, a.d, b.m, a.m];
    for (const r of [a, b]) r.line = recLine(r);
    return c.reseal(i);
  },
  'move-environment'(c) { // args.sealed === false: only copied, not sealed
    const i = full(c), to = c.v.head.scopes.findIndex((s, j) => j !== i && (c.a.to === undefined || (s.env === c.a.to && s.pre === (c.a.topre ?? ''))));
    if (to < 0) fail('usage', 'no other scope');
    const sc = c.v.scopes[to];
    sc.rec.push({ ...c.v.scopes[i].rec[0] });
    W.sortRecords(sc.rec);
    return c.a.sealed === false ? c.v : c.reseal(to);
  },
  'child-in-parent'(c) {
    const { scopes } = c.v.head, child = scopes.findIndex((s) => s.pre !== '' && (c.a.env === undefined || s.env === c.a.env));
    if (child < 0) fail('usage', 'no folder scope');
    const { env, pre } = scopes[child];
    const parent = resolve(scopes.filter((s) => s !== scopes[child]), env, pre);
    const i = scopes.indexOf(scopes.filter((s) => s !== scopes[child])[parent]);
    if (i < 0) fail('usage', 'no parent scope');
    const path = c.a.path ?? `${pre}planted`, value = Buffer.from(c.a.value ?? 'planted');
    const meta = W.makeMeta({ path }, value, c.v.slots[0].adm.id, c.v.head.t);
    return put(c, i, W.sealRecord(c.v, i, c.key(i), meta, c.a.v ?? 99, value, c.src.take(12), c.src.take(12)));
  },
  'wrong-page'(c) { // k = 1, every record in the page where the last one does not belong
    const i = full(c), sc = c.v.scopes[i], w = c.nextSeal(i), page = pageOf(sc.rec.at(-1).rid, 1) ^ 1;
    W.putPages(sc, 1);
    const all = sc.rec.map((r) => r.line).join('');
    W.hashPages(sc, page === 0 ? [all, ''] : ['', all]);
    W.putSeal(c.v, i, w.seed);
    return c.v;
  },
  'page-count'(c) { // args.count page lines: any number, not only 2^k; the first has everything
    const i = c.scope(), sc = c.v.scopes[i], w = c.nextSeal(i), n = c.a.count ?? 3;
    W.putPages(sc);
    W.hashPages(sc, Array.from({ length: n }, (_, p) => (p === 0 ? sc.rec.map((r) => r.line).join('') : '')));
    W.putSeal(c.v, i, w.seed);
    return c.v;
  },
  'other-k'(c) { return c.reseal(full(c), { k: c.a.k ?? 3 }); }, // accepted: readers take any k
  'cut-inside-line'(c) { // two pages whose border lies inside a record line, hashed and sealed
    const i = full(c), sc = c.v.scopes[i], w = c.nextSeal(i), all = sc.rec.map((r) => r.line).join('');
    W.putPages(sc, 1);
    W.hashPages(sc, [all.slice(0, all.length - 5), all.slice(all.length - 5)]);
    W.putSeal(c.v, i, w.seed);
    return c.v;
  },
  'meta-x'(c) {
    const i = full(c), x = victim(c, i);
    return put(c, i, again(c, i, x, {}, { ...x.meta, x: { ...x.meta.x, ...(c.a.x ?? { '!future': 1 }) } }), x.rec);
  },
  'meta-noncanonical'(c) { // args.text: the metadata text as it is; else args.variant
    const i = full(c), x = victim(c, i), good = metaText(x.meta);
    const how = {
      space: () => good.replace(',"t":', ', "t":'),
      slash: () => metaText({ ...x.meta, note: 'a/b' }).replace('a/b', 'a\\/b'),
      letter: () => metaText({ ...x.meta, note: 'a' }).replace('"note":"a"', '"note":"\\u0061"'),
      upper: () => metaText({ ...x.meta, note: '\u001f' }).replace('\\u001f', '\\u001F'),
      long: () => metaText({ ...x.meta, note: '\n' }).replace('"\\n"', '"\\u000a"'),
      raw: () => metaText({ ...x.meta, note: '\n' }).replace('"\\n"', '"\n"'),
      surrogate: () => metaText({ ...x.meta, note: 'a' }).replace('"note":"a"', '"note":"\\ud800"'),
      order: () => good.replace(/("note":"[^"]*"),("owner":"[^"]*")/, '$2,$1'),
      number: () => good.replace(/"exp":\d+/, '"exp":00'),
      extra: () => good.replace(/\}$/, ',"z":0}'),
      state: () => good.replace(/"st":\d/, '"st":4'),
      utf8: () => Buffer.from(good.replace(/"why":"[^"]*"/, '"why":"\xff"'), 'latin1'),
      tail: () => `${good} `,
    };
    const variant = c.a.variant ?? 'space';
    if (c.a.text === undefined && !Object.hasOwn(how, variant)) fail('usage', `variant: ${Object.keys(how).join(' ')}`);
    const text = c.a.text ?? how[variant]();
    return put(c, i, again(c, i, x, { metaPadded: pad(Buffer.isBuffer(text) ? text : Buffer.from(text), 128) }), x.rec);
  },
  meta(c) { // args.meta: fields to change, whatever they are; the value stays
    const i = full(c), x = victim(c, i);
    return put(c, i, again(c, i, x, {}, { ...x.meta, ...c.a.meta }), x.rec);
  },
  'meta-other-name'(c) {
    const i = full(c), x = victim(c, i), p = c.a.name ?? `${x.meta.p}-other`;
    if (!pathOk(p)) fail('usage', 'args.name');
    return put(c, i, again(c, i, x, {}, { ...x.meta, p }), x.rec);
  },
  'len-lies'(c) {
    const i = full(c), x = victim(c, i);
    return put(c, i, again(c, i, x, {}, { ...x.meta, len: x.value.length + 1 }), x.rec);
  },
  'value-other-version'(c) { // the sealed value of an older version under the newer one
    const i = full(c), x = victim(c, i), next = W.sealRecord(c.v, i, x.key, { ...x.meta }, x.rec.v + 1, x.value, c.src.take(12), c.src.take(12));
    next.d = x.rec.d;
    next.line = recLine(next);
    return put(c, i, next);
  },
  'version-renumbered'(c) { // an old line under a higher number: a rollback without key
    const i = full(c), x = victim(c, i), next = { ...x.rec, v: x.rec.v + 5 };
    next.line = recLine(next);
    return put(c, i, next);
  },
  'pad-filler'(c) { // args.where meta or value; args.variant filler, bucket or length
    const i = full(c), x = victim(c, i), where = c.a.where ?? 'value', lo = where === 'meta' ? 128 : 64;
    let p = pad(where === 'meta' ? Buffer.from(metaText(x.meta)) : x.value, lo);
    if (c.a.variant === 'bucket') p = Buffer.concat([p, Buffer.alloc(p.length < 1024 ? p.length : 1024)]);
    else if (c.a.variant === 'length') p.writeUInt32LE(0xffffffff, 0);
    else if (p.readUInt32LE(0) + 4 === p.length) fail('usage', 'this text fills its bucket');
    else p[p.length - 1] = 1;
    return put(c, i, again(c, i, x, where === 'meta' ? { metaPadded: p } : { valuePadded: p }), x.rec);
  },
  'record-limit'(c) { // args.variant value, line, records, slots, scopes, anchors: one more than is allowed
    const i = c.scope(), variant = c.a.variant ?? 'value', sc = c.v.scopes[i];
    if (variant === 'anchors') return c.reseal(i, { over: { aud: Array.from({ length: LIMIT.aud + 1 }, () => b64e(c.src.take(16))).sort(W.byId).map((x) => `${x}:1:${b64e(Buffer.alloc(32))}`) } });
    if (variant === 'value' || variant === 'line') {
      const path = 'too/large', value = Buffer.alloc(variant === 'value' ? 1048577 : 1600000, 0x61);
      const meta = { ...W.makeMeta({ path }, Buffer.alloc(0), c.v.slots[0].adm.id, c.v.head.t), len: value.length };
      return put(c, i, W.sealRecord(c.v, i, c.key(i), meta, 1, value, c.src.take(12), c.src.take(12)));
    }
    if (variant === 'records') {
      const body = b64e(Buffer.alloc(28)), n = LIMIT.records + 1 - c.v.scopes.reduce((a, s) => a + s.rec.length, 0);
      for (let j = 0; j < n; j++) { const r = { rid: j.toString(16).padStart(32, '0'), v: 1, m: body, d: body }; sc.rec.push({ ...r, line: recLine(r) }); }
      W.sortRecords(sc.rec);
      return c.reseal(i);
    }
    if (variant === 'slots') {
      const s = c.v.slots[0], keys = c.keysOf(s);
      while (c.v.slots.length <= LIMIT.slots) {
        const copy = { ...s, adm: { ...s.adm, id: b64e(c.src.take(8)), label: `n${c.v.slots.length}` } };
        W.putKey(c.v, copy);
        W.putWrap(c.v, copy, keys.signSeed);
        c.v.slots.push(copy);
      }
      return c.head();
    }
    if (variant !== 'scopes') fail('usage', 'variant: value line records slots scopes anchors');
    while (c.v.scopes.length <= LIMIT.scopes) {
      const n = c.v.scopes.length, id = b64e(c.src.take(8));
      c.v.head.scopes.push({ ...c.v.head.scopes[i], id, env: `n${n}`, pre: '', w: [], min: 1 });
      c.v.scopes.push({ id, rec: [], seal: { ...sc.seal, seq: 1, by: 'admin', aud: [] } });
      W.putPages(c.v.scopes[n]);
      W.putSeal(c.v, n, c.root.adminSeed);
    }
    return c.head();
  },
  anchors(c) { // args.variant unordered, twice, zero, good
    const i = c.scope(), [a, b] = [c.src.take(16), c.src.take(16)].map(b64e).sort(W.byId), h = b64e(c.src.take(32)), t = (x, n = 1) => `${x}:${n}:${h}`;
    const aud = { unordered: [t(b), t(a)], twice: [t(a), t(a, 2)], zero: [t(a, 0)], good: [t(a, 3), t(b)] }[c.a.variant ?? 'unordered'];
    return c.reseal(i, { over: { aud } });
  },
};
