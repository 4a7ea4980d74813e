import { cp, mkdir, readFile, rename, rm, rmdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ANCHOR_REGISTRY_ABI } from '@anchorlog/anchor';
import { equalBytes } from '@anchorlog/core';
import { logId } from '@anchorlog/evm-proof';
import { Frontier, verifyInclusion } from '@anchorlog/tlog';
import { nodeTreeHasher } from '@anchorlog/tlog/node';
import { parseStatement } from '@anchorlog/statement';
import { formatBundle, parseTrustPolicy, verifyBundle, type Bundle } from '@anchorlog/verify';
import { Contract, JsonRpcProvider, Network, Wallet } from 'ethers';
import { describe, expect, test } from 'vitest';
import { adoptVault, createNotary } from '../src/create.ts';
import { ChainWorld } from './support/chain-world.ts';
import { BUREAU, ORIGIN, SUBSIDY, Sandbox, license, reading } from './support/sandbox.ts';

const UNKNOWN_ID = '00000000-0000-8000-8000-000000000000';
const hasher = nodeTreeHasher('sha256');

describe('notarize', () => {
  test('gives the same receipt for the same record: in one group, later, and after a restart', async () => {
    await using sandbox = await Sandbox.withNotary();
    const notary = await sandbox.open();
    const [first, twin] = await Promise.all([
      notary.notarize(license('A')),
      notary.notarize(license('A')),
    ]);
    expect(twin).toEqual(first);
    expect(await notary.notarize(license('A'))).toEqual(first);
    await notary.close();
    const again = await sandbox.open();
    expect(await again.notarize(license('A'))).toEqual(first);
    expect(again.log.size).toBe(2);
  });

  test('refuses another record under the same number, and takes the one after it', async () => {
    await using sandbox = await Sandbox.withNotary();
    const notary = await sandbox.open();
    await notary.notarize(license('A'));
    const other = license('A', { eventTime: '2026-04-16T15:20:33.500+08:00' });
    await expect(notary.notarize(other)).rejects.toMatchObject({ code: 'SDK_ID_CONFLICT' });
    expect((await notary.notarize(license('B'))).index).toBe(2);
  });

  test('takes a file whose content changed for another record', async () => {
    await using sandbox = await Sandbox.withNotary();
    const notary = await sandbox.open();
    const path = join(sandbox.root, 'permit.ofd');
    const record = license('A', { files: [{ name: 'permit.ofd', path }] });
    await expect(notary.notarize(record)).rejects.toMatchObject({ code: 'SDK_FILE_UNREADABLE' });
    await writeFile(path, 'one');
    const receipt = await notary.notarize(record);
    expect(await notary.notarize(record)).toEqual(receipt);
    await writeFile(path, 'two');
    await expect(notary.notarize(record)).rejects.toMatchObject({ code: 'SDK_ID_CONFLICT' });
  });

  test('refuses an issuer that it has no key for, and a second log.create', async () => {
    await using sandbox = await Sandbox.withNotary();
    const notary = await sandbox.open();
    const foreign = license('A', { issuer: { org: '11999999000000019M', system: 'license-make' } });
    await expect(notary.notarize(foreign)).rejects.toMatchObject({ code: 'SDK_ISSUER_UNKNOWN' });
    const create = {
      profile: 'log/1',
      event: 'log.create',
      key: 'again',
      eventTime: '2026-04-16T15:20:33.500+08:00',
      issuer: { org: BUREAU.org, system: BUREAU.system },
      claims: { origin: ORIGIN, suite: 'sha256', index: 'none', anchorBy: 24 },
    };
    await expect(notary.notarize(create)).rejects.toMatchObject({ code: 'SDK_RECORD_RESERVED' });
  });

  test('refuses a record without issuer where it signs for several, and says which', async () => {
    await using sandbox = await Sandbox.withNotary();
    const notary = await sandbox.open();
    const { issuer, ...nameless } = license('A');
    await expect(notary.notarize(nameless)).rejects.toMatchObject({
      code: 'SDK_ISSUER_AMBIGUOUS',
      message: expect.stringContaining(`${issuer.org}/${issuer.system}, ${SUBSIDY.org}/`),
      context: { issuers: [`${BUREAU.org}/${BUREAU.system}`, `${SUBSIDY.org}/${SUBSIDY.system}`] },
    });
    expect(notary.log.size).toBe(1);
  });

  test('takes a record without issuer for that of the only one', async () => {
    await using sandbox = await Sandbox.withNotary({ issuers: [BUREAU] });
    const notary = await sandbox.open();
    const { issuer: _, ...nameless } = license('A');
    const receipt = await notary.notarize(nameless);
    await notary.flush();
    const { org, system } = BUREAU;
    const bundle = await notary.bundle(receipt.id, { until: 'published' });
    expect(parseStatement(bundle.entry).issuer).toEqual({ org, system });
  });

  test('resolves links: own records first, those of the same call, and no others', async () => {
    await using sandbox = await Sandbox.withNotary();
    const notary = await sandbox.open();
    const linked = reading('R', { links: [{ rel: 'reads', key: 'A' }] });
    await expect(notary.notarize(linked)).rejects.toMatchObject({ code: 'SDK_LINK_UNRESOLVED' });
    const [target, receipt] = await Promise.all([
      notary.notarize(license('A')),
      notary.notarize(linked),
    ]);
    const entry = new TextDecoder().decode(await notary.log.entry(receipt.index));
    expect(entry).toContain(Buffer.from(target.leafHash).toString('base64'));
  });

  test('says that it is busy when too many wait', async () => {
    await using sandbox = await Sandbox.withNotary();
    const notary = await sandbox.open({ queue: { maxRecords: 2 } });
    const results = await Promise.allSettled(
      ['A', 'B', 'C', 'D'].map((key) => notary.notarize(license(key))),
    );
    const refused = results.filter(({ status }) => status === 'rejected');
    expect(refused).toHaveLength(2);
    expect(refused[0]).toMatchObject({
      reason: { code: 'SDK_BUSY', context: { retryAfterMs: expect.any(Number) } },
    });
  });

  test('takes nothing after it was closed, nor in two places at once', async () => {
    await using sandbox = await Sandbox.withNotary();
    const notary = await sandbox.open();
    await expect(sandbox.open()).rejects.toMatchObject({ code: 'SDK_LOCKED' });
    await notary.close();
    await expect(notary.notarize(license('A'))).rejects.toMatchObject({ code: 'SDK_CLOSED' });
  });
});

describe('bundle', () => {
  test('verifies under the policy of the notary, opening what was asked and nothing else', async () => {
    await using sandbox = await Sandbox.withNotary();
    await using world = await ChainWorld.make();
    await world.attach(sandbox.dir);
    const notary = await sandbox.open();
    const { id } = await notary.notarize(license('A'));
    expect(await notary.progress(id)).toBe('appended');
    await notary.flush({ until: 'final' });
    expect(await notary.progress(id)).toBe('final');
    const bundle = await notary.bundle(id, { until: 'final', disclose: ['/holderName'] });
    const policy = parseTrustPolicy(await readFile(join(sandbox.dir, 'policy.json')));
    const verdict = verifyBundle(formatBundle(bundle), policy, { now: new Date() });
    expect(verdict).toMatchObject({ outcome: 'verified', evidenceKinds: ['sealed'] });
    expect(Object.keys(verdict.claims.opened)).toEqual(['holderName']);
    expect(verdict.claims.withheld).toContain('holderCode');
    await expect(notary.bundle(id, { disclose: ['/nothing'] })).rejects.toMatchObject({
      code: 'SDK_DISCLOSURE_UNKNOWN',
    });
    await expect(notary.bundle(id, { disclose: ['/keys/0'] })).rejects.toMatchObject({
      code: 'SDK_DISCLOSURE_UNKNOWN',
    });
  });

  test('is pending without an anchor, and cannot become final without a chain', async () => {
    await using sandbox = await Sandbox.withNotary();
    const notary = await sandbox.open();
    const { id } = await notary.notarize(license('A'));
    await expect(notary.bundle(id, { timeoutMs: 50 })).rejects.toMatchObject({
      code: 'SDK_WAIT_TIMEOUT',
    });
    await notary.flush();
    const policy = parseTrustPolicy(await readFile(join(sandbox.dir, 'policy.json')));
    const verdict = verifyBundle(await notary.bundle(id), policy, { now: new Date() });
    expect(verdict.outcome).toBe('pending');
    await expect(notary.bundle(id, { until: 'final' })).rejects.toMatchObject({
      code: 'SDK_NO_CHAIN',
    });
  });

  test.each([null, undefined, 7, {}, { id: 'x' }, { org: 1, system: 'x', id: 'x' }])(
    'refuses %o as a reference',
    async (reference) => {
      await using sandbox = await Sandbox.withNotary();
      const notary = await sandbox.open();
      const code = { code: 'SDK_REFERENCE_MALFORMED' };
      await expect(notary.progress(reference as never)).rejects.toMatchObject(code);
      await expect(notary.bundle(reference as never)).rejects.toMatchObject(code);
    },
  );

  test('needs an id that it knows, and one that is unique', async () => {
    await using sandbox = await Sandbox.withNotary();
    const notary = await sandbox.open();
    await expect(notary.progress(UNKNOWN_ID)).rejects.toMatchObject({ code: 'SDK_ID_UNKNOWN' });
    const id = '5c1f0000-0000-8000-8000-000000000001';
    const { key: _, ...one } = license('A', { id });
    const { key: __, ...two } = reading('A', { id });
    await notary.notarize(one);
    await notary.notarize(two);
    await expect(notary.progress(id)).rejects.toMatchObject({ code: 'SDK_ID_AMBIGUOUS' });
    expect(await notary.progress({ id, org: BUREAU.org, system: BUREAU.system })).toBe('appended');
    expect(await notary.progress({ id, org: SUBSIDY.org, system: SUBSIDY.system })).toBe(
      'appended',
    );
  });
});

describe('createNotary', () => {
  test('appends what a crash left in the vault alone, with the same bytes', async () => {
    await using sandbox = await Sandbox.withNotary();
    const notary = await sandbox.open();
    await notary.notarize(license('A'));
    const { rootHash, size } = await notary.log.head();
    await notary.close();
    const again = await sandbox.open();
    const frontier = new Frontier(hasher);
    for await (const entry of again.log.entries()) frontier.append(hasher.leaf(entry));
    expect(frontier.size).toBe(size);
    expect(equalBytes(frontier.root(), rootHash)).toBe(true);
    const { index, leafHash } = await again.notarize(license('A'));
    const hashes = await again.log.proveInclusion({ index });
    verifyInclusion({ index, leafHash, treeHead: await again.log.head(), hashes }, hasher);
  });

  test('refuses a vault of another notary, an older one, and one that cannot be opened', async () => {
    await using sandbox = await Sandbox.withNotary();
    await using other = await Sandbox.withNotary({ origin: 'other.example.gov/licenses' });
    const foreign = await other.open();
    await foreign.close();
    const notary = await sandbox.open();
    await notary.notarize(license('A'));
    await notary.close();
    const vault = join(sandbox.dir, 'vault');
    const kept = join(sandbox.root, 'vault.kept');
    await rename(vault, kept);
    await rename(join(other.dir, 'vault'), vault);
    await expect(sandbox.open()).rejects.toMatchObject({ code: 'SDK_VAULT_MISMATCH' });
    await rm(vault, { recursive: true });
    await expect(sandbox.open()).rejects.toMatchObject({ code: 'SDK_VAULT_MISSING' });
    await rm(vault, { recursive: true });
    await mkdir(vault);
    await writeFile(join(vault, 'CURRENT'), 'nonsense');
    await expect(sandbox.open()).rejects.toMatchObject({ code: 'SDK_VAULT_DAMAGED' });
    await rm(vault, { recursive: true });
    await rename(kept, vault);
    expect((await (await sandbox.open()).notarize(license('A'))).index).toBe(1);
  });

  test('refuses the folder that is open in this process already, by another name too', async () => {
    await using sandbox = await Sandbox.withNotary();
    await sandbox.open();
    const link = join(sandbox.root, 'link');
    await symlink(sandbox.dir, link);
    await expect(sandbox.open({ dir: link })).rejects.toMatchObject({ code: 'SDK_LOCKED' });
  });

  test('refuses a log that lacks what the vault knows of, though all its other witnesses are gone too', async () => {
    await using sandbox = await Sandbox.withNotary();
    const first = await sandbox.open();
    await first.notarize(license('A'));
    await first.flush();
    await first.close();
    const [log, tiles] = [join(sandbox.dir, 'log'), join(sandbox.dir, 'tiles')];
    const older = join(sandbox.root, 'older');
    await cp(log, join(older, 'log'), { recursive: true });
    await cp(sandbox.guard, join(older, 'guard'));
    const second = await sandbox.open();
    const { index } = await second.notarize(license('B'));
    await second.close();
    for (const path of [log, tiles, sandbox.guard]) await rm(path, { recursive: true });
    await expect(sandbox.open()).rejects.toMatchObject({ code: 'SDK_LOG_BEHIND' });
    await rm(log, { recursive: true, force: true });
    await cp(join(older, 'log'), log, { recursive: true });
    await cp(join(older, 'guard'), sandbox.guard);
    await expect(sandbox.open()).rejects.toMatchObject({ code: 'SDK_LOG_BEHIND' });
    expect(index).toBe(2);
  });

  test('refuses another checkpoint key than that which signed, and another secret of status keys', async () => {
    await using sandbox = await Sandbox.withNotary();
    const notary = await sandbox.open();
    await notary.notarize(license('A'));
    await notary.close();
    const [key, secrets] = ['checkpoint.json', 'secrets.json'].map((name) =>
      join(sandbox.dir, 'keys', name),
    ) as [string, string];
    for (const [path, code] of [
      [key, 'SDK_KEY_MALFORMED'],
      [secrets, 'SDK_VAULT_MISMATCH'],
    ] as const) {
      const kept = await readFile(path, 'utf8');
      await writeFile(
        path,
        kept.replace(
          /("secret": ")(.)/,
          (_, head: string, first: string) => head + (first === 'A' ? 'B' : 'A'),
        ),
      );
      await expect(sandbox.open(), path).rejects.toMatchObject({ code });
      await writeFile(path, kept);
    }
    expect((await (await sandbox.open()).notarize(license('A'))).index).toBe(1);
  });

  test('refuses another name of the keyspace of status keys, from which they are made too', async () => {
    await using sandbox = await Sandbox.withNotary();
    const notary = await sandbox.open();
    await notary.notarize(license('A'));
    await notary.close();
    const path = join(sandbox.dir, 'keys', 'secrets.json');
    const kept = await readFile(path, 'utf8');
    const renamed = kept.replace(/\/status"/, '/renamed"');
    expect(renamed).not.toBe(kept);
    await writeFile(path, renamed);
    await expect(sandbox.open()).rejects.toMatchObject({ code: 'SDK_VAULT_MISMATCH' });
    await writeFile(path, kept);
    expect((await (await sandbox.open()).notarize(license('A'))).index).toBe(1);
  });

  test('does not take a disk that cannot be read for a damaged vault', async () => {
    await using sandbox = await Sandbox.withNotary();
    await (await sandbox.open()).close();
    const vault = join(sandbox.dir, 'vault');
    await rename(join(vault, 'LOCK'), join(vault, 'LOCK.kept'));
    await mkdir(join(vault, 'LOCK'));
    await expect(sandbox.open()).rejects.toMatchObject({ code: 'SDK_VAULT_FAILED' });
    await rmdir(join(vault, 'LOCK'));
    await sandbox.open();
  });

  test('takes nothing more once the log was closed on the chain', async () => {
    await using sandbox = await Sandbox.withNotary();
    await using world = await ChainWorld.make();
    await world.attach(sandbox.dir);
    const notary = await sandbox.open();
    await notary.notarize(license('A'));
    await notary.flush({ until: 'final' });
    const network = Network.from(world.settings.chainId);
    const provider = new JsonRpcProvider(world.settings.url, network, {
      staticNetwork: network,
      cacheTimeout: -1,
    });
    const authority = new Wallet(world.devchain.accounts[0]!.privateKey, provider);
    const registry = new Contract(world.settings.contract, ANCHOR_REGISTRY_ABI, authority);
    const nonce = await provider.getTransactionCount(authority.address, 'latest');
    await registry.getFunction('close')(logId(ORIGIN), 1n, {
      type: 0,
      gasPrice: 0n,
      gasLimit: 300_000n,
      nonce,
    });
    provider.destroy();
    await notary.notarize(license('B'));
    await expect(notary.flush({ until: 'final' })).rejects.toMatchObject({
      code: 'SDK_ANCHORING_STOPPED',
    });
    await expect(notary.notarize(license('C'))).rejects.toMatchObject({
      code: 'SDK_ANCHORING_STOPPED',
    });
  });
});

describe('adoptVault', () => {
  test.each(['an older copy', 'nothing'])(
    'goes on with %s, and says whose openings are lost',
    async (left) => {
      await using sandbox = await Sandbox.withNotary();
      const [vault, older] = [join(sandbox.dir, 'vault'), join(sandbox.root, 'older')];
      const first = await sandbox.open();
      const kept = await first.notarize(license('A'));
      await first.close();
      await cp(vault, older, { recursive: true });
      const second = await sandbox.open();
      const lost = await second.notarize(license('B'));
      await second.close();
      await rm(vault, { recursive: true });
      if (left === 'an older copy') await rename(older, vault);
      const { dir } = sandbox;
      await expect(sandbox.open()).rejects.toMatchObject({
        code: left === 'nothing' ? 'SDK_VAULT_MISSING' : 'SDK_VAULT_BEHIND',
      });
      const range = { from: left === 'nothing' ? 0 : 2, to: 3 };
      expect(await adoptVault({ dir })).toEqual({ entries: 3, lost: [range] });
      expect(await adoptVault({ dir })).toEqual({ entries: 3, lost: [] });
      const notary = await sandbox.open();
      const code = { code: 'SDK_OPENINGS_LOST' };
      await expect(notary.notarize(license('B'))).rejects.toMatchObject(code);
      await notary.flush();
      await expect(notary.bundle(lost.id, { disclose: 'all' })).rejects.toMatchObject(code);
      const bundle = await notary.bundle(lost.id);
      expect([bundle.inclusion.index, bundle.disclosures]).toEqual([2, []]);
      const again = notary.notarize(license('A')).then(({ index }) => index);
      if (left === 'nothing') await expect(again).rejects.toMatchObject(code);
      else expect(await again).toBe(kept.index);
      const links = [{ rel: 'sealedBy', id: lost.id }];
      expect((await notary.notarize(license('C', { links }))).index).toBe(3);
    },
  );
});

describe('Notary.log', () => {
  test('reads, and has nothing that writes', async () => {
    await using sandbox = await Sandbox.withNotary();
    const { log } = await sandbox.open();
    for (const name of ['append', 'appendBatch', 'publish', 'close'])
      expect(log).not.toHaveProperty(name);
    const [entry, receipt] = [await log.entry(0), await log.receipt(0)];
    verifyInclusion(
      { index: 0, leafHash: hasher.leaf(entry), treeHead: receipt.head, hashes: receipt.hashes },
      hasher,
    );
    expect(log.size).toBe(1);
  });
});

/** Set the notary in a sandbox to a chain, and anchor a license there. */
async function anchorOn(
  world: ChainWorld,
  sandbox: Sandbox,
  key: string,
): Promise<{ readonly id: string; readonly bundle: Bundle }> {
  await world.attach(sandbox.dir);
  await using notary = await createNotary({ dir: sandbox.dir });
  const { id } = await notary.notarize(license(key));
  await notary.flush({ until: 'final' });
  return { id, bundle: await notary.bundle(id) };
}

describe('a notary that goes on to another chain', () => {
  test('keeps in new bundles of old records the time that the chain before proves', async () => {
    await using sandbox = await Sandbox.withNotary();
    await using first = await ChainWorld.make();
    await using second = await ChainWorld.make(7331);
    const old = await anchorOn(first, sandbox, 'A');
    const recent = await anchorOn(second, sandbox, 'B');
    const policy = parseTrustPolicy(await readFile(join(sandbox.dir, 'policy.json')));
    const times = (bundle: Bundle): unknown =>
      verifyBundle(formatBundle(bundle), policy, { now: new Date() }).times.anchoredTime;
    await using notary = await createNotary({ dir: sandbox.dir });
    const again = await notary.bundle(old.id);
    expect(again.anchors).toHaveLength(2);
    expect(again.anchors[0]).toEqual(old.bundle.anchors[0]);
    expect(verifyBundle(formatBundle(again), policy, { now: new Date() }).outcome).toBe('verified');
    expect(times(again)).toBe(times(old.bundle));
    expect(recent.bundle.anchors).toHaveLength(1);
  });

  test('has a policy under which bundles anchored on either verify', async () => {
    await using sandbox = await Sandbox.withNotary();
    await using first = await ChainWorld.make();
    await using second = await ChainWorld.make(7331);
    const made = [await anchorOn(first, sandbox, 'A'), await anchorOn(second, sandbox, 'B')];
    const policy = parseTrustPolicy(await readFile(join(sandbox.dir, 'policy.json')));
    for (const { bundle } of made) {
      expect(verifyBundle(formatBundle(bundle), policy, { now: new Date() }).outcome).toBe(
        'verified',
      );
    }
  });
});

describe('a notary whose folder is removed or replaced while it runs', () => {
  test.each([
    ['vault', 'SDK_VAULT_FAILED'],
    ['log', 'LOG_STORE_REPLACED'],
    ['', 'SDK_VAULT_FAILED'],
  ])('acknowledges nothing more: %o', async (part, code) => {
    await using sandbox = await Sandbox.withNotary();
    const notary = await createNotary({ dir: sandbox.dir });
    await notary.notarize(license('A'));
    const folder = join(sandbox.dir, part);
    await cp(folder, join(sandbox.root, 'copy'), { recursive: true });
    await rename(folder, join(sandbox.root, 'kept'));
    await rename(join(sandbox.root, 'copy'), folder);
    await expect(notary.notarize(license('B'))).rejects.toMatchObject({ code });
    await expect(notary.notarize(license('C'))).rejects.toMatchObject({ code });
    await notary.close().catch(() => undefined); // the rest cannot be published
    await rm(folder, { recursive: true });
    await rename(join(sandbox.root, 'kept'), folder);
    const again = await sandbox.open();
    expect((await again.notarize(license('A'))).index).toBe(1);
    await again.notarize(license('B'));
  });
});
