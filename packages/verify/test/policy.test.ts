import { describe, expect, test } from 'vitest';
import type { JsonObject } from '@anchorlog/core';
import {
  isKeyBad,
  parseTrustPolicy,
  verifyBundle,
  type IssuerKey,
  type TrustPolicy,
} from '../src/index.ts';
import {
  ORG,
  ORIGIN,
  OTHER_ORG,
  TestKey,
  chain,
  chainRecord,
  fullBundle,
  issuerKey,
  keyRecord,
  log,
  otherChain,
  otherIssuerKey,
  policyOf,
  policyWithKey,
  policyWithLog,
  refusal,
  strangerKey,
} from './world.ts';
import { curveKeyRecord, policyWithCurve } from './curve-world.ts';

const es256Key = curveKeyRecord('ES256');
const { userId: _userId, ...withoutUserId } = curveKeyRecord('SM2');
const sm2AsEs256 = { ...withoutUserId, alg: 'ES256' };
const code = (policy: unknown): string => refusal(() => parseTrustPolicy(policy));
const validators = chain.addresses();
const sets = (...list: readonly JsonObject[]): JsonObject =>
  policyOf({ chains: [chainRecord(chain, list)] });

const closureOf = (changes: JsonObject = {}): JsonObject => ({
  chainId: chain.chainId,
  contract: chain.contract,
  number: 2,
  ...changes,
});
const closure = (changes: JsonObject = {}): JsonObject =>
  policyWithLog({ closedAt: [closureOf(changes)] });
const contractOf = (contract: string): JsonObject => ({
  contract,
  codeHash: `0x${'cd'.repeat(32)}`,
});
const withContracts = (...otherContracts: readonly JsonObject[]): JsonObject =>
  policyOf({
    chains: [{ ...chainRecord(chain, [{ fromBlock: 0, validators }]), otherContracts }],
  });

describe('parseTrustPolicy', () => {
  test('gives the same policy for text, bytes and JSON, with one digest', () => {
    const json = policyOf();
    const text = JSON.stringify(json, undefined, 3);
    const reversed = Object.fromEntries(Object.entries(json).toReversed());
    const policy = parseTrustPolicy(json);
    for (const input of [text, new TextEncoder().encode(text), reversed]) {
      expect(parseTrustPolicy(input)).toEqual(policy);
    }
    expect(policy.digest).toMatch(/^[0-9a-f]{64}$/);
    expect(parseTrustPolicy(policyOf({ date: '2026-03-02' })).digest).not.toBe(policy.digest);
  });

  test('reads keys, times and rules', () => {
    const policy = parseTrustPolicy({
      ...policyWithKey(
        keyRecord(issuerKey, {
          from: '2026-01-01T00:00:00+08:00',
          until: '2027-01-01T00:00:00Z',
          badFrom: [{ log: ORIGIN, size: 9 }],
        }),
      ),
      witnesses: [strangerKey.vkey('witness.example')],
      evidence: { any: [{ kind: 'sealed' }, { all: [{ kind: 'witnessed', count: 2 }] }] },
    });
    expect(policy.issuers.get(ORG)?.keys[0]).toMatchObject({
      keyId: issuerKey.keyId,
      from: Date.UTC(2025, 11, 31, 16),
      until: Date.UTC(2027, 0, 1),
      badFrom: [{ log: ORIGIN, size: 9 }],
    });
    expect(policy.witnesses[0]?.name).toBe('witness.example');
    expect(policy.logs.get(ORIGIN)?.receiptKey?.name).toBe(`${ORIGIN}/receipt`);
  });

  test('does without a receipt key and without names', () => {
    const [{ receiptVkey: _, ...rest }] = policyOf()['logs'] as unknown as [JsonObject];
    const policy = policyOf({ logs: [rest], issuers: [{ org: ORG, keys: [] }] });
    expect(code(policy)).toBe('accepted');
    expect(parseTrustPolicy(policy).logs.get(ORIGIN)?.receiptKey).toBeUndefined();
  });

  test.for<readonly [string, unknown]>([
    ['nothing', undefined],
    ['text that is no JSON', '{'],
    ['text with a member twice', '{"format":"anchorlog/policy/1","format":"anchorlog/policy/1"}'],
    ['a bundle', fullBundle()],
    ['a cycle', cyclic()],
    ['an unknown member', policyOf({ comment: 'x' })],
    ['a date that is none', policyOf({ date: '2026-02-30' })],
    ['an empty name', policyOf({ name: '' })],
    ['a name with a line break', policyOf({ name: 'a\nb' })],
    ['a suite of another name', policyWithLog({ suite: 'sha512' })],
    ['an index of another name', policyWithLog({ index: 'index/2' })],
    ['issuers of another form', policyWithLog({ issuers: 'all' })],
    ['a profile without version', policyWithLog({ profiles: ['license.lifecycle'] })],
    ['an origin with a space', policyWithLog({ origin: 'a b' })],
    ['an algorithm of another name', policyWithKey(keyRecord(issuerKey, { alg: 'RS256' }))],
    ['a key id of another form', policyWithKey(keyRecord(issuerKey, { keyId: 'x' }))],
    ['a time without offset', policyWithKey(keyRecord(issuerKey, { from: '2026-01-01T00:00:00' }))],
    ['a key of ES256 of 32 bytes', policyWithKey(keyRecord(issuerKey, { alg: 'ES256' }))],
    ['a key of Ed25519 of 65 bytes', policyWithCurve('ES256', { alg: 'Ed25519' })],
    ['a key of SM2 without user id', policyWithKey(withoutUserId)],
    ['an empty user id', policyWithCurve('SM2', { userId: '' })],
    ['a user id beyond ASCII', policyWithCurve('SM2', { userId: '示例市' })],
    ['a user id of 256 characters', policyWithCurve('SM2', { userId: 'x'.repeat(256) })],
    ['a user id of a key of ES256', policyWithCurve('ES256', { userId: 'a' })],
    [
      'a user id of a key of Ed25519',
      policyWithKey(keyRecord(issuerKey, { userId: '1234567812345678' })),
    ],
    ['an unknown member of a key', policyWithKey(keyRecord(issuerKey, { revoked: true }))],
    [
      'an address in upper case',
      sets({ fromBlock: 0, validators: [validators[0]!.toUpperCase()] }),
    ],
    ['a set of nobody', sets({ fromBlock: 0, validators: [] })],
    ['a chain of number 0', policyOf({ chains: [{ ...chainRecord(chain, []), chainId: 0 }] })],
    [
      'a code hash of 20 bytes',
      policyOf({ chains: [{ ...chainRecord(chain, []), codeHash: chain.contract }] }),
    ],
    ['evidence of an unknown kind', policyOf({ evidence: { kind: 'believed' } })],
    ['an empty rule', policyOf({ evidence: { any: [] } })],
    [
      'a rule of two',
      policyOf({ evidence: { any: [{ kind: 'sealed' }], all: [{ kind: 'sealed' }] } }),
    ],
    ['a count of none', policyOf({ evidence: { kind: 'witnessed', count: 0 } })],
    ['a count of seals', policyOf({ evidence: { kind: 'sealed', count: 1 } })],
    ['a rule too deep', policyOf({ evidence: nested(5) })],
    [
      'badFrom of one log only',
      policyWithKey(keyRecord(issuerKey, { badFrom: { log: ORIGIN, size: 9 } })),
    ],
    ['a closure without contract', policyWithLog({ closedAt: [{ chainId: 1337, number: 1 }] })],
    ['a closure on a chain that it does not name', closure({ chainId: 1338 })],
    ['a closure in a contract that it does not name', closure({ contract: otherChain.contract })],
    ['a contract without code hash', withContracts({ contract: otherChain.contract })],
    ['a fraction of a second', policyOf({ maxStatusAge: 0.5 })],
  ])('refuses %s as malformed', ([, policy]) => {
    expect(code(policy)).toBe('VERIFY_POLICY_MALFORMED');
  });

  test('takes a rule of four levels', () => {
    expect(code(policyOf({ evidence: nested(4) }))).toBe('accepted');
  });

  test('reads closures and contracts, none where there are none', () => {
    const plain = parseTrustPolicy(policyOf());
    expect(plain.logs.get(ORIGIN)?.closedAt).toEqual([]);
    expect(plain.chains.get(chain.chainId)?.otherContracts).toEqual([]);
    const { contract } = otherChain;
    const several = parseTrustPolicy({
      ...withContracts(contractOf(contract)),
      logs: closure({ contract, number: 0 })['logs'],
    });
    const bytes = Buffer.from(contract.slice(2), 'hex');
    const [closed] = several.logs.get(ORIGIN)!.closedAt;
    expect(closed).toMatchObject({ chainId: chain.chainId, number: 0 });
    expect(Buffer.from(closed!.contract)).toEqual(bytes);
    expect(Buffer.from(several.chains.get(chain.chainId)!.otherContracts[0]!.contract)).toEqual(
      bytes,
    );
  });

  test('refuses other versions apart', () => {
    expect(code(policyOf({ format: 'anchorlog/policy/2' }))).toBe('VERIFY_POLICY_VERSION');
    expect(code(policyOf({ format: 'anchorlog/bundle/1' }))).toBe('VERIFY_POLICY_MALFORMED');
  });

  test.for<readonly [string, unknown]>([
    ['a checkpoint key of another name', policyWithLog({ vkey: strangerKey.vkey('elsewhere') })],
    ['a receipt key of the log’s name', policyWithLog({ receiptVkey: strangerKey.vkey(ORIGIN) })],
    [
      'a key whose id is not its own',
      policyWithLog({ vkey: log.checkpointKey.vkey(ORIGIN).replace(/\+[0-9a-f]{8}/, '+00000000') }),
    ],
    ['a text that is no key', policyOf({ witnesses: ['witness'] })],
    ["another key's id", policyWithKey(keyRecord(issuerKey, { keyId: strangerKey.keyId }))],
    ['a key of SM2 said to be of ES256', policyWithKey(sm2AsEs256)],
    [
      'a point in hybrid form',
      policyWithCurve('ES256', { publicKey: `Bg${(es256Key['publicKey'] as string).slice(2)}` }),
    ],
    [
      'a key of small order',
      policyWithKey(keyRecord(issuerKey, { publicKey: `AQ${'A'.repeat(41)}=` })),
    ],
  ])('refuses %s', ([, policy]) => {
    expect(code(policy)).toBe('VERIFY_POLICY_KEY');
  });

  const twice = (member: string, key: TestKey): unknown =>
    policyOf({ [member]: [key.vkey('x.example')] });
  test.for<readonly [string, unknown]>([
    [
      'a log twice',
      policyOf({ logs: [policyOf()['logs'], policyOf()['logs']].flat() as JsonObject[] }),
    ],
    [
      'one key for checkpoints and receipts',
      policyWithLog({ receiptVkey: log.checkpointKey.vkey(`${ORIGIN}/receipt`) }),
    ],
    ['the log as its own witness', twice('witnesses', log.checkpointKey)],
    ['an issuer as observer', twice('observers', issuerKey)],
    ['the receipt key as index checker', twice('indexCheckers', log.receiptKey)],
    [
      'a witness who observes',
      policyOf({ witnesses: [strangerKey.vkey('x')], observers: [strangerKey.vkey('x')] }),
    ],
    ['a witness twice', policyOf({ witnesses: [strangerKey.vkey('x'), strangerKey.vkey('y')] })],
    [
      'an organisation twice',
      policyOf({
        issuers: [
          { org: ORG, keys: [] },
          { org: ORG, keys: [] },
        ],
      }),
    ],
    [
      'a key of two organisations',
      policyOf({
        issuers: [
          { org: ORG, keys: [keyRecord(otherIssuerKey)] },
          { org: OTHER_ORG, keys: [keyRecord(otherIssuerKey)] },
        ],
      }),
    ],
    ['a key twice', policyWithKey(keyRecord(issuerKey), keyRecord(issuerKey))],
    [
      'a log twice in what is known of a stolen key',
      policyWithKey(
        keyRecord(issuerKey, {
          badFrom: [
            { log: ORIGIN, size: 9 },
            { log: ORIGIN, size: 10 },
          ],
        }),
      ),
    ],
    ['a contract twice', withContracts(contractOf(chain.contract))],
    ['a validator as other contract', withContracts(contractOf(validators[0]!))],
    ['a chain twice', policyOf({ chains: [chainRecord(chain, []), chainRecord(chain, [])] })],
    [
      'a validator twice in a set',
      sets({ fromBlock: 0, validators: [...validators, validators[0]!] }),
    ],
    [
      'a validator of two chains',
      policyOf({
        chains: [chain, otherChain].map((each) =>
          chainRecord(each, [{ fromBlock: 0, validators }]),
        ),
      }),
    ],
    ['a contract as validator', sets({ fromBlock: 0, validators: [chain.contract] })],
  ])('refuses %s', ([, policy]) => {
    expect(code(policy)).toBe('VERIFY_POLICY_REPEATED');
  });

  test.for<readonly [string, unknown]>([
    [
      'sets that overlap by a block',
      sets({ fromBlock: 0, untilBlock: 9, validators }, { fromBlock: 9, validators }),
    ],
    ['two sets in office', sets({ fromBlock: 0, validators }, { fromBlock: 9, validators })],
    [
      'overlapping sets in another order',
      sets({ fromBlock: 9, validators }, { fromBlock: 0, untilBlock: 12, validators }),
    ],
    ['a set that ends before it begins', sets({ fromBlock: 9, untilBlock: 8, validators })],
    [
      'a key retired before it is used',
      policyWithKey(
        keyRecord(issuerKey, { from: '2026-01-02T00:00:00Z', until: '2026-01-01T00:00:00Z' }),
      ),
    ],
  ])('refuses %s', ([, policy]) => {
    expect(code(policy)).toBe('VERIFY_POLICY_RANGE');
  });

  test('takes sets that follow each other, with most of their members the same', () => {
    expect(
      code(
        sets(
          { fromBlock: 0, untilBlock: 8, validators },
          { fromBlock: 9, untilBlock: 9, validators: validators.slice(1) },
          { fromBlock: 10, validators },
        ),
      ),
    ).toBe('accepted');
  });
});

describe('isKeyBad', () => {
  const key = (badFrom?: IssuerKey['badFrom']): IssuerKey => ({
    keyId: issuerKey.keyId,
    alg: 'Ed25519',
    publicKey: issuerKey.publicKey,
    badFrom,
  });
  test.for<readonly [IssuerKey['badFrom'], number, boolean]>([
    [undefined, 9, false],
    [[], 0, true],
    [[{ log: 'elsewhere', size: 5 }], 0, true],
    [[{ log: ORIGIN, size: 5 }], 4, false],
    [[{ log: ORIGIN, size: 5 }], 5, true],
    [[{ log: ORIGIN, size: 0 }], 0, true],
  ])('%j at entry %i: %s', ([badFrom, index, bad]) => {
    expect(isKeyBad(key(badFrom), ORIGIN, index)).toBe(bad);
  });
});

describe('verifyBundle', () => {
  test('refuses a policy that was not parsed', () => {
    const raw = policyOf() as unknown as TrustPolicy;
    expect(() => verifyBundle(fullBundle(), raw, { now: new Date(0) })).toThrow(TypeError);
  });
});

function nested(levels: number): JsonObject {
  return levels === 1 ? { kind: 'sealed' } : { any: [nested(levels - 1)] };
}

function cyclic(): object {
  const policy: Record<string, unknown> = { ...policyOf() };
  policy['evidence'] = policy;
  return policy;
}
