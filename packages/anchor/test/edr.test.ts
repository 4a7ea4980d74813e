import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { network } from 'hardhat';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createAnchorer } from '../src/anchorer.ts';
import { RegistryChain } from '../src/chain.ts';
import type { RegistryConfig } from '../src/config.ts';
import { deployRegistry, registerLog } from '../src/deploy.ts';
import { readChainHeads } from '../src/reader.ts';
import { encodeAnchor } from '../src/registry.ts';
import { addressOfKey } from '../src/sender.ts';
import { TestLog } from './test-log.ts';

// Hardhat's first two development accounts: public keys to everyone.
const AUTHORITY = '0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80';
const OPERATOR = '0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d';
const ORIGIN = 'example.gov/licenses';

const server = await network.createServer('local', '127.0.0.1', 0);
const dirs: string[] = [];
let registry: RegistryConfig;

beforeAll(async () => {
  const { port } = await server.listen();
  const access = { url: `http://127.0.0.1:${port}`, chainId: 1337 };
  const quick = { key: AUTHORITY, pollMs: 5 };
  const authority = addressOfKey(AUTHORITY);
  registry = { ...access, ...(await deployRegistry({ chain: access, authority, ...quick })) };
  const operator = addressOfKey(OPERATOR);
  await registerLog({ chain: registry, origin: ORIGIN, operator, ...quick });
});
afterAll(async () => {
  await server.close();
  for (const dir of dirs) await rm(dir, { recursive: true });
});

async function folder(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'anchorlog-edr-'));
  dirs.push(dir);
  return dir;
}

// A second engine, made by others: what the anchorer asks and understands is not the development chain's alone.
describe('Anchorer, on a chain without seals', () => {
  test('anchors, reads what it anchored, and adopts it with a new journal', async () => {
    const source = new TestLog(5);
    const finality = { kind: 'depth', blocks: 0 } as const;
    const options = { chain: registry, origin: ORIGIN, source, finality, pollMs: 5 };
    await using anchorer = await createAnchorer({ ...options, key: OPERATOR, dir: await folder() });
    await anchorer.anchor();
    await anchorer.anchor(source.grow(7));
    const { heads } = await readChainHeads({ chain: registry, origin: ORIGIN });
    expect(heads.map(({ number, size }) => [number, size])).toEqual([
      [1, 5],
      [2, 12],
    ]);
    await using other = await createAnchorer({ ...options, key: AUTHORITY, dir: await folder() });
    expect(await other.anchor()).toEqual(anchorer.latest);
    source.grow(1);
    await other.tick();
    expect(other.status().problem?.code).toBe('ANCHOR_OPERATOR_FOREIGN');
  });

  test('understands a refusal of the contract', async () => {
    const heads = readChainHeads({ chain: registry, origin: 'example.gov/unknown' });
    await expect(heads).rejects.toMatchObject({ code: 'ANCHOR_LOG_UNREGISTERED' });
    const chain = new RegistryChain(registry, ORIGIN);
    const data = encodeAnchor(ORIGIN, new TestLog(12).headAt(12), []);
    const asked = chain.simulate({ from: addressOfKey(OPERATOR), data, gas: 300_000n });
    await expect(asked).rejects.toMatchObject({
      code: 'ANCHOR_TX_REFUSED',
      context: { reason: 'AnchorRegistryAlreadyAnchored' },
    });
  });

  test('finds no evidence there for validators that seal nothing', async () => {
    const origin = 'example.gov/sealed';
    const quick = { key: AUTHORITY, pollMs: 5 };
    await registerLog({ chain: registry, origin, operator: addressOfKey(OPERATOR), ...quick });
    const validators = [addressOfKey(AUTHORITY)];
    const finality = { kind: 'sealed', validatorSets: [{ fromBlock: 0, validators }] } as const;
    const options = { chain: registry, origin, source: new TestLog(5), finality, pollMs: 5 };
    await using anchorer = await createAnchorer({ ...options, key: OPERATOR, dir: await folder() });
    await anchorer.tick();
    await anchorer.tick();
    expect(anchorer.status()).toMatchObject({
      awaitingFinality: 1,
      problem: { code: 'ANCHOR_EVIDENCE_REFUSED' },
    });
  });
});
