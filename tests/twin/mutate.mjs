// Deterministic mutants of a file: each differs from the original, and every one must be refused by a keyless verify.
import { ByteSource, fail } from './codec.mjs';

const NUMBERS = ['0', '1', '2', '7', '9007199254740991', '9007199254740992', '18446744073709551616', '1180591620717411303424', '-1', '01', '1.0', '1e3', '""', 'null'];
const lines = (b) => b.toString('latin1').split(/(?<=\n)/);
const join = (a) => Buffer.from(a.join(''), 'latin1');
const splice = (b, at, del, ins) => Buffer.concat([b.subarray(0, at), ins, b.subarray(at + del)]);
function spots(b, re) { return [...b.toString('latin1').matchAll(re)].map((m) => ({ at: m.index + m[0].indexOf(m[1]), text: m[1] })); }

const KINDS = [
  function flip(b, r) { const c = Buffer.from(b); c[r(b.length)] ^= 1 << r(8); return c; },
  function byte(b, r) { const c = Buffer.from(b); c[r(b.length)] = r(256); return c; },
  function truncate(b, r) { return b.subarray(0, r(b.length)); },
  function insert(b, r, src) { return splice(b, r(b.length + 1), 0, src.take(1 + r(4))); },
  function insertText(b, r) { return splice(b, r(b.length + 1), 0, Buffer.from([' ', '\n', '\r', '0', '0],\n', '"', ',', '{}', '\\', 'A'][r(10)])); },
  function remove(b, r) { return splice(b, r(b.length), 1 + r(4), Buffer.alloc(0)); },
  function cutOut(b, r) { return splice(b, r(b.length), 1 + r(400), Buffer.alloc(0)); },
  function swapLines(b, r) { const l = lines(b), i = r(l.length), j = r(l.length); [l[i], l[j]] = [l[j], l[i]]; return join(l); },
  function swapNext(b, r) { const l = lines(b), i = r(l.length - 1); [l[i], l[i + 1]] = [l[i + 1], l[i]]; return join(l); },
  function twice(b, r) { const l = lines(b), i = r(l.length); l.splice(i, 0, l[i]); return join(l); },
  function drop(b, r) { const l = lines(b); l.splice(r(l.length), 1); return join(l); },
  function moveLine(b, r) { const l = lines(b), [x] = l.splice(r(l.length), 1); l.splice(r(l.length + 1), 0, x); return join(l); },
  function swapFields(b, r) { // two quoted texts of one length
    const all = spots(b, /"([A-Za-z0-9+/]{11,})"/g), x = all[r(all.length)];
    const other = all.filter((y) => y.text.length === x.text.length && y.text !== x.text);
    if (!other.length) return b;
    const y = other[r(other.length)], c = Buffer.from(b);
    c.write(y.text, x.at, 'latin1');
    c.write(x.text, y.at, 'latin1');
    return c;
  },
  function number(b, r) {
    const all = spots(b, /[:,[](\d+)(?=[,}\]:])/g), x = all[r(all.length)], k = r(NUMBERS.length + 3);
    const old = BigInt(x.text), text = k < NUMBERS.length ? NUMBERS[k] : String([old + 1n, old > 0n ? old - 1n : 5n, old * 10n][k - NUMBERS.length]);
    return splice(b, x.at, x.text.length, Buffer.from(text));
  },
  function zero(b, r) { const c = Buffer.from(b), at = r(b.length); c.fill([0, 0x30, 0x41][r(3)], at, Math.min(b.length, at + 1 + r(64))); return c; },
  function tail(b, r, src) {
    const t = [Buffer.alloc(1 + r(64)), Buffer.from('\n'), Buffer.from('0]}\n'), src.take(1 + r(16)), b.subarray(b.length - 1 - r(200)), Buffer.from(' '), b];
    return Buffer.concat([b, t[r(t.length)]]);
  },
  function copyBlock(b, r) { const c = Buffer.from(b), n = 1 + r(100), from = r(b.length - n), to = r(b.length - n); b.copy(c, to, from, from + n); return c; },
  function caseOf(b, r) { const c = Buffer.from(b), at = r(b.length); if (/[A-Za-z]/.test(String.fromCharCode(c[at]))) c[at] ^= 0x20; return c; },
];
export function mutate(buf, n, seed) {
  if (!Number.isSafeInteger(n) || n < 0 || n > 100000) fail('usage', 'n: how many mutants');
  if (buf.length < 200) fail('usage', 'a file that is a vault');
  const src = new ByteSource(seed ?? 'mutants'), r = (k) => src.below(k), out = [];
  for (let i = 0; out.length < n; i++) {
    const m = KINDS[i % KINDS.length](buf, r, src);
    if (!m.equals(buf)) out.push(Buffer.from(m));
  }
  return out;
}
