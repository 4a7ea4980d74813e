import { describe } from 'vitest';
import { faultTable } from './support/fault-table.ts';
import { EMBEDDED, inMemory, inPostgres } from './support/kinds.ts';
import { describeWithPostgres } from './support/postgres.ts';

// A slice of the table; `fault-table.long.test.ts` has every call at each of its turns.

describe('the table of faults, on a store in memory', () => {
  faultTable({ ...inMemory(), parts: ['store', 'guard', 'tiles'], turns: 'one' });
});

describe('the table of faults, on the embedded store', () => {
  faultTable({ ...EMBEDDED, parts: ['store'], turns: 'one', isBrief: true });
});

describeWithPostgres('the table of faults, on PostgreSQL', (server) => {
  faultTable({ ...inPostgres(server), parts: ['store'], turns: 'one', isBrief: true });
});
