// Requests that build the vaults of the self-test and of the known-answer files. "$prev" is the file the step
// before answered; "$token:LABEL" the token of an earlier step.
const b = (s) => Buffer.from(s, 'latin1').toString('base64');
const key = (n) => Buffer.alloc(32, n).toString('base64');
const T = 1767225600; // 2026-01-01
export const PASS = 'six words make it hard to guess';
const OWNER = { key: key(1) };
const item = (path, value, meta) => ({ path, value: b(value), ...(meta ? { meta } : {}) });

export const SAMPLES = {
  'key-one-environment': {
    steps: [
      { op: 'init', environments: ['dev'], label: 'owner', key: key(1), t: T, seed: 'ka1-init' },
      { op: 'set', file: '$prev', credential: OWNER, env: 'dev', items: [item('db/password', 'hunter2'), item('empty', '')], t: T + 10, seed: 'ka1-set1' },
      { op: 'set', file: '$prev', credential: OWNER, env: 'dev', items: [item('db/password', 'hunter3', { note: 'quote " back\\slash \u0001 \n and \u00e9', tags: ['b', 'a'], owner: 'ops', why: 'rotation', every: 7776000, exp: T + 9999999, x: { of: 1, zz: 'two words' } })], t: T + 20, seed: 'ka1-set2' },
    ],
    opens: [{ credential: OWNER, now: T + 100 }, { credential: { token: '$token:owner' }, now: T + 100 }],
  },
  passphrase: {
    steps: [
      { op: 'init', environments: ['dev', 'prod'], label: 'anna@example.org', passphrase: PASS, iterations: 600000, t: T, seed: 'ka2-init' },
      { op: 'set', file: '$prev', credential: { passphrase: PASS }, env: 'prod', items: [item('API_KEY', 'abc\u0000def'), item('certs/web.pem', '-----BEGIN', { ty: 'cert' })], t: T + 10, seed: 'ka2-set' },
      { op: 'slot', file: '$prev', credential: { passphrase: PASS }, label: 'bob', kind: 'pass', passphrase: 'Zoe\u0301 writes a passphrase', iterations: 700000, role: 'member', caps: [{ env: 'dev', m: 'w' }, { env: 'prod', m: 'x', names: ['API_KEY', 'NOT_YET'] }], t: T + 20, seed: 'ka2-slot' },
    ],
    opens: [{ credential: { passphrase: PASS }, now: T + 100 }, { credential: { passphrase: 'Zo\u00e9 writes a passphrase' }, now: T + 100 }, { credential: { passphrase: 'not the passphrase' }, now: T + 100 }],
  },
  'folder-and-tokens': {
    steps: [
      { op: 'init', environments: ['dev', 'prod'], label: 'owner', key: key(1), t: T, seed: 'ka3-init' },
      { op: 'envcreate', file: '$prev', credential: OWNER, env: 'prod', pre: 'infra/', t: T + 5, seed: 'ka3-env' },
      { op: 'set', file: '$prev', credential: OWNER, env: 'prod', items: [item('app/one', 'first'), item('infra/root', 'folder value'), item('app/two', 'second'), item('app/one', 'first again')], t: T + 10, seed: 'ka3-set' },
      { op: 'set', file: '$prev', credential: OWNER, env: 'dev', items: [item('app/one', 'development', { st: 0 })], t: T + 11, seed: 'ka3-set-dev' },
      { op: 'slot', file: '$prev', credential: OWNER, label: 'ci-read', token: true, caps: [{ env: 'prod', m: 'r' }], t: T + 20, seed: 'ka3-r' },
      { op: 'slot', file: '$prev', credential: OWNER, label: 'ci-write', token: true, caps: [{ env: 'prod', m: 'w' }, { env: 'prod', pre: 'infra/', m: 'r' }], t: T + 21, seed: 'ka3-w' },
      { op: 'slot', file: '$prev', credential: OWNER, label: 'ci-name', token: true, exp: T + 5000, caps: [{ env: 'prod', m: 'x', names: ['app/two', 'app/none'] }], t: T + 22, seed: 'ka3-x' },
      { op: 'set', file: '$prev', credential: { token: '$token:ci-write' }, env: 'prod', items: [item('app/three', 'by a token')], t: T + 30, seed: 'ka3-set-w' },
    ],
    opens: ['owner', 'ci-read', 'ci-write', 'ci-name'].map((l) => ({ credential: { token: `$token:${l}` }, now: T + 100 })),
  },
  'expired-and-others': {
    steps: [
      { op: 'init', environments: ['prod'], label: 'owner', key: key(1), t: T, seed: 'ka4-init' },
      { op: 'set', file: '$prev', credential: OWNER, env: 'prod', items: [item('a', 'one'), item('b', 'two', { exp: T + 50 })], t: T + 1, seed: 'ka4-set' },
      { op: 'slot', file: '$prev', credential: OWNER, label: 'old', token: true, exp: T + 60, caps: [{ env: 'prod', m: 'r' }], t: T + 2, seed: 'ka4-old' },
      { op: 'slot', file: '$prev', credential: OWNER, label: 'early', token: true, nbf: T + 5000, x: { audit: 'local', future: 1 }, caps: [{ env: 'prod', m: 'r' }], t: T + 3, seed: 'ka4-early' },
      { op: 'slot', file: '$prev', credential: OWNER, label: 'member', kind: 'x25519', caps: [{ env: 'prod', m: 'w' }], t: T + 4, seed: 'ka4-member' },
      { op: 'slot', file: '$prev', credential: OWNER, label: 'later', kind: 'future9+x', iterations: 3, kd: b('public data'), caps: [], t: T + 5, seed: 'ka4-later' },
      { op: 'slot', file: '$prev', credential: OWNER, label: 'recovery', kind: 'secret', role: 'admin', key: key(9), t: T + 6, seed: 'ka4-recovery' },
    ],
    opens: [{ credential: OWNER, now: T + 100 }, { credential: { key: key(9) }, now: T + 100 }, { credential: { token: '$token:old' }, now: T + 59 },
      { credential: { token: '$token:old' }, now: T + 60 }, { credential: { token: '$token:early' }, now: T + 4999 }, { credential: { token: '$token:early' }, now: T + 5000 },
      { credential: OWNER, slot: 'later', now: T + 100 }],
  },
  'several-pages': {
    steps: [
      { op: 'init', environments: ['prod'], label: 'owner', key: key(1), t: T, seed: 'ka5-init' },
      { op: 'set', file: '$prev', credential: OWNER, env: 'prod', items: Array.from({ length: 40 }, (_, i) => item(`many/n${String(i).padStart(3, '0')}`, String(i).repeat(700))), t: T + 1, seed: 'ka5-set' },
    ],
    opens: [{ credential: OWNER, now: T + 100 }],
  },
};
// Runs the steps; answers the file, the tokens, and every request as it was sent except for "file".
export function build(call, sample) {
  const tokens = {};
  let file;
  const fill = (c) => (c?.token?.startsWith('$token:') ? { token: tokens[c.token.slice(7)] } : c);
  for (const s of sample.steps) {
    const r = call({ ...s, ...(s.file ? { file } : {}), ...(s.credential ? { credential: fill(s.credential) } : {}) });
    if (!r.ok) throw new Error(`${s.op}: ${r.message}`);
    file = r.file;
    if (r.token) tokens[s.label] = r.token;
  }
  return { file, tokens, fill };
}
