import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { formatHex, isCodedError } from '@anchorlog/core';
import { nodeEd25519 } from '@anchorlog/core/node';
import { openDisclosures, parseStatement } from '@anchorlog/statement';
import { nodeSha256 } from '@anchorlog/core/node';
import { openCheckpoint } from '@anchorlog/tlog';
import { verifyIndexProof } from '@anchorlog/vindex';
import { randomOf } from '@anchorlog/testkit';
import { describe, expect, test } from 'vitest';
import { naiveTrie, type NaiveLeaf } from '../../../vectors/generate/naive-index.ts';
import { backupLog, directoryTiles, readPublished, type Log, type LogStore } from '../src/index.ts';
import { addressOfEntry } from '../src/admission.ts';
import { openLevelStore } from '../src/level-store.ts';
import type { StoredPostings } from '../src/store.ts';
import {
  CHECKPOINT_KEY,
  ORIGIN,
  creationOf,
  makePlace,
  statementOf,
  type Place,
} from './support/fixture.ts';
import {
  keyedStatement,
  licensed,
  openIndexed,
  placeOf,
  registration,
  type Keyed,
  type TestKey,
} from './support/keyed.ts';

async function refusalOf(result: Promise<unknown>): Promise<string> {
  try {
    await result;
    return 'accepted';
  } catch (error) {
    if (isCodedError(error)) return error.code;
    throw error;
  }
}

const append = (log: Log, { entry, openings }: Keyed): Promise<unknown> =>
  log.append(entry, openings);

/** The root of the index over what a log holds, by the reference, which opens the keys itself. */
async function referenceRoot(log: Log, size: number): Promise<string> {
  const openings = new Map<number, readonly Uint8Array[]>();
  for await (const each of log.index!.openings({ from: 0, to: size })) {
    openings.set(each.index, each.openings);
  }
  const lists = new Map<string, NaiveLeaf['entries'][number][]>();
  for (let index = 0; index < size; index++) {
    const statement = parseStatement(await log.entry(index));
    const { leafHash } = await log.receipt(index);
    const { keys } = openDisclosures(statement, openings.get(index) ?? [], nodeSha256);
    expect(keys.size).toBe(statement.keys.length);
    for (const key of keys.values()) {
      if (!key) continue;
      const path = Buffer.concat([Buffer.from(`${key.keyspace}\0${key.kind}\0`), key.key]);
      const list = lists.get(path.toString('latin1')) ?? [];
      if (list.at(-1)?.index !== index) list.push({ index, leafHash: Buffer.from(leafHash) });
      lists.set(path.toString('latin1'), list);
    }
  }
  const leaves = [...lists].map(([name, entries]) => ({
    path: Buffer.from(nodeSha256.hash(Buffer.concat([Buffer.of(4), Buffer.from(name, 'latin1')]))),
    entries,
  }));
  return naiveTrie(leaves).toString('hex');
}

describe('a log with an index', () => {
  test('signs in its checkpoint the index root of what was opened, and proves by it what a key has', async () => {
    await using place = await makePlace();
    await using log = await openIndexed(place);
    await log.append(registration(1), []);
    await append(log, licensed(2, 'a'));
    await append(log, licensed(3, 'b'));
    await append(log, licensed(4, 'a'));
    const { note, size, indexRoot } = await log.publish();
    const opened = openCheckpoint(note, { origin: ORIGIN, key: CHECKPOINT_KEY }, nodeEd25519);
    expect(opened.indexRoot).toEqual(indexRoot);
    expect(formatHex(opened.indexRoot!)).toBe(await referenceRoot(log, size));
    const head = { size, indexRoot: opened.indexRoot! };
    for (const [path, indexes] of [
      [placeOf('a'), [2, 4]],
      [placeOf('b'), [3]],
      [placeOf('holder of a', 'holder'), [2, 4]],
      [placeOf('a', 'holder'), []],
    ] as const) {
      const answer = verifyIndexProof({
        head,
        path,
        proof: await log.index!.prove({ path, size }),
      });
      expect(answer.entries.map(({ index }) => index)).toEqual(indexes);
      for (const { index, leafHash } of answer.entries) {
        expect((await log.receipt(index)).leafHash).toEqual(leafHash);
      }
    }
    expect(await log.checkpoint()).toEqual({ size, note, indexRoot, rootHash: opened.rootHash });
  });

  test('gives every head its own index line, and the same for the same head after it was opened again or its index lost', async () => {
    await using place = await makePlace();
    const heads = new Map<number, string>();
    for (let round = 0; round < 4; round++) {
      await using log = await openIndexed(place);
      if (round === 0) await log.append(registration(1), []);
      else expect((await log.publish()).note).toBe(heads.get(log.size));
      for (let i = 0; i < 5; i++) await append(log, licensed(10 * round + i + 2, `no ${i}`));
      const { size, note, indexRoot } = await log.publish();
      expect(formatHex(indexRoot!)).toBe(await referenceRoot(log, size));
      heads.set(size, note);
      await log.index!.keep([...heads.keys()].slice(-2));
      if (round > 0 && round < 3) expect(log.index!.heads.length).toBe(2);
      if (round === 2)
        await rm(join(place.dir, 'index', 'trie', 'rows'), { recursive: true, force: true });
    }
  });

  test('keeps openings with its entries, for who replays it, and answers the same bytes again with the first receipt', async () => {
    await using place = await makePlace();
    {
      await using log = await openIndexed(place);
      await log.append(registration(1), []);
      const batch = [licensed(2, 'a'), licensed(3, 'b')];
      await log.appendBatch(
        batch.map(({ entry }) => entry),
        batch.map(({ openings }) => openings),
      );
      await append(log, licensed(4, 'c'));
    }
    await using log = await openIndexed(place);
    const { entry, openings } = licensed(3, 'b');
    expect((await log.append(entry, openings)).index).toBe(3);
    expect(log.size).toBe(5);
    const kept = [];
    for await (const each of log.index!.openings({ from: 2, to: 4 })) kept.push(each);
    expect(kept).toEqual(
      [2, 3].map((index) => ({
        index,
        openings: licensed(index, index === 2 ? 'a' : 'b').openings,
      })),
    );
    expect(() => log.index!.openings({ from: 0, to: 6 })).toThrow(/range/);
  });

  test('refuses to open another kind of log, and a store that keeps no postings', async () => {
    await using place = await makePlace();
    expect(await refusalOf(openIndexed(place, { create: () => creationOf() }))).toBe(
      'LOG_CREATE_MISMATCH',
    );
    await (await openIndexed(place)).close();
    expect(await refusalOf(place.open())).toBe('LOG_CREATE_MISMATCH');
    // A backup has no room for openings.
    const backup = { from: place.store, to: join(place.dir, 'backup') };
    expect(await refusalOf(backupLog(backup))).toBe('LOG_CREATE_MISMATCH');
    await using other = await makePlace();
    const whole = await openLevelStore(other.store, addressOfEntry);
    const bare = { ...whole, postings: undefined } as unknown as LogStore; // as a store without them has it
    expect(await refusalOf(openIndexed(other, { store: bare }))).toBe('LOG_INDEX_UNSUPPORTED');
  });

  test('publishes nothing once the postings of its entries are gone, or lead to another index than it has signed', async () => {
    await using place = await makePlace();
    {
      await using log = await openIndexed(place);
      await log.append(registration(1), []);
      await append(log, licensed(2, 'a'));
      await append(log, licensed(3, 'b'));
      await log.publish();
    }
    const publishedFrom = async (
      change: (row: StoredPostings) => StoredPostings[],
    ): Promise<string> => {
      const whole = await openLevelStore(place.store, addressOfEntry);
      const store: LogStore = {
        ...whole,
        async *postings(range) {
          for await (const row of whole.postings!(range)) yield* change(row);
        },
      };
      await rm(join(place.dir, 'index', 'trie'), { recursive: true });
      await using log = await openIndexed(place, { store });
      return refusalOf(log.publish());
    };
    const isGroup = ({ size }: StoredPostings): boolean => size === 3;
    expect(await publishedFrom((row) => (isGroup(row) ? [] : [row]))).toBe('LOG_STORE_DAMAGED');
    const emptied = { postings: new Uint8Array(0) };
    expect(await publishedFrom((row) => [isGroup(row) ? { ...row, ...emptied } : row])).toBe(
      'LOG_INDEX_MISMATCH',
    );
    expect(await publishedFrom((row) => [row])).toBe('accepted');
  });
});

describe('admission to a log with an index', () => {
  const admitted = async (log: Log, keyed: Keyed): Promise<string> => refusalOf(append(log, keyed));
  const keyedAs = (keys: readonly TestKey[]): Keyed => keyedStatement(50, keys);

  test('takes an opening for each key and no others', async () => {
    await using place = await makePlace();
    await using log = await openIndexed(place);
    await log.append(registration(1), []);
    const { entry, openings } = licensed(2, 'a');
    expect(await refusalOf(log.append(entry))).toBe('STATEMENT_OPENING_COUNT');
    expect(await refusalOf(log.append(entry, openings.slice(1)))).toBe('STATEMENT_OPENING_COUNT');
    expect(await refusalOf(log.append(entry, openings.toReversed()))).toBe(
      'STATEMENT_OPENING_COUNT',
    );
    expect(await refusalOf(log.append(entry, licensed(2, 'b').openings))).toBe(
      'STATEMENT_DISCLOSURE_MISMATCH',
    );
    expect(await refusalOf(log.append(entry, licensed(3, 'a').openings))).toBe(
      'STATEMENT_DISCLOSURE_ID',
    );
    expect(await admitted(log, licensed(2, 'a'))).toBe('accepted');
  });

  test('takes keys of registered keyspaces, of their writers and kinds', async () => {
    await using place = await makePlace();
    await using log = await openIndexed(place);
    expect(await admitted(log, licensed(2, 'a'))).toBe('LOG_KEYSPACE_UNREGISTERED');
    await log.append(registration(1, { writers: ['119999990000000099'], kinds: ['license'] }), []);
    expect(await admitted(log, licensed(2, 'a'))).toBe('LOG_WRITER_REFUSED');
    // Registrations add up.
    await log.append(registration(4), []);
    expect(await admitted(log, licensed(2, 'a'))).toBe('accepted');
    expect(await admitted(log, keyedAs([{ name: 'a' }, { kind: 'seal-use', name: 'a' }]))).toBe(
      'LOG_KIND_REFUSED',
    );
    expect(await admitted(log, keyedAs([{ name: 'a', keyspace: 'other/1' }]))).toBe(
      'LOG_KEYSPACE_UNREGISTERED',
    );
  });

  test('knows its keyspaces again when it is opened', async () => {
    await using place = await makePlace();
    {
      await using log = await openIndexed(place);
      await log.append(registration(1), []);
    }
    {
      await using log = await openIndexed(place);
      expect(await admitted(log, licensed(2, 'a'))).toBe('accepted');
    }
    await rm(join(place.dir, 'index', 'keyspaces.json'));
    await using log = await openIndexed(place);
    expect(await admitted(log, licensed(3, 'a'))).toBe('accepted');
  });

  test('lets the log itself register keyspaces, whose custodian stays', async () => {
    await using place = await makePlace();
    await using log = await openIndexed(place);
    const register = (entry: Uint8Array): Promise<string> => refusalOf(log.append(entry, []));
    expect(
      await register(
        registration(1, {}, { issuer: { org: '11999999000000001X', system: 'license-make' } }),
      ),
    ).toBe('LOG_KEYSPACE_REFUSED');
    expect(await register(registration(1, { writers: [] }))).toBe('LOG_KEYSPACE_REFUSED');
    expect(await register(registration(1, { kinds: ['Big'] }))).toBe('LOG_KEYSPACE_REFUSED');
    expect(await register(registration(1, { keyspace: 7 }))).toBe('LOG_KEYSPACE_REFUSED');
    expect(await register(registration(1))).toBe('accepted');
    expect(await register(registration(2, { custodian: '119999990000000099' }))).toBe(
      'LOG_KEYSPACE_REFUSED',
    );
    expect(await register(registration(3))).toBe('accepted');
  });

  test('files a lifecycle under the license itself and the previous one, and nothing else under kinds of a status', async () => {
    await using place = await makePlace();
    await using log = await openIndexed(place);
    await log.append(registration(1), []);
    const claims = { statusTo: 'valid', previousStatusTo: 'superseded' };
    const [own, previous] = [{ name: 'new' }, { role: 'previous', name: 'old' }] as const;
    const keyed = (keys: readonly TestKey[], more = {}): Promise<string> =>
      admitted(log, keyedStatement(60, keys, more));
    expect(await keyed([{ name: null }])).toBe('LOG_KEY_MISSING');
    expect(await keyed([{ kind: 'holder', name: 'h' }])).toBe('LOG_KEY_MISSING');
    expect(await keyed([own, own])).toBe('STATEMENT_KEY_REPEATED');
    expect(await keyed([own, { role: 'other', name: 'x' }])).toBe('LOG_KEY_MISSING');
    expect(await keyed([own, previous])).toBe('LOG_KEY_MISSING');
    expect(await keyed([own], { claims })).toBe('LOG_KEY_MISSING');
    expect(await keyed([own, { ...previous, name: 'new' }], { claims })).toBe('LOG_KEY_MISSING');
    expect(await keyed([own], { profile: 'license.use/1', event: 'license.use' })).toBe(
      'LOG_KIND_REFUSED',
    );
    expect(await keyed([own, previous], { claims })).toBe('accepted');
    const { size, indexRoot } = await log.publish();
    for (const name of ['new', 'old']) {
      const path = placeOf(name);
      const proof = await log.index!.prove({ path, size });
      expect(verifyIndexProof({ head: { size, indexRoot: indexRoot! }, path, proof }).count).toBe(
        1,
      );
    }
  });

  test('takes no openings without an index', async () => {
    await using place = await makePlace();
    await using log = await place.open();
    const { entry, openings } = licensed(2, 'a');
    expect(log.index).toBeUndefined();
    expect(await refusalOf(log.append(entry, openings))).toBe('LOG_OPENINGS_UNWANTED');
    expect(await refusalOf(log.append(entry))).toBe('accepted');
    expect(await refusalOf(log.append(statementOf(9), []))).toBe('accepted');
    expect((await log.publish()).indexRoot).toBeUndefined();
  });
});

type Fact =
  | { readonly fact: 'opening' }
  | { readonly fact: 'appended'; readonly number: number; readonly index: number }
  | { readonly fact: 'published'; readonly size: number; readonly root: string };

/** Let a process append licenses and kill it some facts later. */
async function appendAndKill(place: Place, first: number, random: () => number): Promise<Fact[]> {
  const appender = fileURLToPath(new URL('support/keyed-appender.ts', import.meta.url));
  const { dir, store, guard, tiles } = place;
  const argv = ['-C', '@anchorlog/source', appender, dir, store, guard, tiles, String(first)];
  const child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const last = Math.ceil(random() * 40);
  const facts: Fact[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    if (!line.endsWith('}')) continue; // cut
    facts.push(JSON.parse(line) as Fact); // written by the appender
    if (facts.length === last) child.kill('SIGKILL');
  }
  expect(await exited).toEqual([null, 'SIGKILL']);
  return facts;
}

describe('a log with an index that is killed', () => {
  test('has every posting that it acknowledged, and the roots that it signed, 8 times at seeded moments', async () => {
    await using place = await makePlace();
    const random = randomOf(20_261_125);
    let first = 2;
    const signed = new Map<number, string>();
    for (let round = 0; round < 8; round++) {
      const facts = await appendAndKill(place, first, random);
      for (const fact of facts) {
        if (fact.fact === 'appended') first = Math.max(first, fact.number + 1);
        if (fact.fact === 'published') signed.set(fact.size, fact.root);
      }
      await using log = await openIndexed(place, { clock: Date.now });
      const { size, indexRoot } = await log.publish();
      expect(size).toBeGreaterThanOrEqual(first - 1);
      expect(formatHex(indexRoot!)).toBe(await referenceRoot(log, size));
      signed.set(size, formatHex(indexRoot!));
      const published = await readPublished(directoryTiles(place.tiles), ORIGIN);
      expect(published?.size).toBe(size);
    }
    expect(first).toBeGreaterThan(300);
    await using log = await openIndexed(place, { clock: Date.now });
    for (const [size, root] of signed) {
      expect(formatHex((await log.checkpoint(size))!.indexRoot!)).toBe(root);
    }
  }, 180_000);
});
