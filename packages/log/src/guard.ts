import { readFile } from 'node:fs/promises';
import { ShapeReader, formatBase64, parseJson } from '@anchorlog/core';
import type { TreeHead } from '@anchorlog/tlog';
import { isAbsent, writeDurably } from './durable-file.ts';
import { logError } from './error.ts';

/**
 * A high-water mark outside the store: the newest head of which receipts may have gone out. Start-up refuses a store that is behind it
 * (spec/log §11.1). `write` must be durable when it resolves, and never lower the mark; one log calls it with growing sizes, one call at a
 * time. Where several processes can write a log, they must share its guard.
 */
export interface Guard {
  /** Give the head last written, undefined if none ever was. @throws LOG_GUARD_MALFORMED */
  read(): Promise<TreeHead | undefined>;
  write(head: TreeHead): Promise<void>;
}

const FORMAT = 'anchorlog/guard/1';
const LIMITS = { bytes: 1024, depth: 2, items: 8, string: 256 };

/**
 * Keep the guard in a file: best on another volume than the store, never in its folder. The file's folder must exist, so that a volume
 * that is not mounted does not look like a new guard.
 */
export function fileGuard(path: string): Guard {
  return {
    read: () => readGuard(path),
    async write({ size, rootHash }) {
      // A writer that was paused and replaced comes late with an older head; the mark stays where it is.
      const marked = await readGuard(path);
      if (marked && marked.size > size) return;
      const guard = { format: FORMAT, size, rootHash: formatBase64(rootHash) };
      await writeDurably(path, `${JSON.stringify(guard)}\n`);
    },
  };
}

async function readGuard(path: string): Promise<TreeHead | undefined> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
  return parseGuard(bytes);
}

function parseGuard(bytes: Uint8Array): TreeHead {
  const shape = new ShapeReader((at, expected) => {
    throw new TypeError(`${at || '/'}: expected ${expected}`);
  });
  try {
    const guard = shape.object(parseJson(bytes, LIMITS), '', {
      required: ['format', 'rootHash', 'size'],
    });
    shape.word(guard['format'], '/format', [FORMAT]);
    return {
      size: shape.size(guard['size'], '/size'),
      rootHash: shape.base64(guard['rootHash'], '/rootHash', 32),
    };
  } catch (cause) {
    throw logError(
      'LOG_GUARD_MALFORMED',
      'the guard does not hold a head: put its own newest copy back; if there is none, remove it and adopt the newest head that somebody else holds',
      {},
      { cause },
    );
  }
}

/**
 * Give a guard that was lost, or never was, the newest head that somebody outside this machine holds: the chain, a mirror, a witness, a
 * submitter's receipt. It replaces nothing and skips no check: the log still refuses a store that does not hold this head.
 * @throws LOG_GUARD_EXISTS
 */
export async function adoptGuard(guard: Guard, head: TreeHead): Promise<void> {
  const found = await guard.read();
  if (found) {
    throw logError('LOG_GUARD_EXISTS', `expected no guard, got one of size ${found.size}`, {
      size: found.size,
    });
  }
  await guard.write(head);
}
