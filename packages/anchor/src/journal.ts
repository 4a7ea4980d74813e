import { LevelCheck } from '@anchorlog/core/level-check';
import { levelFaultOf } from '@anchorlog/core/level-fault';
import { nodeLevelFolder } from '@anchorlog/core/node';
import { parseJson, ShapeReader, type JsonObject, type JsonValue } from '@anchorlog/core';
import {
  formatSealedEvidence,
  parseSealedEvidence,
  type AnchoredHead,
  type SealedEvidence,
} from '@anchorlog/evm-proof';
import { Level } from 'level';
import type { Anchor } from './anchor.ts';
import { anchorError } from './error.ts';
import { hex } from './registry.ts';
import type { SignedTx } from './sender.ts';

/** A head on its way, as the journal keeps it: spec/anchor §6.1. */
export interface HeadRecord {
  readonly head: AnchoredHead;
  readonly state: 'prepared' | 'sent' | 'mined';
  /** Transactions made for it, oldest first. Their bytes are kept before they are sent, and sent again as they are. */
  readonly attempts: readonly SignedTx[];
  /** Where the chain took it, in state `mined`. */
  readonly mined?: MinedAt | undefined;
}

/** Where the chain took a head. */
export interface MinedAt {
  /** From 1. */
  readonly number: number;
  readonly txHash: string;
  readonly blockNumber: number;
  readonly blockHash: string;
  /** Whether someone else's transaction did it. */
  readonly adopted: boolean;
}

/** Whose journal it is. */
export interface JournalOwner {
  readonly chainId: number;
  readonly contract: string;
  readonly logId: string;
}

/** Rows beyond this are not of this program. */
const MAX_ROW_BYTES = 16 * 1024 * 1024;
const LIMITS = { bytes: MAX_ROW_BYTES, depth: 8, items: 10_000, string: MAX_ROW_BYTES };

const FORMAT = 'anchorlog/anchors/1';
const OWNER = 'owner';
const HEAD = 'head/';
const FINAL = 'final/';

type Row =
  | { readonly type: 'put'; readonly key: string; readonly value: string }
  | { readonly type: 'del'; readonly key: string };

interface Range {
  readonly gt: string;
  readonly lt: string;
  readonly limit?: number;
  readonly reverse?: boolean;
}

/** Keeps what has become of every head, on disk. One process at a time. spec/anchor §6 */
export class Journal {
  readonly #db: Level;
  readonly #check: LevelCheck;

  private constructor(db: Level, check: LevelCheck) {
    this.#db = db;
    this.#check = check;
  }

  /** Open the journal in folder `dir`, made if absent. @throws ANCHOR_JOURNAL_LOCKED, ANCHOR_JOURNAL_MISMATCH, ANCHOR_JOURNAL_MALFORMED, ANCHOR_JOURNAL_FAILED */
  static async open(dir: string, owner: JournalOwner): Promise<Journal> {
    const { db, check } = await openChecked(dir);
    const journal = new Journal(db, check);
    try {
      await journal.#claim(owner);
    } catch (error) {
      await db.close();
      throw faultOf(error);
    }
    return journal;
  }

  /** Give the heads that are not final yet, smallest first. */
  async unfinished(): Promise<HeadRecord[]> {
    const records: HeadRecord[] = [];
    for await (const row of this.#rows({ gt: HEAD, lt: end(HEAD) })) {
      records.push(parseRecord(row));
    }
    return records;
  }

  /** Keep `record`; `drop` are sizes of heads that nothing more will become of. */
  async put(record: HeadRecord, drop: readonly number[] = []): Promise<void> {
    await this.#write([
      ...drop.map((size) => ({ type: 'del' as const, key: HEAD + order(size) })),
      {
        type: 'put' as const,
        key: HEAD + order(record.head.size),
        value: JSON.stringify(recordJson(record)),
      },
    ]);
  }

  /** Forget a head that is not final. */
  async drop(size: number): Promise<void> {
    await this.#write([{ type: 'del', key: HEAD + order(size) }]);
  }

  /** Keep a final anchor with its evidence, in the place of its record, in one write. */
  async finish(anchor: Anchor): Promise<void> {
    const place = order(anchor.head.size);
    await this.#write([
      { type: 'del', key: HEAD + place },
      { type: 'put', key: FINAL + place, value: JSON.stringify(anchorJson(anchor)) },
    ]);
  }

  /** Give the final anchors, smallest head first. */
  async *anchors(): AsyncGenerator<Anchor> {
    for await (const row of this.#rows({ gt: FINAL, lt: end(FINAL) })) yield parseAnchor(row);
  }

  /** Give the final anchor with the smallest head of more than `index` entries. */
  async firstCovering(index: number): Promise<Anchor | undefined> {
    const range = { gt: FINAL + order(index), lt: end(FINAL), limit: 1 };
    for await (const row of this.#rows(range)) return parseAnchor(row);
    return undefined;
  }

  /** Give the final anchor with the largest head. */
  async latest(): Promise<Anchor | undefined> {
    const range = { gt: FINAL, lt: end(FINAL), reverse: true, limit: 1 };
    for await (const row of this.#rows(range)) return parseAnchor(row);
    return undefined;
  }

  async close(): Promise<void> {
    await this.#db.close();
    await this.#check.closed();
  }

  async *#rows(range: Range): AsyncGenerator<string> {
    try {
      yield* this.#db.values(range);
    } catch (error) {
      throw faultOf(error);
    }
  }

  /** Written with fsync: what is acknowledged survives the machine. */
  async #write(rows: readonly Row[]): Promise<void> {
    try {
      await this.#db.batch([...rows], { sync: true });
    } catch (error) {
      throw levelFaultOf(error) === undefined ? error : failure(error);
    }
  }

  async #claim(owner: JournalOwner): Promise<void> {
    const own: JsonObject = { format: FORMAT, ...owner };
    const text = JSON.stringify(own);
    const found: string | undefined = await this.#db.get(OWNER);
    if (found === undefined) {
      await this.#write([{ type: 'put', key: OWNER, value: text }]);
    } else if (found !== text) {
      throw anchorError(
        'ANCHOR_JOURNAL_MISMATCH',
        'the journal is of another log, chain or contract',
      );
    }
  }
}

/** Open what was checked; a database opens itself soon after it is made. */
async function openChecked(dir: string): Promise<{ db: Level; check: LevelCheck }> {
  try {
    const check = await LevelCheck.of(nodeLevelFolder(dir), Date.now());
    const db = new Level(dir);
    await db.open();
    return { db, check };
  } catch (cause) {
    throw faultOf(cause);
  }
}

/** Sizes as keys that sort as numbers. */
function order(size: number): string {
  return size.toString(16).padStart(16, '0');
}

function end(prefix: string): string {
  return `${prefix}~`;
}

/** Say what is wrong with a journal that cannot be opened or read: a disk that is full or fails has damaged nothing. */
function faultOf(cause: unknown): unknown {
  switch (levelFaultOf(cause)) {
    case undefined:
      return cause;
    case 'locked':
      return anchorError('ANCHOR_JOURNAL_LOCKED', 'the journal is open elsewhere', {}, { cause });
    case 'damaged':
      return anchorError('ANCHOR_JOURNAL_MALFORMED', 'the journal is damaged', {}, { cause });
    case 'failed':
      return failure(cause);
  }
}

function failure(cause: unknown): Error {
  return anchorError(
    'ANCHOR_JOURNAL_FAILED',
    'the journal could not be read or written',
    {},
    { cause },
  );
}

const shape = new ShapeReader((at, expected) => {
  throw anchorError('ANCHOR_JOURNAL_MALFORMED', `journal: expected ${expected} at ${at}`, { at });
});

function parseRow(row: string): JsonValue {
  try {
    return parseJson(row, LIMITS);
  } catch (cause) {
    throw anchorError('ANCHOR_JOURNAL_MALFORMED', 'journal: a row is not JSON', {}, { cause });
  }
}

function headJson({ size, rootHash, indexRoot }: AnchoredHead): JsonObject {
  return { size, rootHash: hex(rootHash), indexRoot: hex(indexRoot) };
}

function parseHead(value: JsonValue | undefined, at: string): AnchoredHead {
  const head = shape.object(value, at, { required: ['size', 'rootHash', 'indexRoot'] });
  return {
    size: shape.size(head['size'], `${at}/size`),
    rootHash: shape.hex(head['rootHash'], `${at}/rootHash`, 32),
    indexRoot: shape.hex(head['indexRoot'], `${at}/indexRoot`, 32),
  };
}

function recordJson({ head, state, attempts, mined }: HeadRecord): JsonObject {
  return {
    head: headJson(head),
    state,
    attempts: attempts.map(({ nonce, hash, raw }) => ({ nonce, hash, raw })),
    ...(mined === undefined ? {} : { mined: { ...mined } }),
  };
}

function parseEvidence(value: JsonValue): SealedEvidence {
  try {
    return parseSealedEvidence(value);
  } catch (cause) {
    throw anchorError(
      'ANCHOR_JOURNAL_MALFORMED',
      'journal: no evidence at /evidence',
      {},
      { cause },
    );
  }
}

const HASH = /^0x[0-9a-f]{64}$/;
const DATA = /^0x([0-9a-f]{2})+$/;
const ADDRESS = /^0x[0-9a-f]{40}$/;

function parseRecord(row: string): HeadRecord {
  const record = shape.object(parseRow(row), '', {
    required: ['head', 'state', 'attempts'],
    optional: ['mined'],
  });
  return {
    head: parseHead(record['head'], '/head'),
    state: shape.word(record['state'], '/state', ['prepared', 'sent', 'mined']),
    attempts: shape.array(record['attempts'], '/attempts', 10_000, (value, at) => {
      const tx = shape.object(value, at, { required: ['nonce', 'hash', 'raw'] });
      return {
        nonce: shape.size(tx['nonce'], `${at}/nonce`),
        hash: shape.string(tx['hash'], `${at}/hash`, HASH),
        raw: shape.string(tx['raw'], `${at}/raw`, DATA),
      };
    }),
    mined: record['mined'] === undefined ? undefined : parseMined(record['mined'], '/mined'),
  };
}

function parseMined(value: JsonValue, at: string): MinedAt {
  const mined = shape.object(value, at, {
    required: ['number', 'txHash', 'blockNumber', 'blockHash', 'adopted'],
  });
  return {
    number: shape.size(mined['number'], `${at}/number`),
    txHash: shape.string(mined['txHash'], `${at}/txHash`, HASH),
    blockNumber: shape.size(mined['blockNumber'], `${at}/blockNumber`),
    blockHash: shape.string(mined['blockHash'], `${at}/blockHash`, HASH),
    adopted: mined['adopted'] === true,
  };
}

function anchorJson(anchor: Anchor): JsonObject {
  const { evidence, head, ...rest } = anchor;
  return {
    ...rest,
    head: headJson(head),
    ...(evidence === undefined ? {} : { evidence: formatSealedEvidence(evidence) }),
  };
}

function parseAnchor(row: string): Anchor {
  const anchor = shape.object(parseRow(row), '', {
    required: [
      'chainId',
      'contract',
      'number',
      'head',
      'txHash',
      'blockNumber',
      'blockHash',
      'blockTime',
    ],
    optional: ['evidence'],
  });
  return {
    chainId: shape.size(anchor['chainId'], '/chainId'),
    contract: shape.string(anchor['contract'], '/contract', ADDRESS),
    number: shape.size(anchor['number'], '/number'),
    head: parseHead(anchor['head'], '/head'),
    txHash: shape.string(anchor['txHash'], '/txHash', HASH),
    blockNumber: shape.size(anchor['blockNumber'], '/blockNumber'),
    blockHash: shape.string(anchor['blockHash'], '/blockHash', HASH),
    blockTime: shape.size(anchor['blockTime'], '/blockTime'),
    evidence: anchor['evidence'] === undefined ? undefined : parseEvidence(anchor['evidence']),
  };
}
