import { parseUtf8 } from '@anchorlog/core';
import { parseCheckpoint, parseNote } from '@anchorlog/tlog';
import { logError } from './error.ts';
import type { LogCheckpoint } from './log.ts';
import { CHECKPOINT_PATH, type TileSource } from './tiles.ts';

/**
 * Read the checkpoint that is published, undefined if there is none. Its signature is not checked: whoever could write a false one could
 * stop the log anyway, and could not make it sign. @throws LOG_CHECKPOINT_MALFORMED
 */
export async function readPublished(
  source: TileSource,
  origin: string,
): Promise<LogCheckpoint | undefined> {
  const bytes = await source.read(CHECKPOINT_PATH);
  if (!bytes) return undefined;
  try {
    const note = parseUtf8(bytes);
    const checkpoint = parseCheckpoint(parseNote(note).text);
    if (checkpoint.origin === origin) {
      return { size: checkpoint.size, rootHash: checkpoint.rootHash, note };
    }
  } catch (cause) {
    throw malformed(origin, cause);
  }
  throw malformed(origin);
}

function malformed(origin: string, cause?: unknown): Error {
  return logError(
    'LOG_CHECKPOINT_MALFORMED',
    `published: expected a checkpoint of ${origin}: put the right one back`,
    {},
    { cause },
  );
}
