import {
  ShapeReader,
  canonicalBytes,
  equalBytes,
  formatBase64,
  formatUtf8,
  isCodedError,
  parseCanonical,
  type JsonValue,
} from '@anchorlog/core';
import { parseStatement, type StatementSequence } from '@anchorlog/statement';
import type { TreeHasher } from '@anchorlog/tlog';
import { logError } from './error.ts';

/** What stands in the place of an entry whose bytes are withheld (spec/log §16.1). */
export interface WithheldEntry {
  /** `<org>/<system>/<id>` of the statement that was there: it stays unique for ever. */
  readonly address: string;
  /** 32 bytes, of the bytes that were there: with them all roots and proofs stand. */
  readonly leafHash: Uint8Array;
  /** Index of the entry that orders it. */
  readonly order: number;
  /** That of the statement, if it had one: its number stays taken. */
  readonly sequence?: StatementSequence | undefined;
}

const FORMAT = 'anchorlog/withheld/1';
/** The event of an entry that orders others to be withheld. */
export const WITHHOLD_EVENT = 'entry.withhold';
/** Its first member in canonical order; that of a statement is another, so that a few bytes tell the two apart. */
const BEGINNING = formatUtf8('{"address":');

class OtherForm extends Error {}

const shape = new ShapeReader(() => {
  throw new OtherForm();
});

/** Give the bytes that stand for a withheld entry in stores and entry bundles: canonical JSON that is no statement. */
export function formatWithheld({ address, leafHash, order, sequence }: WithheldEntry): Uint8Array {
  return canonicalBytes({
    format: FORMAT,
    address,
    leafHash: formatBase64(leafHash),
    order,
    ...(sequence && { sequence: { source: sequence.source, number: sequence.number } }),
  });
}

/**
 * Read bytes of a store or entry bundle as a withheld entry; undefined for any others, which are the entry itself. Whether it may be withheld is
 * for who reads: the log must say so in the entry `order`.
 */
export function parseWithheld(bytes: Uint8Array): WithheldEntry | undefined {
  if (!startsAsWithheld(bytes)) return undefined;
  try {
    const withheld = shape.object(parseCanonical(bytes), '', {
      required: ['address', 'format', 'leafHash', 'order'],
      optional: ['sequence'],
    });
    shape.word(withheld['format'], '/format', [FORMAT]);
    return {
      address: shape.string(withheld['address'], '/address'),
      leafHash: shape.base64(withheld['leafHash'], '/leafHash', 32),
      order: shape.size(withheld['order'], '/order'),
      ...(withheld['sequence'] !== undefined && { sequence: sequenceOf(withheld['sequence']) }),
    };
  } catch (error) {
    if (error instanceof OtherForm || isCodedError(error)) return undefined;
    throw error;
  }
}

/** Compute the leaf hashes of entries in a row; of those that are withheld they are what stands in their place, and bound by the tree alone. */
export function hashEntries(entries: readonly Uint8Array[], hasher: TreeHasher): Uint8Array {
  const leafHashes = new Uint8Array(32 * entries.length);
  hasher.hashLeaves(entries, leafHashes, 0);
  for (const [i, entry] of entries.entries()) {
    const withheld = parseWithheld(entry);
    if (withheld) leafHashes.set(withheld.leafHash, 32 * i);
  }
  return leafHashes;
}

/** Tell whether what a store holds at a place is this entry, or stands for it. */
export function holdsEntry(stored: Uint8Array, entry: Uint8Array, hasher: TreeHasher): boolean {
  const withheld = parseWithheld(stored);
  return withheld ? equalBytes(withheld.leafHash, hasher.leaf(entry)) : equalBytes(stored, entry);
}

/** Give an entry that was asked for by itself. @throws LOG_ENTRY_WITHHELD */
export function unlessWithheld(index: number, stored: Uint8Array): Uint8Array {
  const withheld = parseWithheld(stored);
  if (!withheld) return stored;
  const { leafHash, order } = withheld;
  throw logError(
    'LOG_ENTRY_WITHHELD',
    `entry ${index} is withheld: entry ${order} says by what order. Its leaf hash stands, and whoever has its bytes can prove them`,
    { index, leafHash: formatBase64(leafHash), order },
  );
}

function sequenceOf(value: JsonValue): StatementSequence {
  const at = '/sequence';
  const sequence = shape.object(value, at, { required: ['number', 'source'] });
  return {
    source: shape.string(sequence['source'], `${at}/source`),
    number: shape.size(sequence['number'], `${at}/number`),
  };
}

function startsAsWithheld(bytes: Uint8Array): boolean {
  return BEGINNING.every((byte, i) => bytes[i] === byte);
}

/** A range of entries that the log says to withhold, from the entry that says so. */
export interface WithholdingOrder {
  /** Index of the first entry, and of the one after the last. */
  readonly from: number;
  readonly to: number;
  /** RFC 9162 root over the leaf hashes of the range: of one entry its leaf hash. */
  readonly rootHash: Uint8Array;
  readonly ground: 'order' | 'retention';
  /** Number of the document that demands it. */
  readonly document: string;
  /** `<org>/<system>` of who says so. */
  readonly issuer: string;
}

/** Read an entry that orders entries to be withheld; undefined for all others. spec/log §16.2, spec/profiles §6.13 */
export function parseWithholdingOrder(entry: Uint8Array): WithholdingOrder | undefined {
  try {
    const { profile, event, claims, issuer } = parseStatement(entry);
    if (profile !== 'log/1' || event !== WITHHOLD_EVENT) return undefined;
    const [from, to] = [
      shape.size(claims['fromIndex'], '/fromIndex'),
      shape.size(claims['toIndex'], '/toIndex'),
    ];
    if (from >= to) return undefined;
    return {
      from,
      to,
      rootHash: shape.base64(claims['rootHash'], '/rootHash', 32),
      ground: shape.word(claims['ground'], '/ground', ['order', 'retention'] as const),
      document: shape.string(claims['order'], '/order'),
      issuer: `${issuer.org}/${issuer.system}`,
    };
  } catch (error) {
    if (error instanceof OtherForm || isCodedError(error)) return undefined;
    throw error;
  }
}
