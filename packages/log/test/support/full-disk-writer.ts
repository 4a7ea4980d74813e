// A process that appends to a log and publishes it until it is refused: node full-disk-writer.ts <store> <guard> <tiles>. Each line it writes
// is a fact.
import { createHash } from 'node:crypto';
import { writeSync } from 'node:fs';
import { isCodedError } from '@anchorlog/core';
import { openLog, statementOf } from './fixture.ts';

const [store = '', guard = '', tiles = ''] = process.argv.slice(2);

function say(fact: object): void {
  writeSync(1, `${JSON.stringify(fact)}\n`);
}

/** The code by which the operating system or the database says no, behind that of the log. */
function reasonOf(error: unknown): string {
  const own = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  if (!isCodedError(error) && own.startsWith('E')) return own;
  return error instanceof Error && error.cause !== undefined
    ? reasonOf(error.cause)
    : String(error);
}

try {
  const log = await openLog({ store, guard, tiles }, { queue: { maxEntries: 5000 } });
  for (let number = log.size; ; number += 100) {
    const batch = Array.from({ length: 100 }, (_, i) => statementOf(number + i));
    for (const { index, note } of await log.appendBatch(batch)) {
      say({ index, note: createHash('sha256').update(note).digest('base64') });
    }
    await log.publish();
  }
} catch (error) {
  say({ code: isCodedError(error) ? error.code : 'none', reason: reasonOf(error) });
  process.exit(0);
}
