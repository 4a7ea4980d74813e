import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAnchorer, deployRegistry, registerLog } from '@anchorlog/anchor';
import { askRegistries } from '@anchorlog/audit';
import { createDevchain } from '@anchorlog/devchain';
import { parseTrustPolicy, type TrustPolicy } from '@anchorlog/verify';
import { describe, expect, test } from 'vitest';
import { CHAIN_ID, ORIGIN, policyJson } from './published.ts';

describe('askRegistries', () => {
  test('asks the node for the policy’s registries on its own chain only', async () => {
    await using devchain = await createDevchain({ chainId: 4242 });
    const { url, chainId, validators } = devchain;
    const [authority, operator] = devchain.accounts;
    const quick = { key: authority!.privateKey, pollMs: 5 };
    const chain = { url, chainId };
    const deployed = await deployRegistry({ chain, authority: authority!.address, ...quick });
    const { contract, codeHash } = deployed;
    const registry = { ...chain, contract };
    const policy = (ids: readonly number[]): TrustPolicy => {
      const json = policyJson();
      const chains = ids.map((id, i) => ({
        ...json.chains[0]!,
        chainId: id,
        contract,
        codeHash,
        validatorSets: [{ fromBlock: 0, validators: [`0x${String(i).repeat(40)}`] }],
      }));
      return parseTrustPolicy({ ...json, chains });
    };
    const both = { policy: policy([CHAIN_ID, chainId]), origin: ORIGIN };

    // A registry that does not know the log holds no heads of it.
    expect(await askRegistries(url, both)).toEqual([{ chainId, contract, heads: [] }]);

    await registerLog({ chain: registry, origin: ORIGIN, operator: operator!.address, ...quick });
    const rootHash = new Uint8Array(32).fill(5);
    const indexRoot = new Uint8Array(32);
    await using anchorer = await createAnchorer({
      chain: registry,
      origin: ORIGIN,
      dir: await mkdtemp(join(tmpdir(), 'anchorlog-audit-')),
      source: { head: () => ({ size: 9, rootHash, indexRoot }), proveConsistency: () => [] },
      key: operator!.privateKey,
      finality: { kind: 'sealed', validatorSets: [{ fromBlock: 0, validators }] },
      pollMs: 5,
    });
    await anchorer.anchor();
    const head = { chainId, contract, number: 1, size: 9, rootHash, indexRoot, from: 'chain' };
    expect(await askRegistries(url, both)).toEqual([{ chainId, contract, heads: [head] }]);

    // A registry that the chain's own has replaced is asked too: here, that of the policy is the other one.
    const next = await deployRegistry({ chain, authority: authority!.address, ...quick });
    const [own] = policyJson().chains;
    const others = { contract: next.contract, otherContracts: [{ contract, codeHash }] };
    const chains = [{ ...own, chainId, codeHash, ...others }];
    const replaced = parseTrustPolicy({ ...policyJson(), chains });
    expect(await askRegistries(url, { policy: replaced, origin: ORIGIN })).toEqual([
      { chainId, contract: next.contract, heads: [] },
      { chainId, contract, heads: [head] },
    ]);

    const elsewhere = askRegistries(url, { policy: policy([CHAIN_ID]), origin: ORIGIN });
    await expect(elsewhere).rejects.toMatchObject({ code: 'ANCHOR_CHAIN_MISMATCH' });
  });
});
