import { cp, mkdir, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseHex } from '@anchorlog/core';
import { parseTrustPolicy } from '@anchorlog/verify';
import { describe, expect, test } from 'vitest';
import { readConfig, type ChainSettings } from '../src/config.ts';
import { initNotary, setChain, type InitOptions } from '../src/init.ts';
import { readKeys } from '../src/keys.ts';
import { readSecrets } from '../src/secrets.ts';
import { BUREAU, ORIGIN, SUBSIDY, Sandbox } from './support/sandbox.ts';
import { survivors } from './support/json-mutants.ts';

const CHAIN: ChainSettings = {
  url: 'http://127.0.0.1:8545',
  chainId: 1337,
  contract: `0x${'11'.repeat(20)}`,
  codeHash: `0x${'22'.repeat(32)}`,
  validators: [`0x${'33'.repeat(20)}`, `0x${'44'.repeat(20)}`],
  fromBlock: 1,
  blockTimeMs: 1000,
};

async function textOf(dir: string, name: string): Promise<string> {
  return readFile(join(dir, name), 'utf8');
}

describe('initNotary', () => {
  test('makes settings, keys that only their owner can read, secrets and a sound policy', async () => {
    await using sandbox = await Sandbox.withNotary({ chain: CHAIN });
    const { dir } = sandbox;
    expect(await readConfig(dir)).toEqual({
      origin: ORIGIN,
      issuers: [BUREAU, { ...SUBSIDY, name: undefined }],
      guard: '../notary.guard.json',
      anchorByHours: 24,
      batch: { intervalMs: 3_600_000, entries: 1_000_000 },
      chain: CHAIN,
    });
    const files = await readdir(join(dir, 'keys'));
    expect(files.toSorted()).toEqual([
      'checkpoint.json',
      `issuer.${BUREAU.org}.license-make.json`,
      `issuer.${SUBSIDY.org}.job-subsidy.json`,
      'operator.json',
      'receipt.json',
      'secrets.json',
    ]);
    for (const name of files) {
      expect((await stat(join(dir, 'keys', name))).mode & 0o777).toBe(0o600);
    }
    expect((await stat(join(dir, 'keys'))).mode & 0o777).toBe(0o700);
    const policy = parseTrustPolicy(await textOf(dir, 'policy.json'));
    expect([...policy.logs.keys()]).toEqual([ORIGIN]);
    expect([...policy.issuers.keys()]).toEqual([BUREAU.org, SUBSIDY.org]);
    expect([...policy.chains.keys()]).toEqual([1337]);
  });

  test('does not overwrite a notary: SDK_ALREADY_INITIALIZED, and every file stays', async () => {
    await using sandbox = await Sandbox.withNotary();
    const names = ['notary.json', 'policy.json', 'keys/checkpoint.json', 'keys/secrets.json'];
    const before = await Promise.all(names.map((name) => textOf(sandbox.dir, name)));
    await expect(sandbox.init()).rejects.toMatchObject({ code: 'SDK_ALREADY_INITIALIZED' });
    expect(await Promise.all(names.map((name) => textOf(sandbox.dir, name)))).toEqual(before);
  });

  test.each(['vault', 'log', 'tiles', 'anchors'])(
    'does not make a new notary over the %s of an old one',
    async (name) => {
      await using sandbox = await Sandbox.make();
      await mkdir(join(sandbox.dir, name), { recursive: true });
      await expect(sandbox.init()).rejects.toMatchObject({ code: 'SDK_ALREADY_INITIALIZED' });
      expect(await readdir(sandbox.dir)).toEqual([name]);
    },
  );

  test('does not make a new notary beside the guard of an old one, which would refuse its log', async () => {
    await using sandbox = await Sandbox.make();
    await writeFile(sandbox.guard, '{}');
    await expect(sandbox.init()).rejects.toMatchObject({ code: 'SDK_ALREADY_INITIALIZED' });
  });

  test('takes up an attempt that was cut off at any file, with the keys that are there', async () => {
    await using sandbox = await Sandbox.withNotary();
    const { dir } = sandbox;
    const names = (await readdir(join(dir, 'keys'))).map((name) => join('keys', name));
    for (const last of ['notary.json', 'policy.json', ...names]) {
      await rm(join(dir, 'notary.json'));
      if (last !== 'notary.json') await rm(join(dir, last));
      const kept = names.filter((name) => name !== last);
      const before = await Promise.all(kept.map((name) => textOf(dir, name)));
      await sandbox.init();
      expect(await Promise.all(kept.map((name) => textOf(dir, name)))).toEqual(before);
      parseTrustPolicy(await textOf(dir, 'policy.json'));
    }
    await sandbox.open();
  });

  test('does not take over keys that were left for another origin', async () => {
    await using sandbox = await Sandbox.withNotary();
    await rm(join(sandbox.dir, 'notary.json'));
    const again = sandbox.init({ origin: 'other.example.gov/log' });
    await expect(again).rejects.toMatchObject({ code: 'SDK_KEY_MALFORMED' });
  });

  const refused: readonly (readonly [string, Partial<InitOptions>])[] = [
    ['no issuer', { issuers: [] }],
    ['an issuer twice', { issuers: [BUREAU, SUBSIDY, { ...BUREAU, name: undefined }] }],
    ['an organisation of another form', { issuers: [{ org: 'x', system: 'y' }] }],
    ['a system that leads out of the folder', { issuers: [{ org: BUREAU.org, system: '../x' }] }],
    ['a name with a control character', { issuers: [{ ...BUREAU, name: { zh: '\n', en: 'x' } }] }],
    [
      'a name of 201 characters',
      { issuers: [{ ...BUREAU, name: { zh: 'x'.repeat(201), en: 'x' } }] },
    ],
    ['an origin with a space', { origin: 'example.gov/a b' }],
    ['an origin in capitals', { origin: 'Example.gov' }],
    ['a guard in the folder itself', { guard: 'guard.json' }],
    ['a guard that is the folder', { guard: '.' }],
    ['a promise of no hours', { anchorByHours: 0 }],
    ['a promise of more than a year', { anchorByHours: 8761 }],
    ['batches without end', { batch: { intervalMs: 2 ** 31, entries: 1 } }],
    ['batches of no time', { batch: { intervalMs: 0, entries: 1 } }],
    ['batches of no entry', { batch: { intervalMs: 1, entries: 0 } }],
    ['a chain of id 0', { chain: { ...CHAIN, chainId: 0 } }],
    ['no validator', { chain: { ...CHAIN, validators: [] } }],
    [
      'a validator twice',
      { chain: { ...CHAIN, validators: [CHAIN.validators[0]!, CHAIN.validators[0]!] } },
    ],
    ['the contract as a validator', { chain: { ...CHAIN, validators: [CHAIN.contract] } }],
    ['an address in capitals', { chain: { ...CHAIN, contract: `0x${'AA'.repeat(20)}` } }],
    ['a URL of another kind', { chain: { ...CHAIN, url: 'file:///etc/passwd' } }],
    ['a URL with a password', { chain: { ...CHAIN, url: 'http://user:secret@127.0.0.1:8545' } }],
    ['a URL with a user', { chain: { ...CHAIN, url: 'http://user@127.0.0.1:8545' } }],
    ['a URL that is none', { chain: { ...CHAIN, url: 'http://' } }],
    ['a block time of zero', { chain: { ...CHAIN, blockTimeMs: 0 } }],
  ];
  test.each(refused)('refuses %s: SDK_CONFIG_MALFORMED', async (_, changes) => {
    await using sandbox = await Sandbox.make();
    await expect(sandbox.init(changes)).rejects.toMatchObject({ code: 'SDK_CONFIG_MALFORMED' });
    await expect(sandbox.open()).rejects.toMatchObject({ code: 'SDK_NOT_INITIALIZED' });
    // What was refused does not stand in the way of what is right, unless it left keys of another name.
    if (!changes.issuers && !changes.origin) await sandbox.init();
  });

  test('makes another notary elsewhere with other keys and secrets', async () => {
    await using one = await Sandbox.withNotary();
    await using two = await Sandbox.withNotary();
    for (const name of ['keys/checkpoint.json', 'keys/operator.json', 'keys/secrets.json']) {
      expect(await textOf(one.dir, name)).not.toBe(await textOf(two.dir, name));
    }
  });

  test('tells what the operating system says where a folder cannot be written', async () => {
    await using sandbox = await Sandbox.make();
    await writeFile(join(sandbox.root, 'file'), '');
    const dir = join(sandbox.root, 'file', 'notary');
    const made = initNotary({ dir, origin: ORIGIN, issuers: [BUREAU], guard: '../../g.json' });
    await expect(made).rejects.toMatchObject({ code: 'ENOTDIR' });
  });
});

describe('setChain', () => {
  test('sets the chain in settings and policy, and leaves the rest', async () => {
    await using sandbox = await Sandbox.withNotary();
    const { chain: _, ...before } = await readConfig(sandbox.dir);
    await setChain(sandbox.dir, CHAIN);
    const { chain, ...after } = await readConfig(sandbox.dir);
    expect(chain).toEqual(CHAIN);
    expect(after).toEqual(before);
    const policy = parseTrustPolicy(await textOf(sandbox.dir, 'policy.json'));
    expect(policy.chains.get(1337)?.validatorSets[0]?.validators).toHaveLength(2);
  });

  test('keeps on record the validators, registries and chains before, and what operators wrote', async () => {
    await using sandbox = await Sandbox.withNotary();
    const { dir } = sandbox;
    const next = { ...CHAIN, validators: [`0x${'55'.repeat(20)}`], fromBlock: 101 };
    const moved = { ...next, contract: `0x${'66'.repeat(20)}`, fromBlock: 150 };
    const other = { ...CHAIN, chainId: 99, validators: [`0x${'77'.repeat(20)}`] };
    await setChain(dir, CHAIN);
    const path = join(dir, 'policy.json');
    await writeFile(path, (await textOf(dir, 'policy.json')).replace('86400', '77'));
    await setChain(dir, next);
    const former = [{ fromBlock: 1, untilBlock: 100, validators: CHAIN.validators }];
    expect((await readConfig(dir)).chain).toEqual({ ...next, formerValidators: former });
    await setChain(dir, moved);
    const expected = { ...moved, fromBlock: 101, formerValidators: former };
    expect((await readConfig(dir)).chain).toEqual(expected);
    await setChain(dir, other);
    await setChain(dir, other);
    const policy = parseTrustPolicy(await textOf(dir, 'policy.json'));
    expect(policy.maxStatusAge).toBe(77);
    expect([...policy.chains.keys()]).toEqual([1337, 99]);
    const { contract, otherContracts, validatorSets } = policy.chains.get(1337)!;
    expect([contract, otherContracts[0]?.contract]).toEqual(
      [moved, CHAIN].map((each) => parseHex(each.contract.slice(2), 20)),
    );
    expect(validatorSets.map(({ fromBlock, untilBlock }) => [fromBlock, untilBlock])).toEqual([
      [1, 100],
      [101, undefined],
    ]);
  });

  test('refuses new validators from a block on that has others, and a policy that is not sound', async () => {
    await using sandbox = await Sandbox.withNotary({ chain: { ...CHAIN, fromBlock: 50 } });
    const { dir } = sandbox;
    const next = { ...CHAIN, validators: [`0x${'55'.repeat(20)}`], fromBlock: 50 };
    const code = { code: 'SDK_CONFIG_MALFORMED' };
    await expect(setChain(dir, next)).rejects.toMatchObject(code);
    await expect(setChain(dir, { ...CHAIN, chainId: 99 })).rejects.toMatchObject(code); // one address on two chains
    await writeFile(join(dir, 'policy.json'), '{}');
    await expect(setChain(dir, { ...next, fromBlock: 51 })).rejects.toMatchObject(code);
    expect((await readConfig(dir)).chain?.fromBlock).toBe(50);
  });

  test('refuses a chain that is not of its form, and changes neither file', async () => {
    await using sandbox = await Sandbox.withNotary();
    const read = (): Promise<string[]> =>
      Promise.all(
        ['notary.json', 'policy.json'].map((name) => readFile(join(sandbox.dir, name), 'utf8')),
      );
    const before = await read();
    await expect(setChain(sandbox.dir, { ...CHAIN, blockTimeMs: -1 })).rejects.toMatchObject({
      code: 'SDK_CONFIG_MALFORMED',
    });
    expect(await read()).toEqual(before);
  });

  test('refuses a folder without a notary: SDK_NOT_INITIALIZED', async () => {
    await using sandbox = await Sandbox.make();
    const set = setChain(sandbox.dir, CHAIN);
    await expect(set).rejects.toMatchObject({ code: 'SDK_NOT_INITIALIZED' });
  });
});

describe('readConfig', () => {
  test('refuses every mutant of notary.json', async () => {
    const formerValidators = [{ fromBlock: 0, untilBlock: 0, validators: CHAIN.validators }];
    await using sandbox = await Sandbox.withNotary({ chain: { ...CHAIN, formerValidators } });
    const path = join(sandbox.dir, 'notary.json');
    const survived = await survivors(path, () => readConfig(sandbox.dir), {
      codes: /^(SDK_CONFIG_MALFORMED|CORE_JSON_[A-Z]+)$/,
      optional: ['chain', 'name', 'formerValidators'],
    });
    expect(survived).toEqual([]);
  });
});

describe('readKeys', () => {
  test.each(['checkpoint', 'receipt', 'operator', `issuer.${BUREAU.org}.license-make`])(
    'refuses every mutant of %s.json',
    async (name) => {
      await using sandbox = await Sandbox.withNotary();
      const config = await readConfig(sandbox.dir);
      const path = join(sandbox.dir, 'keys', `${name}.json`);
      const survived = await survivors(path, () => readKeys(sandbox.dir, config), {
        codes: /^(SDK_KEY_MALFORMED|CORE_JSON_[A-Z]+)$/,
      });
      expect(survived).toEqual([]);
    },
  );

  test.each([
    ['checkpoint', 'receipt'],
    ['receipt', 'operator'],
    ['operator', 'checkpoint'],
  ])('refuses the file of %s in the place of %s: SDK_KEY_MALFORMED', async (from, to) => {
    await using sandbox = await Sandbox.withNotary();
    const config = await readConfig(sandbox.dir);
    await cp(join(sandbox.dir, 'keys', `${from}.json`), join(sandbox.dir, 'keys', `${to}.json`));
    const read = readKeys(sandbox.dir, config);
    await expect(read).rejects.toMatchObject({ code: 'SDK_KEY_MALFORMED' });
  });

  test('refuses one secret for two purposes: SDK_KEY_MALFORMED', async () => {
    await using sandbox = await Sandbox.withNotary();
    const config = await readConfig(sandbox.dir);
    const { secret } = JSON.parse(await textOf(sandbox.dir, 'keys/checkpoint.json')) as object & {
      secret: string;
    };
    const path = join(sandbox.dir, 'keys', 'receipt.json');
    const receipt = JSON.parse(await readFile(path, 'utf8')) as object;
    await writeFile(path, JSON.stringify({ ...receipt, secret }));
    const read = readKeys(sandbox.dir, config);
    await expect(read).rejects.toMatchObject({ code: 'SDK_KEY_MALFORMED' });
  });

  test.each([
    ['zero', '00'.repeat(32)],
    ['the order of the curve', 'fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141'],
  ])('refuses an operator whose secret is %s: SDK_KEY_MALFORMED', async (_, hex) => {
    await using sandbox = await Sandbox.withNotary();
    const config = await readConfig(sandbox.dir);
    const path = join(sandbox.dir, 'keys', 'operator.json');
    const operator = JSON.parse(await readFile(path, 'utf8')) as object;
    const secret = Buffer.from(hex, 'hex').toString('base64');
    await writeFile(path, JSON.stringify({ ...operator, secret }));
    const read = readKeys(sandbox.dir, config);
    await expect(read).rejects.toMatchObject({ code: 'SDK_KEY_MALFORMED' });
  });

  test('refuses a notary whose key file is missing: SDK_KEY_MALFORMED', async () => {
    await using sandbox = await Sandbox.withNotary();
    await rm(join(sandbox.dir, 'keys', 'receipt.json'));
    await expect(sandbox.open()).rejects.toMatchObject({ code: 'SDK_KEY_MALFORMED' });
  });
});

describe('readSecrets', () => {
  test('refuses every mutant of secrets.json', async () => {
    await using sandbox = await Sandbox.withNotary();
    const path = join(sandbox.dir, 'keys', 'secrets.json');
    const survived = await survivors(path, () => readSecrets(sandbox.dir), {
      codes: /^(SDK_SECRETS_MALFORMED|CORE_JSON_[A-Z]+)$/,
    });
    expect(survived).toEqual([]);
  });

  const changed: readonly (readonly [string, (text: string) => string])[] = [
    ['a kind in two keyspaces', (text) => text.replace('"holder"', '"license"')],
    ['no keyspace for a kind', (text) => text.replace('"holder"', '"holders"')],
    ['a keyspace name twice', (text) => text.replace('/trail', '/status')],
  ];
  test.each(changed)('refuses %s: SDK_SECRETS_MALFORMED', async (_, change) => {
    await using sandbox = await Sandbox.withNotary();
    const path = join(sandbox.dir, 'keys', 'secrets.json');
    const text = await readFile(path, 'utf8');
    expect(change(text)).not.toBe(text);
    await writeFile(path, change(text));
    await expect(sandbox.open()).rejects.toMatchObject({ code: 'SDK_SECRETS_MALFORMED' });
  });

  test('refuses a notary without secrets: SDK_SECRETS_MALFORMED', async () => {
    await using sandbox = await Sandbox.withNotary();
    await rm(join(sandbox.dir, 'keys', 'secrets.json'));
    await expect(sandbox.open()).rejects.toMatchObject({ code: 'SDK_SECRETS_MALFORMED' });
  });
});
