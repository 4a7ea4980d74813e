import { verifyAnchorEvidence } from '@anchorlog/evm-proof';
import { describe, expect, test } from 'vitest';
import type { Anchor } from '../src/anchor.ts';
import { RegistryChain } from '../src/chain.ts';
import { readChainHeads } from '../src/reader.ts';
import { TestLog } from './test-log.ts';
import { ORIGIN, createWorld } from './world.ts';
import { parseHex } from '@anchorlog/core';

describe('Anchorer', () => {
  test('anchors a head and keeps evidence that verifies against the pinned validators', async () => {
    await using world = await createWorld();
    const source = new TestLog(5);
    const anchorer = await world.anchorer({ source });
    const anchor = await anchorer.anchor();
    expect(anchor).toMatchObject({ number: 1, chainId: 1337, head: source.headAt(5) });
    const chain = new RegistryChain(world.registry, ORIGIN);
    const proved = verifyAnchorEvidence({
      evidence: anchor.evidence!,
      validators: world.devchain.validators.map((each) => parseHex(each.slice(2))),
      chainId: 1337,
      contract: chain.contractBytes,
      logId: chain.logId,
      head: source.headAt(5),
    });
    expect(proved).toMatchObject({ number: 1, checked: true, blockTime: anchor.blockTime });
    expect(anchorer.status()).toMatchObject({ state: 'idle', latest: { number: 1, size: 5 } });
  });
});
