// Further writes for the tests of pins: a new head, and an earlier wrap in a later file.
import { ByteSource, b64d, xFrom } from './codec.mjs';
import * as R from './reader.mjs';
import * as W from './writer.mjs';

// A new head over the same scopes and slots: seq + 1, with another policy or extension map if the request has one.
export function newHead(req) {
  const { v, root } = W.openAdmin(req), pol = req.pol ?? {};
  W.need(Object.keys(pol).every((k) => Object.hasOwn(v.head.pol, k)), 'pol: audit, rollback, keep');
  Object.assign(v.head.pol, pol);
  if (req.x !== undefined) v.head.x = xFrom(req.x);
  W.nextHead(v, req.t);
  W.putHead(v, root.adminSeed);
  return { file: W.finish(v), seq: v.head.seq };
}
// The same vault before and after a change of the passphrase of one slot, and the later file with the earlier wrap
// and its signature put back, which is valid in itself: only a memory of the later one can tell.
export function oldWrap(req) {
  const { v, o, root } = W.openAdmin(req), src = new ByteSource(req.seed), s = v.slots.find((x) => x.adm.label === req.label);
  W.need(s && s.wrap.kind === 'pass', 'label: a slot of kind pass');
  W.need(req.old !== undefined && req.new !== undefined && req.old !== req.new, 'old and new: two passphrases');
  const keys = R.escrowKeys(v, s, root), apk = b64d(v.head.apk);
  const put = (passphrase, n) => {
    const how = W.secretOf({ passphrase, iterations: req.iterations }, true);
    W.makeWrap(v, s, keys, how, apk, src, n);
    return { file: W.finish(v), wrapRaw: s.wrapRaw, wsig: s.wsig, wrap: s.wrap };
  };
  let older = { file: W.finish(v), wrapRaw: s.wrapRaw, wsig: s.wsig, wrap: s.wrap };
  try { R.openSlot(v, { credential: { passphrase: req.old }, slot: req.label, now: o.now, terminal: true }); } catch { older = put(req.old, s.wrap.n + 1); }
  const newer = put(req.new, older.wrap.n + 1);
  Object.assign(s, { wrap: older.wrap, wrapRaw: older.wrapRaw, wsig: older.wsig });
  return { older: older.file, newer: newer.file, mixed: W.finish(v), n: older.wrap.n };
}
