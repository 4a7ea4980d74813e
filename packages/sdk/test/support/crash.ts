import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { readChainHeads } from '@anchorlog/anchor';
import { equalBytes, formatHex } from '@anchorlog/core';
import { parseStatement } from '@anchorlog/statement';
import { randomOf } from '@anchorlog/testkit';
import { Frontier } from '@anchorlog/tlog';
import { nodeTreeHasher } from '@anchorlog/tlog/node';
import { parseTrustPolicy, verifyBundle } from '@anchorlog/verify';
import type { NotaryLog } from '../../src/notary-log.ts';
import type { ChainWorld } from './chain-world.ts';
import { ORIGIN, license, reading, type Sandbox } from './sandbox.ts';

type Fact =
  | { readonly fact: 'opening' | 'flushing' }
  | { readonly fact: 'final'; readonly size: number }
  | Notarized;

interface Notarized {
  readonly fact: 'notarized';
  readonly number: number;
  readonly id: string;
  readonly index: number;
  readonly leaf: string;
}

const hasher = nodeTreeHasher('sha256');
const NOTARIZER = fileURLToPath(new URL('notarizer.ts', import.meta.url));

/** Let a process notarize and anchor, and kill it at a random fact, or a while after it. Give all facts that it stated. */
async function notarizeAndKill(dir: string, first: number, random: () => number): Promise<Fact[]> {
  const kind = (['opening', 'notarized', 'notarized', 'flushing', 'final'] as const)[
    Math.floor(random() * 5)
  ]!;
  const most = { opening: 1, notarized: 400, flushing: 3, final: 2 }[kind];
  const nth = Math.ceil(random() * most);
  const later = random() * 60;
  const args = ['-C', '@anchorlog/source', NOTARIZER, dir, String(first)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const facts: Fact[] = [];
  let seen = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    if (!line.endsWith('}')) continue; // the last line may be cut: not acknowledged
    const fact = JSON.parse(line) as Fact; // written by the notarizer
    facts.push(fact);
    if (fact.fact === kind && ++seen === nth) setTimeout(() => child.kill('SIGKILL'), later);
  }
  expect(await exited).toEqual([null, 'SIGKILL']);
  return facts;
}

/** Kill a notary on a chain again and again. Each time all that it acknowledged must be there, once, and it must go on. */
export async function crashRounds(
  rounds: number,
  {
    sandbox,
    world,
    seed,
  }: { readonly sandbox: Sandbox; readonly world: ChainWorld; readonly seed: number },
): Promise<{ readonly acknowledged: number }> {
  await world.attach(sandbox.dir);
  const random = randomOf(seed);
  const acknowledged = new Map<number, Notarized>();
  let first = 1;
  let final = 0;
  for (let round = 0; round < rounds; round++) {
    const facts = await notarizeAndKill(sandbox.dir, first, random);
    const fresh = facts.filter((fact) => fact.fact === 'notarized');
    for (const fact of fresh) acknowledged.set(fact.number, fact);
    final = Math.max(final, ...facts.map((fact) => (fact.fact === 'final' ? fact.size : 0)));
    // Some that were in the works are handed in again by the next round, and must not be there twice.
    first = Math.max(first, ...fresh.map(({ number }) => number - 10));

    await using notary = await sandbox.open();
    const leaves = await rederive(notary.log);
    for (const { index, leaf } of acknowledged.values()) expect(leaves[index]).toBe(leaf);
    const last = fresh.at(-1);
    if (last) {
      const { number, id, index } = last;
      const record = number % 2 === 0 ? license(`L-${number}`) : reading(`R-${number}`);
      expect(await notary.notarize(record)).toMatchObject({ id, index });
    }
    await notary.flush({ until: 'final' });
    expect(notary.status().anchoring?.latest?.size).toBeGreaterThanOrEqual(final);
    if (last) await expectVerified(sandbox, await notary.bundle(last.id, { disclose: 'all' }));
  }
  await expectOneHistory(sandbox, world);
  return { acknowledged: acknowledged.size };
}

/** Hash all entries anew: the root is that of the log, and no record is there twice. Gives the leaf hashes. */
async function rederive(log: NotaryLog): Promise<string[]> {
  const { size, rootHash } = await log.head();
  const frontier = new Frontier(hasher);
  const ids = new Set<string>();
  const leaves: string[] = [];
  for await (const entry of log.entries({ to: size })) {
    const { id, issuer } = parseStatement(entry);
    ids.add(`${issuer.org}/${issuer.system}/${id}`);
    const leaf = hasher.leaf(entry);
    frontier.append(leaf);
    leaves.push(formatHex(leaf));
  }
  expect(equalBytes(frontier.root(), rootHash)).toBe(true);
  expect(ids.size).toBe(size);
  return leaves;
}

async function expectVerified(sandbox: Sandbox, bundle: unknown): Promise<void> {
  const policy = parseTrustPolicy(await readFile(join(sandbox.dir, 'policy.json')));
  const verdict = verifyBundle(bundle, policy, { now: new Date() });
  expect(verdict).toMatchObject({ outcome: 'verified', evidenceKinds: ['sealed'] });
}

/** The heads on the chain grow, and each is a head of the log. */
async function expectOneHistory(sandbox: Sandbox, world: ChainWorld): Promise<void> {
  await using notary = await sandbox.open();
  const { heads } = await readChainHeads({ chain: world.settings, origin: ORIGIN });
  expect(heads.length).toBeGreaterThan(0);
  let before = 0;
  for (const { size, rootHash } of heads) {
    expect(size).toBeGreaterThan(before);
    expect(equalBytes((await notary.log.head(size)).rootHash, rootHash)).toBe(true);
    before = size;
  }
}
