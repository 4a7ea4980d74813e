import { formatAddress, type StatementAddress } from '@anchorlog/statement';
import { sdkError } from './error.ts';

/** All that is kept of one record: what was handed in, the entry that is logged, and what opens it. Leaves the house only by disclosure. */
export interface VaultItem {
  readonly address: StatementAddress;
  /** The record as handed in, with the digests of its files in place of their paths; canonical JSON. */
  readonly record: string;
  /** Canonical JSON of the statement: exactly these bytes are appended, however often. */
  readonly entry: Uint8Array;
  /** Path → canonical JSON of the disclosure, index keys (`/keys/0`) included. */
  readonly disclosures: ReadonlyMap<string, Uint8Array>;
}

/** An item that was in the vault before. */
export interface StoredItem extends VaultItem {
  /** Counts items from 0 in the order in which they were added. */
  readonly number: number;
}

/** An item as it came out of issuing. */
export interface IssuedItem extends StoredItem {
  /** Whether it was issued just now, and not for an earlier time that its record was handed in. */
  readonly isNew: boolean;
}

/** In place of a record that was lost: no record is written like this. */
const LOST = 'null';

/** Make the item of an entry that is in the log, and of which nothing else is known any more. */
export function adoptedItem(address: StatementAddress, entry: Uint8Array): VaultItem {
  return { address, record: LOST, entry, disclosures: new Map() };
}

/** Tell whether record and openings of an item were lost with an earlier vault. */
export function isLost({ record }: VaultItem): boolean {
  return record === LOST;
}

/** Refuse what needs them. */
export function lostError({ address }: VaultItem): Error {
  return sdkError(
    'SDK_OPENINGS_LOST',
    'what opens this record was lost with an earlier vault: its statement stands, but can be neither opened nor compared',
    { id: address.id },
  );
}

/** How many bytes are kept of an item, about. */
export function sizeOf({ record, entry, disclosures }: VaultItem): number {
  let size = Buffer.byteLength(record) + entry.length;
  for (const [path, bytes] of disclosures) size += path.length + bytes.length;
  return size;
}

const LINE_END = 0x0a;
const SPACE = 0x20;

/** Write an item as lines: address, record, entry, then `path disclosure` for each. No JSON here holds a raw line end (spec/notary §5). */
export function formatItem({ address, record, entry, disclosures }: VaultItem): Uint8Array {
  const head = `${formatAddress(address)}\n${record}\n`;
  let length = Buffer.byteLength(head) + entry.length;
  for (const [path, bytes] of disclosures) length += path.length + bytes.length + 2;
  const row = Buffer.allocUnsafe(length);
  let at = row.write(head, 'utf8');
  row.set(entry, at);
  at += entry.length;
  for (const [path, bytes] of disclosures) {
    row[at] = LINE_END;
    at += 1 + row.write(path, at + 1, 'latin1'); // paths are ASCII (spec/statement §3)
    row[at] = SPACE;
    row.set(bytes, at + 1);
    at += 1 + bytes.length;
  }
  return row;
}

/** Read what `formatItem` wrote. @throws SDK_VAULT_DAMAGED */
export function parseItem(row: Uint8Array): VaultItem {
  const text = Buffer.from(row.buffer, row.byteOffset, row.length);
  const lines: Buffer[] = [];
  for (let at = 0; at <= text.length;) {
    const end = text.indexOf(LINE_END, at);
    const line = text.subarray(at, end === -1 ? text.length : end);
    lines.push(line);
    at += line.length + 1;
  }
  const [address, record, entry, ...rest] = lines;
  if (!address || !record || !entry) throw damaged('a row is cut');
  const disclosures = new Map<string, Uint8Array>();
  for (const line of rest) {
    const gap = line.indexOf(SPACE);
    if (gap === -1) throw damaged('a disclosure is cut');
    disclosures.set(line.toString('latin1', 0, gap), new Uint8Array(line.subarray(gap + 1)));
  }
  return {
    address: parseAddress(address.toString('latin1')),
    record: record.toString('utf8'),
    entry: new Uint8Array(entry),
    disclosures,
  };
}

function parseAddress(text: string): StatementAddress {
  const [org, system, id, ...rest] = text.split('/');
  if (!org || !system || !id || rest.length > 0) throw damaged('a row has no address');
  return { org, system, id };
}

function damaged(what: string): Error {
  return sdkError('SDK_VAULT_DAMAGED', `vault: ${what}`);
}
