import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { formatBase64, type JsonObject } from '@anchorlog/core';
import { nodeSha256, nodeSm3 } from '@anchorlog/core/node';
import { sm3 } from '@anchorlog/core/sm3';
import { verifyInclusion } from '@anchorlog/tlog';
import { nodeTreeHasher } from '@anchorlog/tlog/node';
import { parseTrustPolicy, verifyBundle } from '@anchorlog/verify';
import { explain } from '@anchorlog/verify/explain';
import { describe, expect, test } from 'vitest';
import { createEmitter } from '../src/create-emitter.ts';
import { ChainWorld } from './support/chain-world.ts';
import { Sandbox, license } from './support/sandbox.ts';

async function readPolicy(dir: string): Promise<JsonObject> {
  return JSON.parse(await readFile(join(dir, 'policy.json'), 'utf8')) as JsonObject; // what initNotary wrote
}

describe('a notary of suite sm3', () => {
  test('goes from its first entry to bundles that verify by SM3, final on a chain that sees growth only', async () => {
    await using sandbox = await Sandbox.withNotary({ suite: 'sm3' });
    await using world = await ChainWorld.make();
    await world.attach(sandbox.dir);
    const notary = await sandbox.open();
    expect([notary.log.suite, notary.config.suite]).toEqual(['sm3', 'sm3']);
    const path = join(sandbox.root, 'license.ofd');
    await writeFile(path, 'the file');
    // Two batches, so that the second head has a consistency proof that the contract cannot check.
    await notary.notarize(license('A'));
    await notary.flush({ until: 'final' });
    const receipt = await notary.notarize(license('B', { files: [{ name: 'license.ofd', path }] }));
    await notary.notarize(license('C'));
    await notary.flush({ until: 'final' });
    const bundle = await notary.bundle(receipt.id, { until: 'final', disclose: ['/files'] });

    // The tree is of SM3, and of nothing else.
    const treeHead = await notary.log.head(notary.log.size);
    const hashes = await notary.log.proveInclusion({ index: 2, size: treeHead.size });
    const leafHash = createHash('sm3').update(Buffer.of(0)).update(bundle.entry).digest();
    const claim = { index: 2, leafHash, treeHead, hashes };
    verifyInclusion(claim, nodeTreeHasher('sm3'));
    expect(() => verifyInclusion(claim, nodeTreeHasher('sha256'))).toThrow(/root/);

    const policy = parseTrustPolicy(await readPolicy(sandbox.dir));
    const digest = (name: string): string => createHash(name).update('the file').digest('hex');
    const files = [{ sha256: digest('sha256'), sm3: digest('sm3') }];
    for (const hash of [sm3, nodeSm3, [nodeSha256, nodeSm3]]) {
      const verdict = verifyBundle(bundle, policy, { now: new Date(), files, crypto: { hash } });
      expect([verdict.outcome, verdict.reason]).toEqual(['verified', undefined]);
      expect(verdict.leafHash).toBe(formatBase64(leafHash));
      expect(verdict.log?.suite).toBe('sm3');
      expect(verdict.anchors.map(({ checked }) => checked)).toEqual([false]);
      expect(verdict.claims.opened['files']).toEqual([
        { name: 'license.ofd', size: 8, sha256: files[0]!.sha256, sm3: files[0]!.sm3 },
      ]);
      const text = explain(verdict, 'en');
      expect(text).toMatch(/Append-only +the contract checks growth only/);
      expect(text).toMatch(/Hash suite +SM3/);
      expect(text).not.toMatch(/RFC ?9162|tlog-tiles/);
    }
    // The SM3 digest alone names the file, and another file is not it.
    const one = { now: new Date(), crypto: { hash: sm3 } };
    const by = (hex: string): string | undefined =>
      verifyBundle(bundle, policy, { ...one, files: [{ sha256: '00'.repeat(32), sm3: hex }] })
        .reason;
    expect([by(files[0]!.sm3), by('11'.repeat(32))]).toEqual([undefined, 'files.mismatch']);
    // Whoever has no SM3 cannot tell, and says so.
    const without = verifyBundle(bundle, policy, { now: new Date() });
    expect([without.outcome, without.reason]).toEqual(['unknown', 'log.suiteUnsupported']);
  });

  test('gives the first receipt again after a restart, and opens in no other suite', async () => {
    await using sandbox = await Sandbox.withNotary({ suite: 'sm3' });
    const first = await sandbox.open();
    const receipt = await first.notarize(license('A'));
    await first.close();
    const second = await sandbox.open();
    expect(await second.notarize(license('A'))).toEqual(receipt);
    await second.close();
    const path = join(sandbox.dir, 'notary.json');
    const config = await readFile(path, 'utf8');
    await writeFile(path, config.replace('"suite": "sm3"', '"suite": "sha256"'));
    await expect(sandbox.open()).rejects.toMatchObject({ code: 'LOG_CREATE_MISMATCH' });
    await writeFile(path, config.replace('"suite": "sm3"', '"suite": "md5"'));
    await expect(sandbox.open()).rejects.toMatchObject({ code: 'SDK_CONFIG_MALFORMED' });
  });

  test('takes what an emitter commits to in the suite of its log', async () => {
    await using sandbox = await Sandbox.withNotary({ suite: 'sm3' });
    await using notary = await sandbox.open();
    const path = join(sandbox.root, 'license.ofd');
    await writeFile(path, 'the file');
    await using emitter = await createEmitter({
      dir: join(sandbox.root, 'outbox'),
      source: 'license-make/1',
      to: notary,
    });
    const files = [{ name: 'license.ofd', path }];
    const { id } = await emitter.emit(license('E', { files }));
    await emitter.flush();
    await notary.flush();
    const bundle = await emitter.bundle(id, { disclose: ['/files'] });
    const policy = parseTrustPolicy(await readPolicy(sandbox.dir));
    const verdict = verifyBundle(bundle, policy, { now: new Date(), crypto: { hash: sm3 } });
    expect(verdict.steps.filter(({ result }) => result === 'fail')).toEqual([]);
    expect(verdict.claims.opened['files']).toMatchObject([
      { name: 'license.ofd', sm3: createHash('sm3').update('the file').digest('hex') },
    ]);
  });
});
