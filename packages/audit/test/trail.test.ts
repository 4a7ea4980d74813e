import { nodeSha256 } from '@anchorlog/core/node';
import { indexKey, parseStatement, type Issued } from '@anchorlog/statement';
import { matchDeliveries, scanTrail, type Trail } from '@anchorlog/audit';
import { describe, expect, test } from 'vitest';
import { GENESIS, ORG, SECRET, issued, readings, type TestRecord } from './published.ts';

const SUBJECT = '91999999000000115N';
const CONSUMER = '11999999000000094E';

function holderKey(identifier: string): { kind: string; key: Uint8Array } {
  const key = indexKey({
    suite: nodeSha256,
    secret: SECRET,
    keyspace: 'example.gov/trail',
    kind: 'holder',
    identifier,
  });
  return { kind: 'holder', key };
}

async function trailOf(items: readonly Issued[], lost: readonly number[] = []): Promise<Trail> {
  const vault = new Map(
    items
      .filter((_, i) => !lost.includes(i))
      .map((item) => [item.id, [...item.disclosures.values()]]),
  );
  return scanTrail({
    entries: (async function* () {
      for (const { entry } of items) yield entry;
    })(),
    disclosuresOf: async ({ id }) => vault.get(id),
    keys: [holderKey(SUBJECT)],
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
    expect(trail).toMatchObject({ scanned: 7, unopened: 0, complete: false });
  });

  test('counts the entries that nothing opens, since they may belong to the trail', async () => {
    const items = await Promise.all([GENESIS, ...readings(6)].map(issued));
    const trail = await trailOf(items, [3]);
    expect(trail.entries.map(({ index }) => index)).toEqual([1, 5]);
    expect(trail.unopened).toBe(1);
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
      { deliveryId: 'D1', provider: 0, consumer: 2, differences: [] },
      { deliveryId: 'D2', provider: 1, consumer: undefined, differences: [] },
    ]);
  });

  test('names what the two sides say differently', async () => {
    const [match] = await matched(delivery('D1', ORG), delivery('D1', CONSUMER, '2'));
    expect(match?.differences).toEqual(['recordCount']);
  });
});
