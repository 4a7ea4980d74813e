import { randomBytes } from 'node:crypto';
import {
  ShapeReader,
  formatBase64,
  formatUtf8,
  isCodedError,
  parseJson,
  type JsonObject,
} from '@anchorlog/core';
import type { TreeHead } from '@anchorlog/tlog';
import { exchangeFile, readPlainFile, sweepBeside } from './contested-file.ts';
import { logError } from './error.ts';
import { fencedError } from './store.ts';

/** How a log becomes the one that writes the guard. */
export interface GuardClaim {
  /** The log's unique name line. */
  readonly origin: string;
  /** What the guard is to hold: the head of the store. */
  readonly head: TreeHead;
  /** Sees what the guard holds at the moment of the claim; what it throws leaves all as it was. May be called again. */
  readonly check: (found: TreeHead | undefined) => Promise<void>;
}

/**
 * A high-water mark outside the store: the newest head of which receipts may have gone out. Start-up refuses a store that is behind it
 * (spec/log §11.1). Where several processes can write a log, they must share its guard: the one that claimed it last writes it.
 */
export interface Guard {
  /** Give the head last written, undefined if none ever was. @throws LOG_GUARD_MALFORMED */
  read(): Promise<TreeHead | undefined>;
  /** Take the guard over from whoever has it, in one step with the check. @throws LOG_GUARD_MALFORMED, LOG_GUARD_MISMATCH, and as `check` */
  claim(claim: GuardClaim): Promise<void>;
  /**
   * Raise the mark, by compare and set: durable when it resolves, and nobody else has claimed the guard before. One call at a time, after
   * `claim`. @throws LOG_FENCED
   */
  write(head: TreeHead): Promise<void>;
}

/** What the file holds, and how it is written exactly. */
interface Marked {
  readonly bytes: Uint8Array;
  readonly head: TreeHead;
  readonly origin?: string | undefined;
}

const FORMATS = ['anchorlog/guard/1', 'anchorlog/guard/2'] as const;
const LIMITS = { bytes: 4096, depth: 2, items: 8, string: 1024 };

/**
 * Keep the guard in a file: best on another volume than the store, never in its folder. The file's folder must exist, so that a volume
 * that is not mounted does not look like a new guard.
 */
export function fileGuard(path: string): Guard {
  let mine: { readonly marked: Marked; readonly origin: string; readonly epoch: string };
  return {
    read: async () => (await readGuard(path))?.head,
    async claim({ origin, head, check }) {
      const epoch = formatBase64(randomBytes(16));
      for (;;) {
        const found = await readGuard(path);
        if (found?.origin !== undefined && found.origin !== origin) {
          throw logError('LOG_GUARD_MISMATCH', 'the guard is that of another log', {
            found: found.origin,
          });
        }
        await check(found?.head);
        const marked = markedOf({ origin, epoch, head });
        const next = marked.bytes;
        // Else whoever has it has raised it meanwhile, and what was checked is no more.
        if (!(await exchangeFile(path, { expected: found?.bytes, next }))) continue;
        mine = { marked, origin, epoch };
        return sweepBeside(path);
      }
    },
    async write(head) {
      const { marked, origin, epoch } = mine;
      if (marked.head.size >= head.size) return;
      const next = markedOf({ origin, epoch, head });
      const of = { expected: marked.bytes, next: next.bytes };
      if (!(await exchangeFile(path, of))) throw fencedError();
      mine = { marked: next, origin, epoch };
    },
  };
}

function markedOf(of: {
  readonly origin: string;
  readonly epoch: string;
  readonly head: TreeHead;
}): Marked {
  const { origin, epoch, head } = of;
  const { size, rootHash } = head;
  const guard = { format: FORMATS[1], origin, epoch, size, rootHash: formatBase64(rootHash) };
  return { bytes: formatUtf8(`${JSON.stringify(guard)}\n`), head: { size, rootHash }, origin };
}

async function readGuard(path: string): Promise<Marked | undefined> {
  let bytes: Uint8Array | undefined;
  try {
    bytes = await readPlainFile(path, LIMITS.bytes);
  } catch (cause) {
    if (cause instanceof TypeError) throw malformed(cause);
    throw logError('LOG_FAILED', 'the guard cannot be read', {}, { cause });
  }
  return bytes && parseGuard(bytes);
}

function parseGuard(bytes: Uint8Array): Marked {
  const shape = new ShapeReader((at, expected) => {
    throw new TypeError(`${at || '/'}: expected ${expected}`);
  });
  try {
    const guard: JsonObject = shape.object(parseJson(bytes, LIMITS), '', {
      required: ['format', 'rootHash', 'size'],
      optional: ['origin', 'epoch'],
    });
    const format = shape.word(guard['format'], '/format', FORMATS);
    const head = {
      size: shape.size(guard['size'], '/size'),
      rootHash: shape.base64(guard['rootHash'], '/rootHash', 32),
    };
    // As logs wrote it that did not claim it.
    if (format === FORMATS[0]) return { bytes, head };
    shape.base64(guard['epoch'], '/epoch', 16);
    return { bytes, head, origin: shape.string(guard['origin'], '/origin') };
  } catch (cause) {
    throw malformed(cause);
  }
}

function malformed(cause: unknown): Error {
  return logError(
    'LOG_GUARD_MALFORMED',
    'the guard is not a file that holds a head: put its own newest copy back; if there is none, remove it and adopt the newest head that somebody else holds',
    {},
    { cause },
  );
}

/**
 * Give a guard that was lost, or never was, the newest head that somebody outside this machine holds: the chain, a mirror, a witness, a
 * submitter's receipt. It replaces nothing and skips no check: the log still refuses a store that does not hold this head.
 * @throws LOG_GUARD_EXISTS
 */
export async function adoptGuard(
  guard: Guard,
  of: { readonly origin: string; readonly head: TreeHead },
): Promise<void> {
  const check = async (found: TreeHead | undefined): Promise<void> => {
    if (!found) return;
    throw logError('LOG_GUARD_EXISTS', `expected no guard, got one of size ${found.size}`, {
      size: found.size,
    });
  };
  await guard.claim({ ...of, check });
}

/** Claim a guard, or raise it; what the operating system has against it is the cause. @throws LOG_FAILED, and the codes of `work` */
export async function withGuard(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (cause) {
    if (isCodedError(cause)) throw cause;
    throw logError('LOG_FAILED', 'the guard cannot be written', {}, { cause });
  }
}
