import { expect, test } from 'vitest';
import {
  directoryTiles,
  fileGuard,
  type Log,
  type LogReceipt,
  type LogStore,
} from '../../src/index.ts';
import { DiskError, faulty, type Fault } from './faulty.ts';
import { statementOf, type Place } from './fixture.ts';
import { rederive } from './inspect.ts';
import { checkWhole } from './whole.ts';

// The table of faults (spec/log §17): what fails, when, and that nothing acknowledged is lost after it. `faults.test.ts` holds rows about what
// each failure does to the log that is open; here every call of a whole life is made to fail, and the log is derived again whole.

/** What fails: a call of a part, at each of its turns in a life of the log, before it took effect or after. */
const CALLS = {
  store: [
    'last',
    'entry',
    'entries',
    'find',
    'group',
    'tile',
    'receiptNote',
    'checkpoint',
    'commit',
    'putReceiptNotes',
    'putCheckpoint',
    'checkWriter',
  ],
  guard: ['read', 'claim', 'write'],
  tiles: ['read', 'write', 'replaceCheckpoint', 'list', 'removePartial'],
} as const;
type Part = keyof typeof CALLS;
const READS = new Set(['last', 'entry', 'entries', 'group', 'tile', 'receiptNote', 'checkpoint']);

const ROWS = (Object.keys(CALLS) as Part[]).flatMap((part) =>
  CALLS[part].flatMap((call) =>
    (['before', 'after'] as const).map(
      (when) => [`${part}.${call} fails ${when} it took effect`, { part, call, when }] as const,
    ),
  ),
);

/** A kind of store, and how a test opens it. */
export interface Kind {
  place(): Promise<Place>;
  open(place: Place): Promise<LogStore>;
  /** Parts whose calls fail. */
  readonly parts: readonly Part[];
  /** Turns of a call that are tried: all of them; or the first before it takes effect, and the last after. */
  readonly turns: 'all' | 'one';
  /** Leave out calls that only read, where each life takes long. */
  readonly isBrief?: boolean;
}

/** Live with a fault: open, append, publish, ask, close, and open again. Give what was acknowledged; the fault ends it anywhere. */
async function live(
  kind: Kind,
  of: {
    readonly place: Place;
    readonly part: Part;
    readonly call: string;
    readonly when: Fault['when'];
    /** Asked at each turn of the call, through both openings. */
    readonly isTurn: () => boolean;
  },
): Promise<Map<number, LogReceipt>> {
  const { place, part, call, when, isTurn } = of;
  const acknowledged = new Map<number, LogReceipt>();
  const wrap = <T extends object>(name: Part, real: T): T =>
    name === part ? (faulty(real as never, { call, when, nth: 0 }, isTurn) as T) : real; // each is of a kind that can be made faulty
  const guard = wrap('guard', fileGuard(place.guard));
  const tiles = wrap('tiles', directoryTiles(place.tiles));
  const append = async (log: Log, numbers: readonly number[]): Promise<void> => {
    const appending = numbers.map((number) => log.append(statementOf(number)));
    for (const [i, result] of (await Promise.allSettled(appending)).entries()) {
      if (result.status === 'fulfilled') acknowledged.set(numbers[i]!, result.value);
    }
  };
  const open = async (numbers: readonly number[]): Promise<void> => {
    const store = wrap('store', await kind.open(place));
    const log = await place.open({ store, guard, tiles, partials: { keepMs: 0, everyMs: 0 } });
    try {
      for (let at = 0; at < numbers.length; at += 90) await append(log, numbers.slice(at, at + 90));
      await log.publish();
      await append(log, [1, numbers.at(-1)! + 1]);
      if (log.size > 1) await log.receipt(1);
      await log.proveConsistency({ olderSize: 1 });
      await rederive(log);
      await log.publish();
    } finally {
      await log.close();
    }
  };
  const numbers = Array.from({ length: 270 }, (_, i) => i + 1);
  for (const some of [numbers.slice(0, 180), numbers.slice(180)]) {
    try {
      await open(some);
    } catch (error) {
      // Whatever went wrong, it was this fault.
      expect(causesOf(error).some((cause) => cause instanceof DiskError)).toBe(true);
    }
  }
  return acknowledged;
}

function causesOf(error: unknown): unknown[] {
  if (!(error instanceof Error)) return [error];
  const inner = 'suppressed' in error ? causesOf(error.suppressed) : [];
  return [error, ...causesOf(error.cause), ...inner];
}

/** Count the turns that a call has in a life without fault. */
async function countTurns(kind: Kind, part: Part, call: string): Promise<number> {
  await using place = await kind.place();
  let turns = 0;
  const isTurn = (): boolean => {
    turns++;
    return false;
  };
  const acknowledged = await live(kind, { place, part, call, when: 'before', isTurn });
  expect(acknowledged.size).toBe(271);
  return turns;
}

/** Declare the rows of a kind of store. */
export function faultTable(kind: Kind): void {
  const known = new Map<string, Promise<number>>();
  const rows = ROWS.filter(
    ([, { part, call }]) =>
      kind.parts.includes(part) && !(kind.isBrief === true && READS.has(call)),
  );
  test.each(rows)(
    '%s: nothing acknowledged is lost',
    { timeout: 300_000 },
    async (_, { part, call, when }) => {
      const counting = known.get(`${part}.${call}`) ?? countTurns(kind, part, call);
      known.set(`${part}.${call}`, counting);
      const count = await counting;
      expect(count).toBeGreaterThan(0);
      const all = upTo(count);
      const one = when === 'before' ? [0] : [count - 1];
      for (const nth of kind.turns === 'all' ? all : one) {
        await using place = await kind.place();
        let turn = 0;
        const isTurn = (): boolean => turn++ === nth;
        const acknowledged = await live(kind, { place, part, call, when, isTurn });
        expect(turn).toBeGreaterThan(nth);
        await checkWhole(place, await kind.open(place), acknowledged);
      }
    },
  );
}

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}
