import { formatUtf8, parseUtf8 } from '@anchorlog/core';
import { nodeSha256 } from '@anchorlog/core/node';
import { indexKey, parseStatement, type Issued } from '@anchorlog/statement';
import { matchDeliveries, scanTrail, type Trail, type TrailKey } from '@anchorlog/audit';
import { describe, expect, test } from 'vitest';
import { GENESIS, ORG, SECRET, issued, readings, type TestRecord } from './published.ts';

const SUBJECT = '91999999000000115N';
const CONSUMER = '11999999000000094E';

function holderKey(identifier: string, keyspace = 'example.gov/trail'): TrailKey {
  const kind = 'holder';
  const key = indexKey({ suite: nodeSha256, secret: SECRET, keyspace, kind, identifier });
  return { kind, key, keyspace };
}

/** Scan items; `hand` changes what the vault gives for one of them, by its place. */
async function trailOf(
  items: readonly Issued[],
  hand: (
    all: readonly Uint8Array[],
    place: number,
    item: Issued,
  ) => readonly Uint8Array[] | undefined = (all) => all,
  keys: readonly TrailKey[] = [holderKey(SUBJECT)],
): Promise<Trail> {
  const vault = new Map(
    items.map((item, i) => [item.id, hand([...item.disclosures.values()], i, item)]),
  );
  return scanTrail({
    entries: (async function* () {
      for (const { entry } of items) yield entry;
    })(),
    disclosuresOf: async ({ id }) => vault.get(id),
    keys,
    suite: nodeSha256,
  });
}

describe('scanTrail', () => {
  test('finds every entry filed under a key, with what its disclosures open', async () => {
    const items = await Promise.all([GENESIS, ...readings(6)].map(issued));
    const trail = await trailOf(items);
    expect(trail.entries.map(({ index, role, opened }) => [index, role, opened])).toEqual([
      [1, 'self', { reason: 'reading 0' }],
      [3, 'self', { reason: 'reading 2' }],
      [5, 'self', { reason: 'reading 4' }],
    ]);
    expect(trail).toMatchObject({
      scanned: 7,
      unopened: 0,
      malformed: 0,
      misfit: 0,
      complete: false,
    });
  });

  test('counts the entries that nothing opens, since they may belong to the trail', async () => {
    const items = await Promise.all([GENESIS, ...readings(6)].map(issued));
    const trail = await trailOf(items, (all, i) => (i === 3 ? undefined : all));
    expect(trail.entries.map(({ index }) => index)).toEqual([1, 5]);
    expect(trail.unopened).toBe(1);
  });

  test('counts an entry whose keys a custodian keeps back, whatever else is handed over', async () => {
    const items = await Promise.all([GENESIS, ...readings(6)].map(issued));
    const isReason = (bytes: Uint8Array): boolean => parseUtf8(bytes).includes('"/reason"');
    for (const kept of [[], [...items[3]!.disclosures.values()].filter(isReason)]) {
      const trail = await trailOf(items, (all, i) => (i === 3 ? kept : all));
      expect(trail.entries.map(({ index }) => index)).toEqual([1, 5]);
      expect(trail).toMatchObject({ unopened: 1, misfit: 0 });
    }
  });

  test('counts the entries that are filed in a keyspace whose key is not sought', async () => {
    const items = await Promise.all([GENESIS, ...readings(6)].map(issued));
    const all = (bytes: readonly Uint8Array[]): readonly Uint8Array[] => bytes;
    const rotated = holderKey(SUBJECT, 'example.gov/trail2');
    expect(await trailOf(items, all, [rotated])).toMatchObject({ entries: [], unopened: 6 });
    const both = await trailOf(items, all, [rotated, holderKey(SUBJECT)]);
    expect(both.entries.map(({ index }) => index)).toEqual([1, 3, 5]);
    expect(both.unopened).toBe(0);
  });

  test('goes on past an entry that is no statement, and past disclosures that open nothing', async () => {
    const items = await Promise.all([GENESIS, ...readings(6)].map(issued));
    const foreign = [...items[1]!.disclosures.values()];
    const broken = { ...items[2]!, entry: formatUtf8('{}') };
    const trail = await trailOf(items.with(2, broken), (all, i) => {
      if (i === 3) return [formatUtf8('[]'), ...foreign, ...all];
      return i === 4 ? foreign : all;
    });
    expect(trail.entries.map(({ index, opened }) => [index, opened])).toEqual([
      [1, { reason: 'reading 0' }],
      [3, { reason: 'reading 2' }],
      [5, { reason: 'reading 4' }],
    ]);
    expect(trail).toMatchObject({ scanned: 7, malformed: 1, misfit: 2, unopened: 1 });
  });
});

describe('matchDeliveries', () => {
  function delivery(deliveryId: string, org: string, recordCount = '1'): TestRecord {
    const claims = {
      deliveryId,
      providerOrgCode: ORG,
      consumerOrgCode: CONSUMER,
      recordCount,
      subject: SUBJECT,
    };
    return {
      profile: 'share.delivery/1',
      event: 'share.deliver',
      key: `${deliveryId}/${org}`,
      claims,
      org,
    };
  }

  async function matched(...records: TestRecord[]): Promise<ReturnType<typeof matchDeliveries>> {
    const items = await Promise.all(records.map(issued));
    return matchDeliveries(
      items.map(({ entry }, index) => ({ index, statement: parseStatement(entry) })),
    );
  }

  test('pairs provider and consumer of one delivery', async () => {
    expect(
      await matched(delivery('D1', ORG), delivery('D2', ORG), delivery('D1', CONSUMER)),
    ).toEqual([
      { deliveryId: 'D1', providers: [0], consumers: [2], strangers: [], differences: [] },
      { deliveryId: 'D2', providers: [1], consumers: [], strangers: [], differences: [] },
    ]);
  });

  test('names what the two sides say differently', async () => {
    const [match] = await matched(delivery('D1', ORG), delivery('D1', CONSUMER, '2'));
    expect(match?.differences).toEqual(['recordCount']);
  });

  test('lets no third organisation take the place of a side', async () => {
    const third = '119999990000020497';
    const [match] = await matched(
      delivery('D1', third),
      delivery('D1', ORG),
      delivery('D1', CONSUMER, '2'),
    );
    expect(match).toEqual({
      deliveryId: 'D1',
      providers: [1],
      consumers: [2],
      strangers: [0],
      differences: ['recordCount'],
    });
  });

  test('keeps all statements of a side, and compares each', async () => {
    const posing = delivery('D1', '119999990000020497');
    const [match] = await matched(
      { ...posing, claims: { ...posing.claims, providerOrgCode: posing.org! } },
      delivery('D1', ORG),
      delivery('D1', CONSUMER),
      { ...delivery('D1', CONSUMER, '2'), key: 'again' },
    );
    expect(match).toEqual({
      deliveryId: 'D1',
      providers: [0, 1],
      consumers: [2, 3],
      strangers: [],
      differences: ['providerOrgCode', 'recordCount'],
    });
  });
});
