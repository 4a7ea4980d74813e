import { equalBytes, formatHex } from '@anchorlog/core';
import { evmError } from './error.ts';
import { HEADER_FIELD, formatHeader, parseHeader, type BlockHeader } from './header.ts';
import { keccak256 } from './keccak.ts';
import { formatRlp, formatRlpInteger, isRlpString, parseRlp, parseRlpInteger } from './rlp.ts';
import type { RlpItem } from './rlp.ts';
import { recoverAddress } from './secp256k1.ts';

/** What QBFT puts into a header's extra data. */
export interface QbftExtra {
  /** 32 bytes without meaning. */
  readonly vanity: Uint8Array;
  /** Addresses of 20 bytes; none when a contract keeps the set. */
  readonly validators: readonly Uint8Array[];
  /** A proposal to add or drop a validator. */
  readonly vote?: { readonly recipient: Uint8Array; readonly add: boolean } | undefined;
  readonly round: number;
  /** Commit seals of 65 bytes each: r ‖ s ‖ v. */
  readonly seals: readonly Uint8Array[];
}

/** A header that enough pinned validators have sealed: final at once. */
export interface SealedHeader {
  readonly number: number;
  /** Seconds since 1970. */
  readonly timestamp: number;
  /** The block hash, 32 bytes. */
  readonly hash: Uint8Array;
  /** 32 bytes. */
  readonly receiptsRoot: Uint8Array;
  /** 32 bytes. */
  readonly stateRoot: Uint8Array;
  readonly round: number;
  /** Who sealed, in the order of the seals: addresses of 20 bytes. */
  readonly signers: readonly Uint8Array[];
  /** How many signers were needed. */
  readonly quorum: number;
}

/** A validator set and the heights it rules, both ends included. */
export interface ValidatorSet {
  readonly fromBlock: number;
  readonly untilBlock?: number | undefined;
  /** Addresses of 20 bytes. */
  readonly validators: readonly Uint8Array[];
}

/** Parse extra data in QBFT's form. spec/evidence §3.1 @throws EVM_EXTRA_SHAPE, EVM_RLP_MALFORMED, EVM_RLP_TRAILING, EVM_RLP_LIMIT, EVM_RLP_INTEGER */
export function parseQbftExtra(extraData: Uint8Array): QbftExtra {
  const list = parseRlp(extraData);
  if (isRlpString(list) || list.length !== 5) throw extraShape('a list of five');
  const [vanity, validators, vote, round, seals] = list;
  if (!isRlpString(vanity) || vanity.length !== 32) throw extraShape('a vanity of 32 bytes');
  if (!isRlpString(round)) throw extraShape('a round number');
  const extra = {
    vanity,
    validators: strings(validators, 20, 'validator addresses of 20 bytes'),
    vote: parseVote(vote),
    round: parseRlpInteger(round),
    seals: strings(seals, undefined, 'seals'),
  };
  if (extra.validators.length === 0 && extra.vote) throw extraShape('no vote without validators');
  return extra;
}

/** Encode extra data in QBFT's form. spec/evidence §3.1 */
export function formatQbftExtra({ vanity, validators, vote, round, seals }: QbftExtra): Uint8Array {
  const voted = vote ? [vote.recipient, vote.add ? Uint8Array.of(0xff) : new Uint8Array()] : [];
  return formatRlp([vanity, validators, voted, formatRlpInteger(round), seals]);
}

/** Compute the block hash of a QBFT header, 32 bytes: over round 0 and no seals. spec/evidence §3.2 */
export function qbftBlockHash(header: BlockHeader): Uint8Array {
  return unsealedHash(header, { ...parseQbftExtra(header.extraData), round: 0 });
}

/** Compute what the validators sign, 32 bytes: the header with its round and no seals. spec/evidence §3.2 */
export function qbftSealDigest(header: BlockHeader): Uint8Array {
  return unsealedHash(header, parseQbftExtra(header.extraData));
}

/** Hash a header with this extra data, less its seals. */
function unsealedHash(header: BlockHeader, extra: QbftExtra): Uint8Array {
  return keccak256(formatHeader(header, formatQbftExtra({ ...extra, seals: [] })));
}

/** Count the seals that `validators` need: two thirds, rounded up. spec/evidence §3.3 */
export function qbftQuorum(validators: number): number {
  return Math.ceil((2 * validators) / 3);
}

/** Choose the set that is pinned for a height. spec/evidence §3.4 @throws EVM_VALIDATORS_UNPINNED */
export function validatorsAt(
  sets: readonly ValidatorSet[],
  blockNumber: number,
): readonly Uint8Array[] {
  const set = sets.find(
    ({ fromBlock, untilBlock = Infinity }) => fromBlock <= blockNumber && blockNumber <= untilBlock,
  );
  if (set) return set.validators;
  throw evmError('EVM_VALIDATORS_UNPINNED', `no validator set is pinned for block ${blockNumber}`, {
    blockNumber,
  });
}

/**
 * Verify that a header, given as raw RLP, was sealed by two thirds or more of the pinned `validators` (addresses of 20 bytes, in any
 * order). The header proves nothing about its own validators: they must come from the verifier's policy. spec/evidence §3.3
 * @throws EVM_HEADER_CONSTANT, EVM_VALIDATORS_SHAPE, EVM_VALIDATORS_DIFFER, EVM_SEAL_SHAPE, EVM_SEAL_MALLEATED, EVM_SEAL_FOREIGN,
 *   EVM_SEAL_REPEATED, EVM_SEALS_TOO_FEW, and what `parseHeader` and `parseQbftExtra` throw
 */
export function verifySealedHeader({
  header: raw,
  validators,
}: {
  readonly header: Uint8Array;
  readonly validators: readonly Uint8Array[];
}): SealedHeader {
  const pinned = pin(validators);
  const header = parseHeader(raw);
  checkConstants(header);
  const extra = parseQbftExtra(header.extraData);
  checkValidators(extra.validators, pinned);

  const digest = unsealedHash(header, extra);
  const signers: Uint8Array[] = [];
  for (const [i, seal] of extra.seals.entries()) {
    const signer = recoverAddress({ digest, seal });
    if (!pinned.has(formatHex(signer))) {
      throw evmError('EVM_SEAL_FOREIGN', `seal ${i}: signed by no pinned validator`, { seal: i });
    }
    if (signers.some((earlier) => equalBytes(earlier, signer))) {
      throw evmError('EVM_SEAL_REPEATED', `seal ${i}: its validator has sealed already`, {
        seal: i,
      });
    }
    signers.push(signer);
  }
  const quorum = qbftQuorum(pinned.size);
  if (signers.length < quorum) {
    throw evmError('EVM_SEALS_TOO_FEW', `expected ${quorum} seals or more, got ${signers.length}`, {
      expected: quorum,
      got: signers.length,
    });
  }
  return {
    number: header.number,
    timestamp: header.timestamp,
    hash: unsealedHash(header, { ...extra, round: 0 }),
    receiptsRoot: header.receiptsRoot,
    stateRoot: header.stateRoot,
    round: extra.round,
    signers,
    quorum,
  };
}

/** The fields that are the same in every QBFT block, in hexadecimal. spec/evidence §3.1 */
export const QBFT_CONSTANTS = {
  ommersHash: '1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347',
  difficulty: '01',
  mixHash: '63746963616c2062797a616e74696e65206661756c7420746f6c6572616e6365',
  nonce: '0000000000000000',
} as const;

function checkConstants(header: BlockHeader): void {
  for (const [name, value] of Object.entries(QBFT_CONSTANTS)) {
    const field = header.fields[HEADER_FIELD[name as keyof typeof QBFT_CONSTANTS]]!; // its own keys
    if (formatHex(field) !== value) {
      throw evmError('EVM_HEADER_CONSTANT', `header: ${name} is not that of a QBFT block`, {
        name,
      });
    }
  }
}

function pin(validators: readonly Uint8Array[]): ReadonlySet<string> {
  const pinned = new Set(validators.map(formatHex));
  if (
    pinned.size === 0 ||
    pinned.size !== validators.length ||
    validators.some(({ length }) => length !== 20)
  ) {
    throw evmError(
      'EVM_VALIDATORS_SHAPE',
      'pinned validators: expected distinct addresses of 20 bytes',
    );
  }
  return pinned;
}

function checkValidators(named: readonly Uint8Array[], pinned: ReadonlySet<string>): void {
  if (named.length === 0) return; // a contract keeps the set: only the pin counts
  const distinct = new Set(named.map(formatHex));
  if (
    named.length !== pinned.size ||
    distinct.size !== pinned.size ||
    named.some((address) => !pinned.has(formatHex(address)))
  ) {
    throw evmError('EVM_VALIDATORS_DIFFER', 'header: its validators are not the pinned set', {
      named: named.length,
      pinned: pinned.size,
    });
  }
}

function parseVote(vote: RlpItem | undefined): QbftExtra['vote'] {
  if (Array.isArray(vote) && vote.length === 0) return undefined;
  const [recipient, kind] = strings(vote, undefined, 'a vote');
  if (vote!.length !== 2 || recipient!.length !== 20) throw extraShape('a vote of two');
  if (kind!.length > 0 && !(kind!.length === 1 && kind![0] === 0xff))
    throw extraShape('a vote to add or drop');
  return { recipient: recipient!, add: kind!.length > 0 };
}

function strings(
  item: RlpItem | undefined,
  length: number | undefined,
  expected: string,
): Uint8Array[] {
  if (item === undefined || isRlpString(item)) throw extraShape(expected);
  return item.map((string) => {
    if (!isRlpString(string) || (length !== undefined && string.length !== length)) {
      throw extraShape(expected);
    }
    return string;
  });
}

function extraShape(expected: string): Error {
  return evmError('EVM_EXTRA_SHAPE', `extra data: expected ${expected}`);
}
