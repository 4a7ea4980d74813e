import {
  base64,
  issue,
  keyPair,
  saltsOf,
  seed,
  signed,
  type Issue,
  type NaiveRecord,
} from './statement-parts.ts';

// A made-up profile that has a field of every sort, and records of it. Codes are of region 999999, which names nobody.

export const KEY = keyPair('issuer');
export const OTHER_KEY = keyPair('other issuer');

const org = '1199999900000006XQ';
const system = 'permit-make';

export const PERMIT: Issue['profile'] = {
  name: 'sample.permit/1',
  events: ['permit.issue', 'permit.change'],
  fields: [
    { name: 'permitNumber', disclosure: 'committed', key: { kind: 'license', role: 'self' } },
    { name: 'permitType', disclosure: 'public' },
    { name: 'statusTo', disclosure: 'public' },
    { name: 'fileDigest', disclosure: 'public' },
    { name: 'holderName', disclosure: 'committed' },
    { name: 'holder', disclosure: 'key', key: { kind: 'holder', role: 'self' } },
    { name: 'guardian', disclosure: 'committed' },
    { name: 'hiddenFromSubject', disclosure: 'committed' },
    { name: 'previousNumber', disclosure: 'committed', key: { kind: 'license', role: 'previous' } },
    { name: 'sealId', disclosure: 'public', key: { kind: 'seal-use', role: 'self' } },
    { name: 'count', disclosure: 'public' },
    { name: 'files', disclosure: 'committed' },
  ],
};
const COMMITMENTS = 10; // six committed fields and four keys

const LOG_PROFILE: Issue['profile'] = {
  name: 'log/1',
  events: ['log.create'],
  fields: ['origin', 'suite', 'index', 'anchorBy'].map((name) => ({ name, disclosure: 'public' })),
};

const city = { keyspace: 'city-999900/1', secret: base64(seed('keyspace city')) };
const staff = { keyspace: 'staff.999900/2026', secret: base64(seed('keyspace staff')) };

export function contextOf(label: string, more: Partial<Issue> = {}): Issue {
  return {
    log: 'example.gov/licenses',
    profile: PERMIT,
    issuer: { org, system },
    idSecret: base64(seed('id secret')),
    keyspaces: { license: city, holder: city, 'seal-use': staff },
    recordedTime: '2026-03-12T10:15:02.480+08:00',
    salts: saltsOf(label, COMMITMENTS),
    ...more,
  };
}

export const RECORD: NaiveRecord = {
  profile: PERMIT.name,
  event: 'permit.issue',
  key: 'ZZ-2026-0312-0001',
  eventTime: '2026-03-12T10:15:02.120+08:00',
  claims: {
    permitNumber: 'JY3999900000017',
    permitType: '食品经营许可证(虚构样例)',
    statusTo: 'valid',
    fileDigest: {
      alg: 'SM3',
      salted: false,
      value: '042f82f50c51d983b9f3845d09e14a07b7f6e195443b81bda9f0486a9554d27e',
    },
    holderName: '示例科技有限公司(虚构)',
    holder: { kind: 'uscc', id: '91999999000000115n' },
    hiddenFromSubject: true,
    sealId: '99999900000017',
    count: 3,
  },
};

const { key: _key, ...WITHOUT_KEY } = RECORD;
const LEAF = base64(seed('leaf'));
const FILE = { name: 'permit.ofd', size: 184320, sha256: seed('file').toString('hex') };

export interface Sample {
  readonly name: string;
  readonly record: NaiveRecord;
  readonly context: Issue;
  readonly signingSeed?: string;
}

/** Records to issue, each with all that issuing needs. */
export const SAMPLES: readonly Sample[] = [
  { name: 'a record', record: RECORD, context: contextOf('a record') },
  {
    name: 'every optional part: files, links, sequence, signature',
    record: {
      ...RECORD,
      files: [FILE],
      links: [
        { rel: 'sealedBy', key: 'SEAL-USE-0001' },
        { rel: 'supersedes', id: '5e68cb7b-2baf-83c6-a692-92e4a466f564' },
      ],
    },
    context: contextOf('every part', {
      files: [FILE],
      links: [
        { rel: 'sealedBy', leaf: LEAF },
        {
          rel: 'supersedes',
          leaf: base64(seed('leaf elsewhere')),
          log: 'example.gov/old-licenses',
        },
      ],
      sequence: { source: `${org}/${system}/1`, number: 1041 },
      signer: { alg: 'Ed25519', keyId: KEY.keyId },
    }),
    signingSeed: base64(KEY.seed),
  },
  {
    name: 'nothing but what every record has: all commitments are to null',
    record: { ...RECORD, claims: {} },
    context: contextOf('empty'),
  },
  {
    name: 'a field that is null is committed to like one that is absent',
    record: { ...RECORD, claims: { holderName: null, holder: null, statusTo: null } },
    context: contextOf('empty'),
  },
  {
    name: 'an id of its own instead of a key',
    record: { ...WITHOUT_KEY, id: '01890a5d-ac96-8a4b-8a4b-0123456789ab' },
    context: contextOf('own id'),
  },
  {
    name: 'values as they are: private use, decomposed and compatibility characters, controls, nesting',
    record: {
      ...RECORD,
      claims: {
        holderName: '\ue863e\u0301\uf900\u2028"\\/\u0000\u007f😀',
        guardian: {
          b: [1, [], {}, null, true],
          a: { '\ufb33': 1, '😀': 2, '10': 3, '9': 4 },
          '': -9007199254740991,
        },
        permitType: '\ue863e\u0301\uf900',
        statusTo: { z: ['\n'], a: 9007199254740991 },
      },
    },
    context: contextOf('values'),
  },
  {
    name: 'identifiers of another writing are the same index key',
    record: {
      ...RECORD,
      claims: {
        permitNumber: 'jy3999900000017',
        holder: '９１９９９９９９００００００１１５Ｎ',
        sealId: 'ａbＣ－1',
      },
    },
    context: contextOf('identifiers'),
  },
  {
    name: 'what the log says itself: public claims only',
    record: {
      profile: LOG_PROFILE.name,
      event: 'log.create',
      key: 'log.create',
      eventTime: '2026-01-01T00:00:00Z',
      claims: { origin: 'example.gov/licenses', suite: 'sha256', index: 'none', anchorBy: 24 },
    },
    context: contextOf('log', {
      profile: LOG_PROFILE,
      salts: '',
      recordedTime: '2026-01-01T00:00:00.000Z',
    }),
  },
];

/** The second sample, issued and signed: what the mutants are made of. */
export const FULL = ((): ReturnType<typeof issue> => {
  const { record, context } = SAMPLES[1]!;
  const { id, statement, disclosures } = issue(record, context);
  return { id, statement: signed(statement, KEY), disclosures };
})();
