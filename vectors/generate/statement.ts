import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { entryCases } from './statement-entries.ts';
import {
  base64,
  disclosureOf,
  idOf,
  issue,
  jcs,
  keyOf,
  normalize,
  seed,
  sha256,
} from './statement-parts.ts';
import { signed, vectorFile, type Case, type Json, type Statement } from './statement-parts.ts';
import { contextOf, FULL, KEY, OTHER_KEY, RECORD, SAMPLES } from './statement-samples.ts';
import { curveSignatureCases } from './statement-signatures.ts';

const TEXT = jcs(FULL.statement as Json);

function issueCases(): Case[] {
  return SAMPLES.map(({ name, record, context, signingSeed }) => {
    const { id, statement, disclosures } = issue(record, context);
    const entry = jcs((signingSeed === undefined ? statement : signed(statement, KEY)) as Json);
    const encoded = Object.entries(disclosures).map(([path, text]) => [path, base64(text)]);
    return {
      name,
      record,
      context,
      ...(signingSeed === undefined ? {} : { signingSeed }),
      id,
      entry: base64(entry),
      disclosures: Object.fromEntries(encoded) as Json,
    };
  });
}

const SECRETS = [base64(seed('secret one')), base64(Buffer.alloc(64, 0xaa))];

function idCases(): Case[] {
  const numbers = [
    ['a number', '1199999900000006XQ', 'permit-make', 'ZZ-2026-0312-0001'],
    ['another number', '1199999900000006XQ', 'permit-make', 'ZZ-2026-0312-0002'],
    ['another system', '1199999900000006XQ', 'permit-check', 'ZZ-2026-0312-0001'],
    ['another organisation', '91999999000000115N', 'permit-make', 'ZZ-2026-0312-0001'],
    ['a number that holds NUL', '1199999900000006XQ', 'permit', 'make\u0000ZZ-2026-0312-0001'],
    ['a number beyond ASCII', '1199999900000006XQ', 'permit-make', '许可〔2026〕1号'],
  ] as const;
  return SECRETS.flatMap((secret, i) =>
    numbers.map(([name, org, system, key]) => ({
      name: `${name}, secret ${i + 1}`,
      secret,
      org,
      system,
      key,
      id: idOf(secret, org, system, key),
    })),
  );
}

function identifierCases(): Case[] {
  const identifiers = [
    ['holder', 'ASCII letters', '91999999000000115n'],
    ['holder', 'full-width ASCII', '９１９９９９９９０００００１１５ｎ'],
    ['holder', 'the ends of the full-width block', '！～｀'],
    ['holder', 'white space stays', ' 91999999000000115N\t'],
    ['holder', 'the ideographic space stays', 'Ａ　Ｂ'],
    ['holder', 'other letters stay', 'äßıſÅ示例'],
    ['holder', 'half-width forms stay', 'ｱ￠'],
    ['holder', 'decomposed stays decomposed', 'e\u0301'],
    ['actor', 'an identifier of a person in an office', '1199999900000006xq/u0311'],
    ['license-use', 'the default for a trail kind', '1.2.156.3005.2.a'],
    ['license-use', 'full-width digits and points', '１．２．156.3005.2'],
    ['seal', 'lower case and full-width hyphen', 'yz－0001'],
    ['seal-use', 'lower case and full-width hyphen', 'yz－0001'],
    ['case', 'full-width digits, letters and slash', 'ｂｊ２６０４／０９'],
    ['case', 'a space inside stays', 'BJ 2604'],
    ['authorization', 'lower case', 'sq-20260829-0001'],
    ['authorization', 'a hyphen of another kind stays', 'SQ\u20102026'],
    ['holder', 'a resident number with a small x', '99999919841231006x'],
    ['holder', 'a resident number in full width', '９９９９９９１９８４１２３１００６ｘ'],
    ['holder', 'a no-break space stays', '91999999\u00a0000000115N'],
    ['holder', 'what has no width stays', '91999999000000115N\u200b'],
    ['actor', 'Arabic digits of another script stay', 'u\u0660\u0663'],
    ['license', 'verbatim: letters', '1.2.156.3005.2.a'],
    ['license', 'verbatim: white space', ' JY1 '],
    ['license', 'verbatim: full-width ASCII', 'ＪＹ１'],
  ] as const;
  return identifiers.map(([kind, name, identifier]) => ({
    name: `${kind}: ${name}`,
    kind,
    identifier,
    normalized: normalize(kind, identifier),
  }));
}

function keyCases(): Case[] {
  const places = [
    ['city-999900/1', 'holder', '91999999000000115N'],
    ['city-999900/1', 'actor', '91999999000000115N'],
    ['city-999900/2', 'holder', '91999999000000115N'],
    ['city-999900/1', 'holder', '９１９９９９９９０００００１１５ｎ'],
    ['city-999900/1', 'license', 'jy3999900000017'],
    ['a', 'b', '\u0000'],
  ] as const;
  return SECRETS.flatMap((secret, i) =>
    places.map(([keyspace, kind, identifier]) => ({
      name: `${keyspace} ${kind} ${JSON.stringify(identifier)}, secret ${i + 1}`,
      secret,
      keyspace,
      kind,
      identifier,
      key: base64(keyOf(secret, keyspace, kind, identifier)),
    })),
  );
}

/** The full statement with commitments of these texts instead, as an emitter could make them that does not obey. */
function committing(texts: Readonly<Record<string, string>>): string {
  const copy = structuredClone(FULL.statement);
  for (const [path, text] of Object.entries(texts)) {
    const key = /^\/keys\/([0-9]+)$/.exec(path);
    const commitment = base64(sha256(text));
    if (key) copy.keys[Number(key[1])]!['commitment'] = commitment;
    else copy.commitments[path] = commitment;
  }
  return jcs(copy as Json);
}

const SALT = seed('salt').subarray(0, 16);

function disclosureCases(): Case[] {
  const { id, statement, disclosures } = FULL;
  const issuer = `${statement.issuer.org}/${statement.issuer.system}`;
  const address = `${issuer}/${id}`;
  const name = disclosures['/holderName']!;
  const opening = disclosures['/keys/0']!;
  const as = (
    title: string,
    texts: readonly (string | Uint8Array)[],
    rest: Readonly<Record<string, unknown>> & { readonly code?: string },
  ): Case => ({ name: title, disclosures: texts.map(base64), ...rest });
  const refused = (code: string, title: string, ...texts: readonly (string | Uint8Array)[]): Case =>
    as(title, texts, { code });
  /** Refused although its hash is the commitment: the form alone decides. */
  const committed = (code: string, title: string, path: string, text: string): Case => ({
    ...refused(code, title, text),
    entry: base64(committing({ [path]: text })),
  });
  const opened = (value: Json): string => disclosureOf(SALT, address, '/keys/0', value);
  const key = base64(seed('key'));
  const other = issue(RECORD, contextOf('another record', { log: 'example.gov/other' }));
  const third = issue({ ...RECORD, key: 'ZZ-2026-0312-0009' }, contextOf('third'));
  const saltText = SALT.toString('base64url');
  const salted = (salt: string): string =>
    jcs(['anchorlog/commitment/1', salt, address, '/holderName', 1]);
  const keyValue = (JSON.parse(opening) as Json[])[4] as { keyspace: string; key: string };
  return [
    as('none', [], { claims: {}, keys: {} }),
    as('one claim', [name], { claims: { '/holderName': '示例科技有限公司(虚构)' }, keys: {} }),
    as('a claim that the record does not have', [disclosures['/guardian']!], {
      claims: { '/guardian': null },
      keys: {},
    }),
    as('claims in any order', [disclosures['/hiddenFromSubject']!, name], {
      claims: { '/holderName': '示例科技有限公司(虚构)', '/hiddenFromSubject': true },
      keys: {},
    }),
    as('the opening of a key', [opening], {
      claims: {},
      keys: { 0: { kind: 'license', role: 'self', ...keyValue } },
    }),
    as('the opening of a key that the record does not have', [disclosures['/keys/2']!], {
      claims: {},
      keys: { 2: null },
    }),
    as('all that there is', Object.values(disclosures), {}),
    refused('STATEMENT_DISCLOSURE_MISMATCH', 'the value changed', name.replace('示例', '举例')),
    refused(
      'STATEMENT_DISCLOSURE_MISMATCH',
      'the salt changed',
      name.replace(/","./, (salt) => `","${salt.endsWith('A') ? 'B' : 'A'}`),
    ),
    refused(
      'STATEMENT_DISCLOSURE_MISMATCH',
      'another path that is committed to',
      name.replace('/holderName', '/guardian'),
    ),
    refused(
      'STATEMENT_DISCLOSURE_MISMATCH',
      'a claim at the path of a key',
      disclosureOf(SALT, address, '/keys/0', null),
    ),
    refused(
      'STATEMENT_DISCLOSURE_MISMATCH',
      'of the same record issued again',
      other.disclosures['/holderName']!,
    ),
    refused(
      'STATEMENT_DISCLOSURE_UNREFERENCED',
      'a path that is not committed to',
      disclosureOf(SALT, address, '/holderCode', 1),
    ),
    refused(
      'STATEMENT_DISCLOSURE_UNREFERENCED',
      'a path that is public',
      disclosureOf(SALT, address, '/statusTo', 'valid'),
    ),
    refused(
      'STATEMENT_DISCLOSURE_UNREFERENCED',
      'a key that there is not',
      disclosureOf(SALT, address, '/keys/4', null),
    ),
    refused(
      'STATEMENT_DISCLOSURE_UNREFERENCED',
      'a name that every object has',
      disclosureOf(SALT, address, '/constructor', 1),
    ),
    refused('STATEMENT_DISCLOSURE_REPEATED', 'a claim twice', name, name),
    refused('STATEMENT_DISCLOSURE_REPEATED', 'a key twice', opening, opening),
    refused('STATEMENT_DISCLOSURE_ID', 'of another statement', third.disclosures['/holderName']!),
    {
      ...refused(
        'STATEMENT_DISCLOSURE_ID',
        'of another statement, whose commitment was copied',
        third.disclosures['/holderName']!,
      ),
      entry: base64(committing({ '/holderName': third.disclosures['/holderName']! })),
    },
    ...(['org', 'system'] as const).map((part) => {
      // Another organisation, or system, logs the same id and commitments, and waits for the disclosures.
      const copied = { ...statement, issuer: { ...statement.issuer, [part]: 'another' } };
      const { signature: _, sequence: __, ...unsigned } = copied;
      return {
        ...refused(
          'STATEMENT_DISCLOSURE_ID',
          `copied with id and commitments by another ${part}`,
          name,
        ),
        entry: base64(jcs(unsigned as Json)),
      };
    }),
    committed(
      'STATEMENT_ID_FORM',
      'an id that is no UUID of version 8',
      '/holderName',
      disclosureOf(SALT, `${issuer}/5e68cb7b-2baf-43c6-a692-92e4a466f564`, '/holderName', 1),
    ),
    committed('CORE_JCS_NOT_CANONICAL', 'white space', '/holderName', name.replace(',', ', ')),
    committed(
      'CORE_JCS_NOT_CANONICAL',
      'an escape that is not needed',
      '/holderName',
      name.replace('示', '\\u793a'),
    ),
    committed(
      'CORE_JCS_NOT_CANONICAL',
      'members of the value in another order',
      '/holderName',
      disclosureOf(SALT, address, '/holderName', 0).replace(/0\]$/, '{"b":1,"a":2}]'),
    ),
    committed(
      'CORE_JSON_DUPLICATE',
      'a duplicate member of the value',
      '/holderName',
      disclosureOf(SALT, address, '/holderName', 0).replace(/0\]$/, '{"a":1,"a":2}]'),
    ),
    committed(
      'CORE_JSON_NUMBER',
      'a fraction',
      '/holderName',
      disclosureOf(SALT, address, '/holderName', 0).replace(/0\]$/, '0.5]'),
    ),
    committed('CORE_JSON_TRAILING', 'trailing data', '/holderName', `${name}]`),
    committed('CORE_JSON_SYNTAX', 'cut short', '/holderName', name.slice(0, -1)),
    committed(
      'CORE_JSON_LIMIT',
      'a value nested to 17 levels',
      '/holderName',
      disclosureOf(SALT, address, '/holderName', 0).replace(
        /0\]$/,
        `${'['.repeat(17)}${']'.repeat(17)}]`,
      ),
    ),
    refused('CORE_UTF8_MALFORMED', 'bytes that are not UTF-8', Buffer.from([0x5b, 0xff, 0x5d])),
    ...(
      [
        ['a salt of 15 bytes', salted(seed('s').subarray(0, 15).toString('base64url'))],
        ['a salt of 17 bytes', salted(seed('s').subarray(0, 17).toString('base64url'))],
        ['an empty salt', salted('')],
        ['a salt with padding', salted(`${saltText}==`)],
        ['a salt with trailing bits', salted(`${'A'.repeat(21)}B`)],
        ['a salt in standard base64', salted(`${'+/'.repeat(10)}AA`)],
        ['a salt that is a number', name.replace(/"[^"]{22}"/, '1')],
        ['another tag', name.replace('commitment/1', 'commitment/2')],
        ['no tag', name.replace('"anchorlog/commitment/1",', '')],
        ['no value', name.replace(/,"[^"]*"\]$/, ']')],
        ['a sixth item', name.replace(/\]$/, ',null]')],
        ['an address that is null', name.replace(`"${address}"`, 'null')],
        ['an id without its issuer', name.replace(address, id)],
        ['an address of two parts', name.replace(address, `${statement.issuer.org}/${id}`)],
        ['an address of four parts', name.replace(address, `a/${address}`)],
        ['an address without a system', name.replace(address, `${statement.issuer.org}//${id}`)],
        ['an address with a blank', name.replace(address, `a b/c/${id}`)],
        ['a path that is a number', name.replace('"/holderName"', '1')],
        ['an object', '{}'],
        ['an empty array', '[]'],
        ['null', 'null'],
      ] as const
    ).map(([title, text]) => committed('STATEMENT_DISCLOSURE_SHAPE', title, '/holderName', text)),
    ...[
      '',
      'holderName',
      '/',
      '/a/b',
      '/keys/',
      '/keys/00',
      '/keys/100',
      '/keys/-1',
      '/keys/0/key',
      '/claims/a',
      '/__proto__',
    ].map((path) =>
      refused('STATEMENT_PATH_FORM', `the path "${path}"`, disclosureOf(SALT, address, path, null)),
    ),
    ...(
      [
        ['a key without its keyspace', { key }],
        ['a keyspace without its key', { keyspace: 'city/1' }],
        ['a third member', { keyspace: 'city/1', key, kind: 'license' }],
        ['a key of 31 bytes', { keyspace: 'city/1', key: base64(Buffer.alloc(31)) }],
        ['a key in base64url', { keyspace: 'city/1', key: `${'-_'.repeat(21)}A=` }],
        ['a keyspace that is null', { keyspace: null, key }],
        ['a key alone', key],
        ['an array', ['city/1', key]],
        ['an empty object', {}],
      ] as const
    ).map(([title, value]) =>
      committed(
        'STATEMENT_DISCLOSURE_SHAPE',
        `the opening of a key: ${title}`,
        '/keys/0',
        opened(value),
      ),
    ),
    committed(
      'STATEMENT_KEY_NAME',
      'the opening of a key: a keyspace in upper case',
      '/keys/0',
      opened({ keyspace: 'City/1', key }),
    ),
    committed(
      'STATEMENT_KEY_NAME',
      'the opening of a key: a keyspace with NUL',
      '/keys/0',
      opened({ keyspace: 'a\u0000b', key }),
    ),
  ];
}

function openingCases(): Case[] {
  const { disclosures } = FULL;
  const openings = [0, 1, 2, 3].map((i) => disclosures[`/keys/${i}`]!);
  const [first, second, third, fourth] = openings as [string, string, string, string];
  const as = (name: string, texts: readonly string[], code?: string): Case => ({
    name,
    openings: texts.map(base64),
    ...(code === undefined
      ? { keys: texts.map((text) => (JSON.parse(text) as Json[])[4]) }
      : { code }),
  });
  return [
    as('one for each key, in order', openings),
    as('none', [], 'STATEMENT_OPENING_COUNT'),
    as('one missing', [first, second, third], 'STATEMENT_OPENING_COUNT'),
    as('one missing in the middle', [first, second, fourth], 'STATEMENT_OPENING_COUNT'),
    as('in another order', [second, first, third, fourth], 'STATEMENT_OPENING_COUNT'),
    as('a claim besides', [...openings, disclosures['/holderName']!], 'STATEMENT_OPENING_COUNT'),
    as('one twice', [first, first, third, fourth], 'STATEMENT_DISCLOSURE_REPEATED'),
    as(
      'one of another keyspace',
      [first.replace('city-999900/1', 'city-999900/2'), second, third, fourth],
      'STATEMENT_DISCLOSURE_MISMATCH',
    ),
    as(
      'one made null',
      [first.replace(/\{.*\}/, 'null'), second, third, fourth],
      'STATEMENT_DISCLOSURE_MISMATCH',
    ),
  ];
}

const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n; // RFC 8032 §5.1

/** The signature with the group's order added to S: the same equation, other bytes. */
function malleated(signature: Buffer): Buffer {
  const s = BigInt(`0x${Buffer.from(signature.subarray(32)).reverse().toString('hex')}`);
  const high = Buffer.from((s + ORDER).toString(16).padStart(64, '0'), 'hex').reverse();
  return Buffer.concat([signature.subarray(0, 32), high]);
}

function signatureCases(): Case[] {
  const base = FULL.statement;
  const signature = base['signature'] as { alg: string; keyId: string; value: string };
  const as = (name: string, statement: Statement, publicKey: Uint8Array, code?: string): Case => ({
    name,
    entry: base64(jcs(statement as Json)),
    publicKey: base64(publicKey),
    ...(code === undefined ? {} : { code }),
  });
  const invalid = (name: string, statement: Statement): Case =>
    as(name, statement, KEY.publicKey, 'STATEMENT_SIGNATURE_INVALID');
  const bytes = Buffer.from(signature.value, 'base64');
  const valued = (value: Uint8Array): Statement => ({
    ...base,
    signature: { ...signature, value: base64(value) },
  });
  const { signature: _signature, ...unsigned } = base;
  return [
    as('by the key', base, KEY.publicKey),
    as('by an SPKI', base, KEY.spki, 'STATEMENT_PUBLIC_KEY_FORM'),
    as('none', unsigned as Statement, KEY.publicKey, 'STATEMENT_SIGNATURE_ABSENT'),
    as('by another key', base, OTHER_KEY.publicKey, 'STATEMENT_SIGNATURE_KEY'),
    as(
      'under the id of another key',
      { ...base, signature: { ...signature, keyId: OTHER_KEY.keyId } },
      OTHER_KEY.publicKey,
      'STATEMENT_SIGNATURE_INVALID',
    ),
    as('by a key of 31 bytes', base, KEY.publicKey.subarray(1), 'STATEMENT_PUBLIC_KEY_FORM'),
    invalid('replayed into another log', { ...base, log: 'example.gov/other' }),
    invalid('a claim changed', { ...base, claims: { ...base.claims, statusTo: 'revoked' } }),
    invalid('a link removed', { ...base, links: base.links.slice(1) }),
    invalid('the sequence removed', { ...base, sequence: undefined }),
    invalid('one bit of R flipped', valued(Buffer.from(bytes).fill(bytes[0]! ^ 1, 0, 1))),
    invalid('one bit of S flipped', valued(Buffer.from(bytes).fill(bytes[32]! ^ 1, 32, 33))),
    invalid('S + L', valued(malleated(bytes))),
    invalid('all zero', valued(Buffer.alloc(64))),
    invalid('made without the tag', signed(base, KEY, '')),
    invalid('made for another use', signed(base, KEY, 'anchorlog/observation/1\n')),
    ...curveSignatureCases(),
  ];
}

/** Make the vectors of spec/statement: path under vectors/ → text. */
export function generateStatement(): Record<string, string> {
  const entry = base64(TEXT);
  const file = (
    name: string,
    description: string,
    cases: readonly Case[],
    members: Readonly<Record<string, string>> = {},
  ): [string, string] => [`statement/${name}.json`, vectorFile(description, members, cases)];
  return Object.fromEntries([
    file(
      'issue',
      'spec/statement §4: `record` issued with `context` gives `id`, `entry` and `disclosures`',
      issueCases(),
    ),
    file('ids', 'spec/statement §2.2: the id of a record with this `key`', idCases()),
    file(
      'identifiers',
      'spec/statement §6.1: `identifier` as an index key of `kind`',
      identifierCases(),
    ),
    file('keys', 'spec/statement §6: the index key of `identifier`', keyCases()),
    file('entries', 'spec/statement §3: is `entry` a statement', entryCases()),
    file(
      'disclosures',
      'spec/statement §5: what `disclosures` open of `entry` (its own, or the one of the file)',
      disclosureCases(),
      { entry },
    ),
    file(
      'openings',
      'spec/statement §6.3: are `openings` those of all keys of `entry`',
      openingCases(),
      { entry },
    ),
    file(
      'signatures',
      'spec/statement §7: is `entry` signed by `publicKey` of `alg` (Ed25519 unless given)',
      signatureCases(),
    ),
  ]);
}

if (process.argv[1] === import.meta.filename) {
  for (const [path, text] of Object.entries(generateStatement())) {
    const target = new URL(`../${path}`, import.meta.url);
    mkdirSync(dirname(target.pathname), { recursive: true });
    writeFileSync(target, text);
  }
}
