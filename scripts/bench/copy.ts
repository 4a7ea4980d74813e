import { hash } from 'node:crypto';
import type { Client } from 'pg';

// COPY … FROM STDIN (FORMAT binary), as fast as a client can: what a store in PostgreSQL is held against.

const SIGNATURE = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1');

/** Format entries as rows of index, address and entry. */
export function copyRows(from: number, entries: readonly Uint8Array[]): Buffer {
  const length = entries.reduce((sum, entry) => sum + 2 + 12 + 36 + 4 + entry.length, 0);
  const bytes = Buffer.allocUnsafe(SIGNATURE.length + length + 2);
  let at = SIGNATURE.copy(bytes);
  for (const [i, entry] of entries.entries()) {
    at = bytes.writeInt16BE(3, at);
    at = bytes.writeInt32BE(8, at);
    at = bytes.writeBigInt64BE(BigInt(from + i), at);
    for (const field of [hash('sha256', `org/system/${from + i}`, 'buffer'), entry]) {
      at = bytes.writeInt32BE(field.length, at);
      bytes.set(field, at);
      at += field.length;
    }
  }
  bytes.writeInt16BE(-1, at);
  return bytes;
}

/** What the client hands to a statement of another kind than its own, as far as it is used here. */
interface CopyConnection {
  query(text: string): void;
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
}

/** Run one COPY, and wait until it is committed. */
export function copyIn(client: Client, text: string, rows: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    client.query({
      submit: (connection: unknown) => (connection as CopyConnection).query(text), // the client's own
      handleCopyInResponse: (connection: CopyConnection) => {
        connection.sendCopyFromChunk(rows);
        connection.endCopyFrom();
      },
      handleCommandComplete: () => undefined,
      handleReadyForQuery: () => resolve(),
      handleError: reject,
    });
  });
}
