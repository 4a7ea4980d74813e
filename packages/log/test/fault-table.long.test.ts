import { describe } from 'vitest';
import { faultTable } from './support/fault-table.ts';
import { EMBEDDED, inMemory, inPostgres } from './support/kinds.ts';
import { describeWithPostgres } from './support/postgres.ts';

const whole = { parts: ['store', 'guard', 'tiles'], turns: 'all' } as const;

describe('the whole table of faults, on a store in memory', () => {
  faultTable({ ...inMemory(), ...whole });
});

describe('the whole table of faults, on the embedded store', () => {
  faultTable({ ...EMBEDDED, ...whole });
});

describeWithPostgres('the whole table of faults, on PostgreSQL', (server) => {
  faultTable({ ...inPostgres(server), ...whole });
});
