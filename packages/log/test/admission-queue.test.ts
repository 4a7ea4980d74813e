import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { AdmissionQueue, type Candidate } from '../src/admission-queue.ts';
import type { Admitted } from '../src/admission.ts';

interface Named extends Candidate {
  readonly name: string;
}

/** A queue that refuses entries without bytes, and what it told of whom. */
function queueOf(): { queue: AdmissionQueue<Named>; told: string[]; checked: () => number } {
  const told: string[] = [];
  let checked = 0;
  const queue = new AdmissionQueue<Named>({
    check: (entry): Admitted => {
      checked++;
      if (entry.length === 0) throw new TypeError('nothing');
      return { entry, address: String(entry[0]) };
    },
    pass: ({ name, entries }) => told.push(`${name} ${entries.length}`),
    refuse: ({ name }, error) => told.push(`${name} ${String(error)}`),
  });
  return { queue, told, checked: () => checked };
}

function candidate(name: string, count: number, change: Uint8Array[] = []): Named {
  const bytes = Array.from({ length: count }, (_, i) => Uint8Array.of(i));
  return { name, bytes: [...bytes, ...change], entries: [] };
}

describe('AdmissionQueue', () => {
  test('checks the first at once', () => {
    const { queue, told } = queueOf();
    queue.push(candidate('a', 1));
    queue.push(candidate('b', 2));
    expect([told, queue.isEmpty]).toEqual([['a 1', 'b 2'], true]);
  });

  test('checks no more in one turn than there is room for, and lets nobody overtake', async () => {
    const { queue, told, checked } = queueOf();
    queue.push(candidate('a', 1));
    queue.push(candidate('b', 1000));
    queue.push(candidate('c', 1));
    const first = checked();
    expect([told, queue.isEmpty]).toEqual([['a 1'], false]);
    await turn();
    expect(checked()).toBeLessThanOrEqual(2 * first);
    await queue.drained();
    queue.push(candidate('d', 1));
    await queue.drained();
    expect(told).toEqual(['a 1', 'b 1000', 'c 1', 'd 1']);
  });

  test('refuses a candidate as a whole, whichever of its entries it is, and goes on', async () => {
    const { queue, told, checked } = queueOf();
    const empty = new Uint8Array(0);
    queue.push(candidate('a', 0, [empty]));
    queue.push(candidate('b', 200, [empty, Uint8Array.of(1)]));
    queue.push(candidate('c', 1));
    await queue.drained();
    expect(told).toEqual(['a TypeError: nothing', 'b TypeError: nothing', 'c 1']);
    expect(checked()).toBe(1 + 201 + 1);
  });

  test('spends a turn on refusals too', () => {
    const { queue, told } = queueOf();
    for (let i = 0; i < 1000; i++) queue.push(candidate('a', 0, [new Uint8Array(0)]));
    expect(told.length).toBeLessThan(1000);
  });

  test('has nothing to wait for when nothing waits', async () => {
    const { queue } = queueOf();
    await queue.drained();
    expect(queue.isEmpty).toBe(true);
  });
});
