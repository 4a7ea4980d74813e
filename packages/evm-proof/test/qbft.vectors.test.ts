import { describe, expect, test } from 'vitest';
import {
  formatHeader,
  formatQbftExtra,
  headerHash,
  parseHeader,
  parseQbftExtra,
  qbftBlockHash,
  qbftSealDigest,
  verifySealedHeader,
  type QbftExtra,
  type SealedHeader,
} from '../src/index.ts';
import {
  bytes,
  hex,
  readShared,
  refusal,
  sharedVector,
  vectorCases,
  type VectorCase,
} from './vectors.ts';

type HeaderCase = VectorCase & {
  readonly header: string;
  readonly validators: readonly string[];
  readonly sealed?: Readonly<Record<string, unknown>>;
};

const cases = vectorCases('sealed-header.json') as readonly HeaderCase[];

describe('verifySealedHeader', () => {
  test.each(cases)('decides as the vector says: $name', ({ header, validators, code, sealed }) => {
    const verify = (): SealedHeader =>
      verifySealedHeader({ header: bytes(header), validators: validators.map(bytes) });
    expect(refusal(verify)).toBe(code ?? 'accepted');
    if (sealed) expect(readable(verify())).toMatchObject(sealed);
  });

  test('is refused in the vectors for every reason there is', () => {
    const codes = new Set(cases.flatMap(({ code }) => code ?? []));
    expect([...codes].toSorted()).toEqual([
      'EVM_EXTRA_SHAPE',
      'EVM_HEADER_CONSTANT',
      'EVM_HEADER_SHAPE',
      'EVM_RLP_INTEGER',
      'EVM_RLP_LIMIT',
      'EVM_RLP_MALFORMED',
      'EVM_RLP_TRAILING',
      'EVM_SEALS_TOO_FEW',
      'EVM_SEAL_FOREIGN',
      'EVM_SEAL_MALLEATED',
      'EVM_SEAL_REPEATED',
      'EVM_SEAL_SHAPE',
      'EVM_VALIDATORS_DIFFER',
      'EVM_VALIDATORS_SHAPE',
    ]);
  });
});

/** A header of a real chain of Hyperledger Besu: 4 validators, round 1, 3 seals, before London. */
interface RealHeader {
  readonly headerRlp: string;
  readonly headerRlpWithoutSeals: string;
  readonly number: number;
  readonly timestamp: number;
  readonly extra: {
    readonly validators: readonly string[];
    readonly round: number;
    readonly seals: readonly string[];
  };
  readonly expected: {
    readonly commitSealHash: string;
    readonly blockHash: string;
    readonly keccakOfFullHeader_notUsedAnywhere: string;
    readonly recoveredSigners: readonly string[];
    readonly quorumRequired: number;
  };
  readonly extraOnlyDecode: readonly { readonly extraData: string }[];
}

const real = (): RealHeader => readShared('qbft/header-7528.json') as RealHeader;

const validators = (): Uint8Array[] => real().extra.validators.map(bytes);
/** The real header with other extra data. */
const changed = (change: (extra: QbftExtra) => Partial<QbftExtra>): Uint8Array => {
  const header = parseHeader(bytes(real().headerRlp));
  const extra = parseQbftExtra(header.extraData);
  return formatHeader(header, formatQbftExtra({ ...extra, ...change(extra) }));
};

describe.skipIf(sharedVector('qbft/header-7528.json').missing)('a real header', () => {
  test('is sealed, by exactly those who sealed it', () => {
    const { headerRlp, expected, number, timestamp } = real();
    const sealed = verifySealedHeader({ header: bytes(headerRlp), validators: validators() });
    expect(sealed.signers.map(hex)).toEqual(expected.recoveredSigners);
    expect(hex(sealed.hash)).toBe(expected.blockHash);
    expect(sealed).toMatchObject({ number, timestamp, round: 1, quorum: expected.quorumRequired });
  });

  test('has the published hashes', () => {
    const { headerRlp, headerRlpWithoutSeals, expected } = real();
    const header = parseHeader(bytes(headerRlp));
    expect(hex(qbftSealDigest(header))).toBe(expected.commitSealHash);
    expect(hex(qbftBlockHash(header))).toBe(expected.blockHash);
    expect(hex(headerHash(header))).toBe(expected.keccakOfFullHeader_notUsedAnywhere);
    expect(hex(qbftSealDigest(parseHeader(bytes(headerRlpWithoutSeals))))).toBe(
      expected.commitSealHash,
    );
    expect(hex(changed(({ seals }) => ({ seals })))).toBe(headerRlp);
  });

  test('is refused with any of its parts changed', () => {
    const verify = (header: Uint8Array, pinned = validators()): string =>
      refusal(() => verifySealedHeader({ header, validators: pinned }));
    expect(verify(bytes(real().headerRlpWithoutSeals))).toBe('EVM_SEALS_TOO_FEW');
    expect(verify(changed(({ seals }) => ({ seals: seals.slice(1) })))).toBe('EVM_SEALS_TOO_FEW');
    expect(verify(changed(({ seals }) => ({ seals: [...seals, seals[2]!] })))).toBe(
      'EVM_SEAL_REPEATED',
    );
    expect(verify(changed(() => ({ round: 0 })))).toBe('EVM_SEAL_FOREIGN');
    expect(verify(changed(() => ({ validators: [] })))).toBe('EVM_SEAL_FOREIGN');
    expect(verify(changed(({ validators: all }) => ({ validators: all.slice(1) })))).toBe(
      'EVM_VALIDATORS_DIFFER',
    );
    expect(verify(bytes(real().headerRlp), validators().slice(1))).toBe('EVM_VALIDATORS_DIFFER');
    const flipped = bytes(real().headerRlp);
    flipped[100]! ^= 1; // in the state root
    expect(verify(flipped)).toBe('EVM_SEAL_FOREIGN');
  });

  test('has a relative whose extra data alone is known', () => {
    for (const { extraData } of real().extraOnlyDecode) {
      const extra = parseQbftExtra(bytes(extraData));
      expect(extra).toMatchObject({ round: 0, vote: undefined });
      expect([extra.validators.length, extra.seals.length]).toEqual([1, 1]);
      expect(hex(formatQbftExtra(extra))).toBe(extraData);
    }
  });
});

/** The members with bytes in hexadecimal. */
function readable({ signers, ...rest }: SealedHeader): Readonly<Record<string, unknown>> {
  return {
    ...rest,
    hash: hex(rest.hash),
    receiptsRoot: hex(rest.receiptsRoot),
    signers: signers.map(hex),
  };
}
