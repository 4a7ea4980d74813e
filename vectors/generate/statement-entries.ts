import { base64, jcs, seed, type Case, type Json, type Statement } from './statement-parts.ts';
import { FULL } from './statement-samples.ts';

// Entries that are accepted, and every way to spoil one.

const BASE = FULL.statement;
const TEXT = jcs(BASE as Json);
const HASH = base64(seed('hash'));

/** A copy of the full statement with something changed. */
function changed(change: (statement: Statement) => void): string {
  const copy = structuredClone(BASE);
  change(copy);
  return jcs(copy as Json);
}

const set = (members: Readonly<Record<string, Json | undefined>>): string =>
  changed((statement) => Object.assign(statement, members));
const within = (member: string, members: Readonly<Record<string, Json | undefined>>): string =>
  changed((statement) => Object.assign(statement[member] as object, members));
const key = (members: Readonly<Record<string, Json | undefined>>): string =>
  changed((statement) => Object.assign(statement.keys[0]!, members));
const link = (members: Readonly<Record<string, Json | undefined>>): string =>
  changed((statement) => Object.assign(statement.links[0]!, members));
const replaced = (from: string, to: string): string => {
  if (!TEXT.includes(from)) throw new Error(`nothing to replace: ${from}`);
  return TEXT.replace(from, to);
};

/** The full statement, unsigned, filled with public text to a length in bytes. */
function filled(length: number): string {
  const fill = (count: number): string =>
    changed((statement) => {
      delete statement['signature'];
      const [whole, rest] = [Math.floor(count / 16_000), count % 16_000];
      statement.claims['fill'] = [
        ...Array<string>(whole).fill('a'.repeat(16_000)),
        'a'.repeat(rest),
      ];
    });
  let count = length;
  while (Buffer.byteLength(fill(count)) > length) count--;
  return fill(count);
}

const nested = (levels: number): Json => (levels === 1 ? [] : [nested(levels - 1)]);

const ACCEPTED: Readonly<Record<string, string>> = {
  'every part': TEXT,
  'no sequence': set({ sequence: undefined }),
  'no signature': set({ signature: undefined }),
  'a signature of ES256': within('signature', { alg: 'ES256' }),
  'a signature of SM2': within('signature', { alg: 'SM2' }),
  'a signature that does not hold: parsing does not verify': within('signature', {
    value: base64(Buffer.alloc(64)),
  }),
  'nothing optional and nothing in lists and maps': set({
    sequence: undefined,
    signature: undefined,
    claims: {},
    commitments: {},
    keys: [],
    links: [],
  }),
  'times without milliseconds, in UTC': set({
    eventTime: '2026-03-12T02:15:02Z',
    recordedTime: '2026-03-12T02:15:02-00:00',
  }),
  'an event time after the recorded time: clocks differ': set({
    eventTime: '2026-03-12T10:15:09.000+08:00',
  }),
  'a name of 64 characters': changed((s) => (s.claims['a'.repeat(64)] = 1)),
  'a string of 16,384 characters': changed((s) => (s.claims['long'] = 'a'.repeat(16_384))),
  'a value nested to level 16': changed((s) => (s.claims['deep'] = nested(14))),
  'public values of every kind': changed((s) => (s.claims['a'] = [null, true, -1, 'a', {}, []])),
  'a member named __proto__ inside a public value': replaced(
    '"claims":{',
    '"claims":{"a":{"__proto__":1},',
  ),
  'sequence number 0': within('sequence', { number: 0 }),
  'sequence number 2^53 - 1': within('sequence', { number: Number.MAX_SAFE_INTEGER }),
  'two keys of one kind in different roles': changed((s) =>
    s.keys.push({ kind: 'license', role: 'other', commitment: HASH }),
  ),
  'two links of one relation': changed((s) => s.links.push({ rel: 'sealedBy', leaf: HASH })),
  'exactly 65,535 bytes': filled(65_535),
};

const CANONICAL: Readonly<Record<string, readonly [string, string | Uint8Array]>> = {
  'members in another order': [
    'CORE_JCS_NOT_CANONICAL',
    TEXT.replace(/^\{("claims":.*),("commitments":\{.*?\})/, '{$2,$1'),
  ],
  'white space': ['CORE_JCS_NOT_CANONICAL', replaced('"keys":[', '"keys": [')],
  'a line break at the end': ['CORE_JCS_NOT_CANONICAL', `${TEXT}\n`],
  'an escape that is not needed': ['CORE_JCS_NOT_CANONICAL', replaced('"valid"', '"v\\u0061lid"')],
  'a long escape': ['CORE_JCS_NOT_CANONICAL', replaced('"valid"', '"\\u000a"')],
  'an escaped solidus': [
    'CORE_JCS_NOT_CANONICAL',
    replaced('example.gov/licenses', 'example.gov\\/licenses'),
  ],
  'a duplicate member': [
    'CORE_JSON_DUPLICATE',
    replaced('"event":', '"event":"permit.issue","event":'),
  ],
  'a duplicate claim': ['CORE_JSON_DUPLICATE', replaced('"count":3', '"count":2,"count":3')],
  'a duplicate commitment': [
    'CORE_JSON_DUPLICATE',
    replaced('"/files":', `"/files":"${HASH}","/files":`),
  ],
  'a number with a fraction of zero': ['CORE_JSON_NUMBER', replaced('1041', '1041.0')],
  'a number with an exponent': ['CORE_JSON_NUMBER', replaced('1041', '1041e0')],
  'a fraction in canonical form': ['CORE_JSON_NUMBER', replaced('"count":3', '"count":0.5')],
  'minus zero': ['CORE_JSON_NUMBER', replaced('"count":3', '"count":-0')],
  '2^53': ['CORE_JSON_NUMBER', replaced('"count":3', '"count":9007199254740992')],
  'a leading zero': ['CORE_JSON_SYNTAX', replaced('"count":3', '"count":03')],
  'a comma too many': ['CORE_JSON_SYNTAX', replaced('"count":3,', '"count":3,,')],
  'trailing data': ['CORE_JSON_TRAILING', `${TEXT}{}`],
  'two statements': ['CORE_JSON_TRAILING', TEXT + TEXT],
  'cut short': ['CORE_JSON_SYNTAX', TEXT.slice(0, -1)],
  nothing: ['CORE_JSON_SYNTAX', ''],
  'a byte order mark': ['CORE_JSON_SYNTAX', `\ufeff${TEXT}`],
  'bytes that are not UTF-8': [
    'CORE_UTF8_MALFORMED',
    Buffer.from(TEXT.replace('valid', 'v\u00e4lid'), 'latin1'),
  ],
  'a lone surrogate, escaped': ['CORE_UTF8_MALFORMED', replaced('"valid"', '"\\ud800"')],
  '65,536 bytes': ['STATEMENT_ENTRY_LENGTH', filled(65_536)],
  'a value nested to level 17': [
    'CORE_JSON_LIMIT',
    changed((s) => (s.claims['deep'] = nested(15))),
  ],
  'a string of 16,385 characters': [
    'CORE_JSON_LIMIT',
    changed((s) => (s.claims['long'] = 'a'.repeat(16_385))),
  ],
  'over 4,096 members and items': [
    'CORE_JSON_LIMIT',
    changed((s) => (s.claims['many'] = Array<number>(4096).fill(0))),
  ],
};
const SHAPE: Readonly<Record<string, string>> = {
  'an array': '[]',
  null: 'null',
  'a string': '"a"',
  'an unknown member': set({ suite: 'sha256' }),
  'an unknown member of issuer': within('issuer', { name: 'a' }),
  'an unknown member of sequence': within('sequence', { last: 1 }),
  'an unknown member of a key': key({ keyspace: 'city/1' }),
  'an unknown member of a link': link({ index: 1 }),
  'an unknown member of signature': within('signature', { userId: 'a' }),
  ...Object.fromEntries(
    [
      'claims',
      'commitments',
      'event',
      'eventTime',
      'id',
      'issuer',
      'keys',
      'links',
      'log',
      'profile',
      'recordedTime',
    ].flatMap((member) => [
      [`no ${member}`, set({ [member]: undefined })],
      [`${member} null`, set({ [member]: null })],
      [`${member} a number`, set({ [member]: 1 })],
    ]),
  ),
  'sequence null': set({ sequence: null }),
  'signature null': set({ signature: null }),
  'log empty': set({ log: '' }),
  'log with a space': set({ log: 'example.gov/a b' }),
  'log with a plus': set({ log: 'example.gov/a+b' }),
  'log with a line break': set({ log: 'example.gov\n' }),
  'log beyond ASCII': set({ log: '示例.gov' }),
  'log of 256 characters': set({ log: 'a'.repeat(256) }),
  'profile without version': set({ profile: 'sample.permit' }),
  'profile of version 0': set({ profile: 'sample.permit/0' }),
  'profile in upper case': set({ profile: 'Sample.permit/1' }),
  'event that begins with a dot': set({ event: '.issue' }),
  'event with two dots in a row': set({ event: 'permit..issue' }),
  'event with a space': set({ event: 'permit.issue again' }),
  'org empty': within('issuer', { org: '' }),
  'org with a solidus': within('issuer', { org: 'a/b' }),
  'org with NUL': within('issuer', { org: 'a\u0000b' }),
  'system missing': within('issuer', { system: undefined }),
  'system with a solidus': within('issuer', { system: 'a/b' }),
  'claims an array': set({ claims: [] }),
  'a claim with a hyphen in its name': changed((s) => (s.claims['a-b'] = 1)),
  'a claim without a name': changed((s) => (s.claims[''] = 1)),
  'a claim with a name that begins with a digit': changed((s) => (s.claims['1a'] = 1)),
  'a claim named __proto__': replaced('"claims":{', '"claims":{"__proto__":1,'),
  'a claim with a name of 65 characters': changed((s) => (s.claims['a'.repeat(65)] = 1)),
  'commitments an array': changed((s) => (s.commitments = [] as unknown as Record<string, string>)),
  'a commitment of 31 bytes': changed((s) => (s.commitments['/files'] = base64(Buffer.alloc(31)))),
  'a commitment of 33 bytes': changed((s) => (s.commitments['/files'] = base64(Buffer.alloc(33)))),
  'a commitment without padding': changed((s) => (s.commitments['/files'] = HASH.slice(0, -1))),
  'a commitment with trailing bits': changed(
    (s) => (s.commitments['/files'] = `${'A'.repeat(42)}B=`),
  ),
  'a commitment in base64url': changed((s) => (s.commitments['/files'] = `${'-_'.repeat(21)}A=`)),
  'a commitment in hexadecimal': changed(
    (s) => (s.commitments['/files'] = seed('hash').toString('hex')),
  ),
  'a commitment that is null': changed(
    (s) => (s.commitments['/files'] = null as unknown as string),
  ),
  'over 256 commitments': changed((s) => {
    for (let i = 0; i < 256; i++) s.commitments[`/f${i}`] = HASH;
  }),
  'keys an object': set({ keys: {} }),
  'a key that is a string': set({ keys: ['license'] }),
  'a key without kind': key({ kind: undefined }),
  'a key without role': key({ role: undefined }),
  'a key without commitment': key({ commitment: undefined }),
  'a key with a role of another form': key({ role: 'Self' }),
  'a key with a commitment of 31 bytes': key({ commitment: base64(Buffer.alloc(31)) }),
  'over 64 keys': changed((s) => {
    for (let i = 0; i < 64; i++) s.keys.push({ kind: `k${i}`, role: 'self', commitment: HASH });
  }),
  'links an object': set({ links: {} }),
  'a link without relation': link({ rel: undefined }),
  'a link without leaf': link({ leaf: undefined }),
  'a link with a leaf of 33 bytes': link({ leaf: base64(Buffer.alloc(33)) }),
  'a link with a relation of another form': link({ rel: 'sealed by' }),
  'a link to a log that has no name': link({ log: '' }),
  'over 256 links': changed((s) => {
    for (let i = 0; i < 256; i++) s.links.push({ rel: 'r', leaf: HASH });
  }),
  'a negative sequence number': within('sequence', { number: -1 }),
  'a sequence number in a string': within('sequence', { number: '1041' }),
  'a sequence without source': within('sequence', { source: undefined }),
  'a signature without value': within('signature', { value: undefined }),
  'a signature of 63 bytes': within('signature', { value: base64(Buffer.alloc(63)) }),
  'a signature of 65 bytes': within('signature', { value: base64(Buffer.alloc(65)) }),
  'a signature with trailing bits': within('signature', { value: `${'A'.repeat(85)}B==` }),
  'a key id of 31 bytes': within('signature', { keyId: Buffer.alloc(31).toString('base64url') }),
  'a key id with padding': within('signature', { keyId: HASH }),
};

const BY_CODE: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  STATEMENT_ID_FORM: {
    'a UUID of version 4': set({ id: '5e68cb7b-2baf-43c6-a692-92e4a466f564' }),
    'a UUID of version 7': set({ id: '01890a5d-ac96-774b-bcce-b302099a8057' }),
    'a UUID of another variant': set({ id: '5e68cb7b-2baf-83c6-c692-92e4a466f564' }),
    'a UUID in upper case': set({ id: '5E68CB7B-2BAF-83C6-A692-92E4A466F564' }),
    'a UUID without hyphens': set({ id: '5e68cb7b2baf83c6a69292e4a466f564' }),
    'a UUID in braces': set({ id: '{5e68cb7b-2baf-83c6-a692-92e4a466f564}' }),
    'a UUID and a line break': set({ id: '5e68cb7b-2baf-83c6-a692-92e4a466f564\n' }),
    'an empty id': set({ id: '' }),
  },
  STATEMENT_TIME_FORM: {
    'an event time without offset': set({ eventTime: '2026-03-12T10:15:02.120' }),
    'an event time in microseconds': set({ eventTime: '2026-03-12T10:15:02.120000+08:00' }),
    'an event time in lower case': set({ eventTime: '2026-03-12t10:15:02.120z' }),
    'an event time that is a date': set({ eventTime: '2026-03-12' }),
    'an event time on 30 February': set({ eventTime: '2026-02-30T10:15:02.120+08:00' }),
    'a recorded time in a leap second': set({ recordedTime: '2026-06-30T23:59:60Z' }),
    'a recorded time at hour 24': set({ recordedTime: '2026-03-12T24:00:00Z' }),
    'an empty recorded time': set({ recordedTime: '' }),
  },
  STATEMENT_PATH_FORM: Object.fromEntries(
    [
      '',
      '/',
      'holderName',
      '//a',
      '/a/b',
      '/keys/0',
      '/holder-name',
      '/a~0',
      '/1a',
      '/a ',
      `/${'a'.repeat(65)}`,
      '/__proto__',
    ].map((path) => [`a commitment at "${path}"`, changed((s) => (s.commitments[path] = HASH))]),
  ),
  STATEMENT_PATH_REPEATED: {
    'a claim that is public and committed': changed((s) => (s.commitments['/statusTo'] = HASH)),
  },
  STATEMENT_KEY_NAME: {
    'a key kind in upper case': key({ kind: 'License' }),
    'a key kind that is empty': key({ kind: '' }),
    'a key kind with NUL': key({ kind: 'license\u0000holder' }),
    'a key kind of 65 characters': key({ kind: 'a'.repeat(65) }),
  },
  STATEMENT_KEY_REPEATED: {
    'two keys of one kind and role': changed((s) =>
      s.keys.push({ kind: 'license', role: 'self', commitment: HASH }),
    ),
  },
  STATEMENT_SEQUENCE_SOURCE: {
    'a source of another organisation': within('sequence', {
      source: '91999999000000115N/permit-make/1',
    }),
    'a source of another system': within('sequence', {
      source: '1199999900000006XQ/permit-check/1',
    }),
    'a source without suffix': within('sequence', { source: '1199999900000006XQ/permit-make/' }),
    'a source with a deeper suffix': within('sequence', {
      source: '1199999900000006XQ/permit-make/1/2',
    }),
    'a source that is the system': within('sequence', { source: '1199999900000006XQ/permit-make' }),
  },
  STATEMENT_SIGNATURE_ALGORITHM: {
    'a signature without algorithm': within('signature', { alg: 'none' }),
    'a signature of an algorithm in another case': within('signature', { alg: 'ed25519' }),
    'a signature of an algorithm that is not known yet': within('signature', { alg: 'ES384' }),
    'a signature of the name of a curve': within('signature', { alg: 'P-256' }),
  },
};

export function entryCases(): Case[] {
  const as = (name: string, entry: string | Uint8Array, code?: string): Case => ({
    name,
    entry: base64(entry),
    ...(code === undefined ? {} : { code }),
  });
  return [
    ...Object.entries(ACCEPTED).map(([name, entry]) => as(name, entry)),
    ...Object.entries(CANONICAL).map(([name, [code, entry]]) => as(name, entry, code)),
    ...Object.entries(SHAPE).map(([name, entry]) => as(name, entry, 'STATEMENT_SHAPE')),
    ...Object.entries(BY_CODE).flatMap(([code, mutants]) =>
      Object.entries(mutants).map(([name, entry]) => as(name, entry, code)),
    ),
  ];
}
