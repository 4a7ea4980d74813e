// A process that appends to a copy of a log until it is refused: node copy-writer.ts <store> <guard> <tiles> <first number>. Each line it
// writes is a fact.
import { createHash } from 'node:crypto';
import { writeSync } from 'node:fs';
import { isCodedError } from '@anchorlog/core';
import { openLog, statementOf } from './fixture.ts';

const [store = '', guard = '', tiles = '', first = '1'] = process.argv.slice(2);

function say(fact: object): void {
  writeSync(1, `${JSON.stringify(fact)}\n`);
}

try {
  const log = await openLog({ store, guard, tiles }, { clock: Date.now });
  say({ fact: 'opened', size: log.size });
  for (let number = Number(first); ; number++) {
    const { index, note } = await log.append(statementOf(number));
    say({ fact: 'appended', index, note: createHash('sha256').update(note).digest('base64') });
  }
} catch (error) {
  say({ fact: 'refused', code: isCodedError(error) ? error.code : String(error) });
  process.exit(0);
}
