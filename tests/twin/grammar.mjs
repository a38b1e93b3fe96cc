// The line grammar of secrets-vault(5), "The file": text of every line from a model and the model from the text.
// Every value keeps its text form (base64, numbers); there is one writing only, so text and model are one.
import { Cur, Refusal, fail, xText, preOk, LABEL, KIND, ENV, b64len } from './codec.mjs';

export const LIMIT = { file: 256 << 20, line: 2 << 20, slots: 1000, scopes: 1000, records: 1000000, aud: 64, kd: 4096, k: 12 };
const ENVQ = /"([a-z0-9-]{1,32})"/y, PREQ = /"([A-Za-z0-9_.\/-]*)"/y;
const LABELQ = /"([A-Za-z0-9][A-Za-z0-9._@+-]{0,63})"/y, KINDQ = /"([a-z0-9+]{1,24})"/y;
const AUDITQ = /"(required|best-effort)"/y, ROLLQ = /"(error|warn)"/y, ROLEQ = /"(admin|member)"/y;
const AUD = /([A-Za-z0-9+/]{22}):(0|[1-9][0-9]{0,15}):([A-Za-z0-9+/]{43})/y;
export { ENV, LABEL, KIND };

// ---- model -> text -----------------------------------------------------------------------------------
const strs = (a) => `[${a.map((t) => `"${t}"`).join(',')}]`;
export const scopeText = (s) => `{"id":"${s.id}","env":"${s.env}","pre":"${s.pre}","e":${s.e},"c":"${s.c}","wk":"${s.wk}","w":${strs(s.w)},"min":${s.min},"x":${xText(s.x)}}`;
export const headText = (h) => `{"seq":${h.seq},"t":${h.t},"pol":{"audit":"${h.pol.audit}","rollback":"${h.pol.rollback}","keep":${h.pol.keep}},"apk":"${h.apk}","scopes":[${h.scopes.map(scopeText).join(',')}],"sr":"${h.sr}","x":${xText(h.x)}}`;
export const admText = (a) => `{"id":"${a.id}","label":"${a.label}","role":"${a.role}","pk":"${a.pk}","exp":${a.exp},"g":${a.g},"kh":"${a.kh}","x":${xText(a.x)}}`;
export const keyText = (k) => `{"esc":"${k.esc}","grant":"${k.grant}","ak":"${k.ak}","rk":"${k.rk}"}`;
export const wrapText = (w) => `{"n":${w.n},"kind":"${w.kind}","it":${w.it},"salt":"${w.salt}","kd":"${w.kd}","cm":"${w.cm}","ct":"${w.ct}"}`;
export const sealText = (s) => `{"seq":${s.seq},"pb":${s.pb},"rb":${s.rb},"root":"${s.root}","by":"${s.by}","hs":${s.hs},"t":${s.t},"aud":${strs(s.aud)}}`;
export const recLine = (r) => `["${r.rid}",${r.v},"${r.m}","${r.d}"],\n`;
export const pageLine = (n, hash) => `[${n},"${hash}"],\n`;
export function render(v) {
  const out = [`{"secrets":${v.version ?? 1},"vault":"${v.vault}",\n"head":${v.headRaw},\n"hsig":"${v.hsig}",\n"slots":[\n`];
  for (const s of v.slots) out.push(`{"adm":${s.admRaw},\n"key":${s.keyRaw},\n"wrap":${s.wrapRaw},\n"wsig":"${s.wsig}"},\n`);
  out.push('0],\n"scopes":[\n');
  for (const s of v.scopes) {
    out.push(`{"id":"${s.id}",\n"seal":${s.sealRaw},\n"ssig":"${s.ssig}",\n"pages":[\n`, s.pagesRaw, '0],\n"rec":[\n');
    for (const r of s.rec) out.push(r.line);
    out.push('0]},\n');
  }
  out.push('0]}\n');
  return Buffer.from(out.join(''), 'latin1');
}

// ---- text -> model, line by line ------------------------------------------------------------------------
export class Lines {
  constructor(s) { this.s = s; this.pos = 0; this.no = 0; }
  next(what) {
    const e = this.s.indexOf('\n', this.pos);
    if (e < 0) fail('format', `${what}: the file ends inside line ${this.no + 1}`);
    if (e - this.pos > LIMIT.line) fail('limits', `line ${this.no + 1} is longer than 2 MiB`);
    const t = this.s.slice(this.pos, e);
    this.pos = e + 1;
    this.no++;
    return t;
  }
  exact(t) {
    const l = this.next(t);
    if (l !== t) fail('format', `line ${this.no}: expected ${t}`);
  }
  isNext(t) { return this.s.startsWith(`${t}\n`, this.pos); }
}
const cur = (L, what) => { const t = L.next(what); return new Cur(t, `line ${L.no} (${what})`); };

export function refuseForeign(s) {
  const m = /^\{"secrets":(0|[1-9][0-9]*)(?![0-9])/.exec(s);
  if (m && m[1] !== '1') fail('version', `format version ${m[1].slice(0, 40)}: needs a newer secrets`);
}
// why a text that is no vault is none: only for the message
export function explain(s, e) {
  if (!(e instanceof Refusal) || e.cls !== 'format') return e;
  const c = /^(<{7}|={7}|>{7})/m.exec(s);
  if (c) return new Refusal('format', `not a vault (merge conflict markers at line ${s.slice(0, c.index).split('\n').length})`);
  if (s.includes('\r')) return new Refusal('format', 'carriage returns in the file');
  return e;
}

export function readFirst(L) {
  const c = cur(L, 'first line');
  c.lit('{"secrets":1,"vault":');
  const vault = c.b64(22);
  c.lit(',').end();
  return vault;
}
export function readHead(L) {
  const c = cur(L, 'head');
  const h = {};
  c.lit('"head":');
  h.seq = c.lit('{"seq":').num(1);
  h.t = c.lit(',"t":').num();
  h.pol = { audit: c.lit(',"pol":{"audit":').re(AUDITQ) };
  h.pol.rollback = c.lit(',"rollback":').re(ROLLQ);
  h.pol.keep = c.lit(',"keep":').num(1);
  h.apk = c.lit('},"apk":').b64(43);
  const ids = new Set(), places = new Set();
  c.lit(',"scopes":');
  h.scopes = c.list('[', ']', () => {
    if (ids.size >= LIMIT.scopes) fail('limits', 'more than 1,000 scopes');
    const s = { id: c.lit('{"id":').b64(11) };
    s.env = c.lit(',"env":').re(ENVQ);
    s.pre = c.lit(',"pre":').re(PREQ);
    if (!preOk(s.pre)) c.bad('not a folder prefix');
    s.e = c.lit(',"e":').num(1);
    s.c = c.lit(',"c":').b64(43);
    s.wk = c.lit(',"wk":').b64(80);
    let prev = null;
    c.lit(',"w":');
    s.w = c.list('[', ']', () => {
      const id = c.b64(11);
      if (prev !== null && !(prev < id)) c.bad('writers not ascending');
      return (prev = id);
    });
    s.min = c.lit(',"min":').num(1);
    s.x = c.lit(',"x":').xmap();
    c.lit('}');
    if (ids.has(s.id)) c.bad('scope id used twice');
    if (places.has(`${s.env}/${s.pre}`)) c.bad('environment and folder used twice');
    ids.add(s.id);
    places.add(`${s.env}/${s.pre}`);
    return s;
  });
  h.sr = c.lit(',"sr":').b64(43);
  h.x = c.lit(',"x":').xmap();
  c.lit('},').end();
  const raw = c.s.slice(7, -1);
  const g = cur(L, 'head signature');
  const hsig = g.lit('"hsig":').b64(86);
  g.lit(',').end();
  return { head: h, headRaw: raw, hsig };
}
export function readSlots(L) {
  L.exact('"slots":[');
  const slots = [], ids = new Set(), labels = new Set();
  while (!L.isNext('0],')) {
    if (slots.length >= LIMIT.slots) fail('limits', 'more than 1,000 slots');
    let c = cur(L, 'adm');
    const a = {};
    c.lit('{"adm":');
    a.id = c.lit('{"id":').b64(11);
    a.label = c.lit(',"label":').re(LABELQ);
    a.role = c.lit(',"role":').re(ROLEQ);
    a.pk = c.lit(',"pk":').b64(43);
    a.exp = c.lit(',"exp":').num();
    a.g = c.lit(',"g":').num(1);
    a.kh = c.lit(',"kh":').b64(43);
    a.x = c.lit(',"x":').xmap();
    c.lit('},').end();
    const admRaw = c.s.slice(7, -1);
    if (ids.has(a.id)) c.bad('slot id used twice');
    if (labels.has(a.label)) c.bad('slot label used twice');
    ids.add(a.id);
    labels.add(a.label);
    c = cur(L, 'key');
    const k = {};
    c.lit('"key":');
    k.esc = c.lit('{"esc":').b64(80);
    k.grant = c.lit(',"grant":').b64(undefined, 28);
    k.ak = c.lit(',"ak":').b64(80);
    c.lit(',"rk":');
    k.rk = c.is('""') ? (c.lit('""'), '') : c.b64(80);
    c.lit('},').end();
    const keyRaw = c.s.slice(6, -1);
    c = cur(L, 'wrap');
    const w = {};
    c.lit('"wrap":');
    w.n = c.lit('{"n":').num(1);
    w.kind = c.lit(',"kind":').re(KINDQ);
    w.it = c.lit(',"it":').num();
    w.salt = c.lit(',"salt":').b64(43);
    w.kd = c.lit(',"kd":').b64();
    if (b64len(w.kd) > LIMIT.kd) fail('limits', 'kd above 4 KiB');
    w.cm = c.lit(',"cm":').b64(43);
    w.ct = c.lit(',"ct":').b64(123);
    c.lit('},').end();
    const wrapRaw = c.s.slice(7, -1);
    c = cur(L, 'wrap signature');
    const wsig = c.lit('"wsig":').b64(86);
    c.lit('},').end();
    slots.push({ adm: a, key: k, wrap: w, admRaw, keyRaw, wrapRaw, wsig });
  }
  L.exact('0],');
  L.exact('"scopes":[');
  return slots;
}
export function readScopeTop(L, id) {
  let c = cur(L, 'scope');
  const got = c.lit('{"id":').b64(11);
  c.lit(',').end();
  if (got !== id) c.bad('scope id differs from the head');
  c = cur(L, 'seal');
  const s = {};
  c.lit('"seal":');
  s.seq = c.lit('{"seq":').num(1);
  s.pb = c.lit(',"pb":').num();
  s.rb = c.lit(',"rb":').num();
  s.root = c.lit(',"root":').b64(43);
  c.lit(',"by":');
  s.by = c.is('"admin"') ? (c.lit('"admin"'), 'admin') : c.b64(11);
  s.hs = c.lit(',"hs":').num(1);
  s.t = c.lit(',"t":').num();
  let prev = null;
  c.lit(',"aud":');
  s.aud = c.list('[', ']', () => {
    c.lit('"');
    const at = c.i;
    c.re(AUD);
    const text = c.s.slice(at, c.i);
    c.lit('"');
    const [chain, n, hash] = text.split(':');
    for (const [t, len] of [[chain, 22], [hash, 43]]) new Cur(`"${t}"`, 'anchor').b64(len);
    new Cur(n, 'anchor').num(1);
    if (prev !== null && !(prev < chain)) c.bad('anchors not ascending');
    prev = chain;
    return text;
  });
  if (s.aud.length > LIMIT.aud) fail('limits', 'more than 64 anchors');
  c.lit('},').end();
  const sealRaw = c.s.slice(7, -1);
  c = cur(L, 'seal signature');
  const ssig = c.lit('"ssig":').b64(86);
  c.lit(',').end();
  L.exact('"pages":[');
  return { id, seal: s, sealRaw, ssig };
}
export function readPage(L) {
  const c = cur(L, 'page');
  const n = c.lit('[').num(), hash = c.lit(',').b64(43);
  c.lit('],').end();
  return { n, hash };
}
const RID = /"([0-9a-f]{32})"/y;
export function readRecord(L) {
  const c = cur(L, 'record');
  const rid = c.lit('[').re(RID), v = c.lit(',').num(1), m = c.lit(',').b64(undefined, 28), d = c.lit(',').b64(undefined, 28);
  c.lit('],').end();
  return { rid, v, m, d, line: `${c.s}\n` };
}
// page of a record: the first (most significant) k bits of its rid
export const pageOf = (rid, k) => (k === 0 ? 0 : parseInt(rid.slice(0, 4), 16) >> (16 - k));
export const kOf = (count) => {
  const k = Math.log2(count);
  if (count < 1 || !Number.isInteger(k) || k > LIMIT.k) fail('format', `${count} page lines: not 2^k with k up to 12`);
  return k;
};

export function parse(buf) {
  if (buf.length > LIMIT.file) fail('limits', 'file above 256 MiB');
  const s = buf.toString('latin1');
  try {
    refuseForeign(s);
    const L = new Lines(s);
    const v = { vault: readFirst(L) };
    Object.assign(v, readHead(L));
    v.slots = readSlots(L);
    v.scopes = [];
    let records = 0;
    for (const hs of v.head.scopes) {
      const sc = readScopeTop(L, hs.id);
      const p0 = L.pos;
      sc.pages = [];
      while (!L.isNext('0],')) {
        if (sc.pages.length >= 4096) fail('format', `line ${L.no}: more than 2^12 page lines`);
        sc.pages.push(readPage(L));
      }
      sc.pagesRaw = s.slice(p0, L.pos);
      L.exact('0],');
      L.exact('"rec":[');
      const r0 = L.pos;
      sc.rec = [];
      while (!L.isNext('0]},')) {
        if (++records > LIMIT.records) fail('limits', 'more than 1,000,000 record lines');
        sc.rec.push(readRecord(L));
      }
      sc.rb = L.pos - r0;
      L.exact('0]},');
      sc.k = kOf(sc.pages.length);
      if (sc.pagesRaw.length !== sc.seal.pb || sc.rb !== sc.seal.rb) fail('format', `scope ${hs.env}/${hs.pre}: lengths differ from its seal`);
      if (sc.pages.reduce((a, p) => a + p.n, 0) !== sc.rb) fail('format', `scope ${hs.env}/${hs.pre}: page lengths do not add up`);
      v.scopes.push(sc);
    }
    L.exact('0]}');
    if (L.pos !== s.length) fail('format', 'bytes after the end');
    return v;
  } catch (e) { throw explain(s, e); }
}
