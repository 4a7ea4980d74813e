import { describe, expect, test } from 'vitest';
import { logIdOf } from '../src/registry.ts';
import { readChainHeads } from '../src/reader.ts';
import { Sender } from '../src/sender.ts';
import { TestLog } from './test-log.ts';
import { administer, createWorld, freshLog, type World } from './world.ts';

const MOST = 4;

interface Member {
  readonly origin: string;
  readonly log: TestLog;
  readonly anchorer: Awaited<ReturnType<World['anchorer']>>;
}

/** Logs of one registry, whose anchorers share the operator's key. */
async function createMembers(world: World, count: number): Promise<Member[]> {
  const sender = new Sender(world.operatorKey, { chainId: 1337, timeoutMs: 2000 });
  const members: Member[] = [];
  for (let i = 0; i < count; i++) {
    const { origin } = await freshLog(world, { manual: true });
    const log = new TestLog(1 + i, origin);
    members.push({
      origin,
      log,
      anchorer: await world.anchorer({ origin, source: log, key: sender }),
    });
  }
  return members;
}

async function anchorsOn(world: World, { origin }: Member): Promise<number> {
  return (await readChainHeads({ chain: world.registry, origin })).heads.length;
}

/** Let all logs grow, tick twice in a block, always in the same order, then mine what they sent. Gives how many transactions were in the block. */
async function playBlock(world: World, members: readonly Member[]): Promise<number> {
  for (const { log } of members) log.grow(3);
  // The first look sees what the last block holds, which makes room for others.
  for (const { anchorer } of [...members, ...members]) await anchorer.tick();
  const sent = members.filter(({ anchorer }) => anchorer.status().inFlight?.state === 'sent');
  await world.devchain.mine();
  return sent.length;
}

describe('Anchorers of 14 logs with one key', () => {
  test('take turns, with four transactions on their way at most', async () => {
    await using world = await createWorld({ manual: true });
    const members = await createMembers(world, 14);
    const sent: number[] = [];
    for (let block = 0; block < 7; block++) sent.push(await playBlock(world, members));
    for (const { anchorer } of members) await anchorer.tick();
    expect(Math.max(...sent)).toBe(MOST);
    expect(sent.filter((count) => count < MOST)).toEqual([]);
    const anchors = await Promise.all(members.map((each) => anchorsOn(world, each)));
    expect(anchors.reduce((sum, count) => sum + count)).toBe(7 * MOST);
    expect(Math.max(...anchors) - Math.min(...anchors)).toBeLessThanOrEqual(1);
  });

  test('go on when one of them stands in line and asks no more', async () => {
    await using world = await createWorld({ manual: true });
    const members = await createMembers(world, 6);
    await playBlock(world, members); // four have sent, two stand in line
    const [closed, stuck] = members.slice(MOST);
    await closed!.anchorer.close();
    const others = members.filter((each) => each !== closed && each !== stuck);
    for (let block = 0; block < 5; block++) await playBlock(world, others);
    expect(await playBlock(world, others)).toBe(MOST);
    expect(await anchorsOn(world, stuck!)).toBe(0);
    // It comes back, and has its turn like everybody else.
    for (let block = 0; block < 3; block++) await playBlock(world, [...others, stuck!]);
    expect(await anchorsOn(world, stuck!)).toBeGreaterThan(0);
  });

  test('are not held up by one that was suspended when its turn came', async () => {
    await using world = await createWorld({ manual: true });
    const members = await createMembers(world, 6);
    await playBlock(world, members); // four have sent, two stand in line
    const suspended = members[MOST]!;
    await administer(world, 'suspend', [logIdOf(suspended.origin)]);
    await world.devchain.mine();
    for (let block = 0; block < 5; block++) await playBlock(world, members);
    expect(suspended.anchorer.status().problem?.code).toBe('ANCHOR_LOG_SUSPENDED');
    const others = members.filter((each) => each !== suspended);
    const anchors = await Promise.all(others.map((each) => anchorsOn(world, each)));
    expect(Math.max(...anchors) - Math.min(...anchors)).toBeLessThanOrEqual(1);
    expect(await anchorsOn(world, suspended)).toBe(0);
  });
});
