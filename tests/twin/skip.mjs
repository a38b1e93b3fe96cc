// The reader that skips: secrets-vault(5), "The file", "A reader that skips". It walks only to the scope it
// needs, reads one page of it and opens one record.
import { fail, b64d, pathOk, resolve, ENV } from './codec.mjs';
import * as C from './crypto.mjs';
import { LIMIT, Lines, refuseForeign, explain, readFirst, readHead, readSlots, readScopeTop, readPage, readRecord, kOf, pageOf } from './grammar.mjs';
import { checkHeadSignature, checkHeadMeaning, checkSlot, checkSeal, openSlot, capKeys, openMeta, scopeName } from './reader.mjs';

const latin = (s) => Buffer.from(s, 'latin1');

// Moves over `size` bytes of lines that must be followed by exactly `after`.
function jump(L, size, after, what) {
  const to = L.pos + size;
  if (!Number.isSafeInteger(to) || to > L.s.length) fail('format', `${what}: a length beyond the end of the file`);
  if (L.s[to - 1] !== '\n') fail('format', `${what}: a length that ends inside a line`);
  if (!L.s.startsWith(after, to)) fail('format', `${what}: no end where the length says`);
  const from = L.pos;
  L.pos = to + after.length;
  return [from, to];
}
function walk(L, v, target) {
  for (let i = 0; ; i++) {
    const hs = v.head.scopes[i], name = scopeName(hs);
    const sc = readScopeTop(L, hs.id);
    const [p0, p1] = jump(L, sc.seal.pb, '0],\n"rec":[\n', `pages of ${name}`);
    const [r0, r1] = jump(L, sc.seal.rb, '0]},\n', `records of ${name}`);
    if (i < target) continue;
    if (target === v.head.scopes.length - 1 && L.pos !== L.s.length - 4) fail('format', 'more bytes after the last scope');
    return { ...sc, p0, p1, r0, r1 };
  }
}
function readPages(L, sc, name) {
  const raw = L.s.slice(sc.p0, sc.p1), P = new Lines(raw);
  sc.pages = [];
  while (P.pos < raw.length) {
    if (sc.pages.length >= 4096) fail('format', `pages of ${name}: more than 2^12`);
    sc.pages.push(readPage(P));
  }
  sc.k = kOf(sc.pages.length);
  if (sc.pages.reduce((a, p) => a + p.n, 0) !== sc.seal.rb) fail('format', `pages of ${name}: lengths do not add up`);
  sc.pagesRaw = raw;
}
function readOnePage(L, sc, rid, name) {
  const p = pageOf(rid, sc.k);
  let at = sc.r0;
  for (let j = 0; j < p; j++) at += sc.pages[j].n;
  const raw = L.s.slice(at, at + sc.pages[p].n);
  const no = (why) => fail('integrity', `records of ${name}: ${why}`);
  if (!C.same(C.H(C.MSG.page(p, latin(raw))), b64d(sc.pages[p].hash))) no('do not match their page');
  const P = new Lines(raw), out = [];
  let prev = null;
  while (P.pos < raw.length) {
    if (out.length >= LIMIT.records) fail('limits', 'more than 1,000,000 record lines');
    const r = readRecord(P);
    if (pageOf(r.rid, sc.k) !== p) no('in the wrong page');
    if (prev && !(prev.rid < r.rid || (prev.rid === r.rid && prev.v < r.v))) no('out of order');
    out.push((prev = r));
  }
  return out.filter((r) => r.rid === rid);
}
const gone = (reason) => ({ found: false, reason });

export function skipRead(buf, req) {
  const { env, path } = req;
  if (!ENV.test(String(env)) || !pathOk(path)) fail('usage', 'not an environment or a path');
  if (req.v !== undefined && !(Number.isSafeInteger(req.v) && req.v >= 1)) fail('usage', 'not a version');
  if (buf.length > LIMIT.file) fail('limits', 'file above 256 MiB');
  const s = buf.toString('latin1'), L = new Lines(s);
  let v;
  try {
    refuseForeign(s);
    if (!s.endsWith('\n0]}\n')) fail('format', 'the file does not end as it must');
    v = { vault: readFirst(L) };
    Object.assign(v, readHead(L));
    v.slots = readSlots(L);
  } catch (e) { throw explain(s, e); }
  checkHeadSignature(v);
  checkHeadMeaning(v);
  const o = openSlot(v, req);
  checkSlot(v, o.s);
  const i = resolve(v.head.scopes, env, path);
  if (i < 0) fail('usage', `no environment ${env}`);
  const hs = v.head.scopes[i], name = scopeName(hs);
  const cap = o.caps.find((c) => c.s === hs.id);
  if (!cap) fail('denied', `this slot has no key for ${name}`);
  const ck = capKeys(v, i, cap);
  let rid;
  if (ck.R) rid = C.ridOf(ck.R, o.vid, b64d(hs.id), hs.e, path).toString('hex');
  else {
    rid = [...ck.names].find(([, x]) => x.p === path)?.[0];
    if (rid === undefined) fail('denied', `this slot has no key for that name in ${name}`);
  }
  const sc = walk(L, v, i);
  readPages(L, sc, name);
  checkSeal(v, i, sc);
  if (!C.same(C.H(C.MSG.pages(latin(sc.pagesRaw))), b64d(sc.seal.root))) fail('integrity', `pages of ${name} do not match their seal`);
  const lines = readOnePage(L, sc, rid, name);
  // the current version is the highest whose state is not pending
  let current = null;
  for (let j = lines.length - 1; j >= 0 && !current; j--) {
    const r = openMeta(v, i, sc, lines[j], ck);
    if (r.meta.p !== path) fail('integrity', `a record of ${name} has another name than its id`);
    if (r.meta.st !== 1) current = { line: lines[j], ...r };
  }
  if (!current) return gone(lines.length ? 'pending' : 'absent');
  if (current.meta.st >= 2) return gone(current.meta.st === 2 ? 'deleted' : 'destroyed');
  let got = current;
  if (req.v !== undefined && req.v !== current.line.v) {
    const line = lines.find((r) => r.v === req.v);
    if (!line) return gone('absent');
    got = { line, ...openMeta(v, i, sc, line, ck) };
    if (got.meta.st !== 0) return gone(['', 'pending', 'deleted', 'destroyed'][got.meta.st]);
  }
  return {
    found: true, env, path, v: got.line.v, meta: got.meta, value: got.value().toString('base64'),
    expired: got.meta.exp !== 0 && o.now >= got.meta.exp,
  };
}
