import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseTrustPolicy, verifyBundle } from '@anchorlog/verify';
import { loadCrypto } from '@anchorlog/verify/crypto';
import { afterEach, describe, expect, test } from 'vitest';
import { PASSPHRASE_VARIABLE } from '../src/encrypted-secret.ts';
import { generateKey, readKeyFile, signerOf, writeKeyFile, type KeyFile } from '../src/key-file.ts';
import { BUREAU, Sandbox, license } from './support/sandbox.ts';

const NAME = `${BUREAU.org}/${BUREAU.system}`;
const passphrase = '正确的口令 correct horse';
type Members = Record<string, unknown> & { encrypted: Record<string, unknown> };

afterEach(() => {
  delete process.env[PASSPHRASE_VARIABLE];
});

async function written(
  sandbox: Sandbox,
  key: KeyFile,
  options: { readonly passphrase?: string } = {},
): Promise<string> {
  const path = join(sandbox.root, 'key.json');
  await writeKeyFile(path, key, options);
  return path;
}

describe('generateKey', () => {
  test('gives keys of the algorithms of their use, and SM2 keys a user id', () => {
    expect(generateKey('issuer', NAME)).toMatchObject({ alg: 'Ed25519' });
    expect(generateKey('issuer', NAME, { alg: 'ES256' })).toMatchObject({ alg: 'ES256' });
    expect(generateKey('issuer', NAME, { alg: 'ES256' })).not.toHaveProperty('userId');
    const sm2 = generateKey('issuer', NAME, { alg: 'SM2' });
    expect(sm2).toMatchObject({ alg: 'SM2', userId: '1234567812345678' });
    expect(generateKey('issuer', NAME, { alg: 'SM2', userId: 'a@b' }).userId).toBe('a@b');
    expect(() => generateKey('issuer', NAME, { alg: 'SM2', userId: '示例' })).toThrow(RangeError);
    expect(() => generateKey('checkpoint', 'a', { alg: 'SM2' })).toThrow(RangeError);
    expect(() => generateKey('issuer', NAME, { alg: 'secp256k1' })).toThrow(RangeError);
    expect(() => signerOf(generateKey('operator', 'a'))).toThrow(RangeError);
  });
});

describe('readKeyFile', () => {
  test.each(['Ed25519', 'ES256', 'SM2'] as const)(
    'reads the key of %s that was written',
    async (alg) => {
      await using sandbox = await Sandbox.make();
      const key = generateKey('issuer', NAME, { alg });
      const path = await written(sandbox, key);
      expect(await readKeyFile(path, 'issuer', NAME)).toEqual(key);
      expect((await stat(path)).mode & 0o777).toBe(0o600);
    },
  );

  test.each<readonly [string, (file: Record<string, unknown>) => void]>([
    ['an SM2 key without user id', (file) => delete file['userId']],
    ['a user id beyond ASCII', (file) => (file['userId'] = '示例')],
    ['a key of ES256 with a user id', (file) => (file['alg'] = 'ES256')],
    ['a key of an algorithm that issuers have not', (file) => (file['alg'] = 'secp256k1')],
    ['a secret of zero', (file) => (file['secret'] = Buffer.alloc(32).toString('base64'))],
    [
      'a secret of the order',
      (file) => (file['secret'] = Buffer.alloc(32, 255).toString('base64')),
    ],
    [
      'a secret that has no inverse',
      (file) => {
        const hex = 'fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54122';
        file['secret'] = Buffer.from(hex, 'hex').toString('base64');
      },
    ],
    ['a secret and an encrypted one', (file) => (file['encrypted'] = {})],
  ])('refuses %s: SDK_KEY_MALFORMED', async (_, change) => {
    await using sandbox = await Sandbox.make();
    const path = await written(sandbox, generateKey('issuer', NAME, { alg: 'SM2' }));
    const file = JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>;
    change(file);
    await writeFile(path, JSON.stringify(file));
    await expect(readKeyFile(path, 'issuer', NAME)).rejects.toMatchObject({
      code: 'SDK_KEY_MALFORMED',
    });
  });

  test('opens what is encrypted by its passphrase only, and holds the secret in no other way', async () => {
    await using sandbox = await Sandbox.make();
    const key = generateKey('issuer', NAME, { alg: 'SM2' });
    const path = await written(sandbox, key, { passphrase });
    const text = await readFile(path, 'utf8');
    expect(text).not.toContain(Buffer.from(key.secret).toString('base64').slice(0, 10));
    expect(JSON.parse(text)).not.toHaveProperty('secret');
    const refused = { code: 'SDK_KEY_PASSPHRASE' };
    for (const wrong of [undefined, '', 'correct horse']) {
      if (wrong === undefined) delete process.env[PASSPHRASE_VARIABLE];
      else process.env[PASSPHRASE_VARIABLE] = wrong;
      await expect(readKeyFile(path, 'issuer', NAME)).rejects.toMatchObject(refused);
    }
    process.env[PASSPHRASE_VARIABLE] = passphrase;
    expect(await readKeyFile(path, 'issuer', NAME)).toEqual(key);
  });

  const flip = (text: unknown): string => {
    const bytes = Buffer.from(String(text), 'base64');
    bytes[0]! ^= 1;
    return bytes.toString('base64');
  };
  const named = (name: string) => (file: Members) =>
    void (file.encrypted[name] = flip(file.encrypted[name]));
  test.each<readonly [string, string, (file: Members) => void]>([
    ['another salt', 'SDK_KEY_PASSPHRASE', named('salt')],
    ['another iv', 'SDK_KEY_PASSPHRASE', named('iv')],
    ['another ciphertext', 'SDK_KEY_PASSPHRASE', named('data')],
    ['another user id', 'SDK_KEY_PASSPHRASE', (file) => void (file['userId'] = 'a@b')],
    [
      'a cost that is cheap',
      'SDK_KEY_MALFORMED',
      (file) => void (file.encrypted['cost'] = 2 ** 10),
    ],
    ['a cost without end', 'SDK_KEY_MALFORMED', (file) => void (file.encrypted['cost'] = 2 ** 30)],
    ['a cost between', 'SDK_KEY_MALFORMED', (file) => void (file.encrypted['cost'] = 2 ** 17 + 1)],
    ['another kdf', 'SDK_KEY_MALFORMED', (file) => void (file.encrypted['kdf'] = 'pbkdf2')],
    ['another cipher', 'SDK_KEY_MALFORMED', (file) => void (file.encrypted['cipher'] = 'none')],
    ['an unknown member', 'SDK_KEY_MALFORMED', (file) => void (file.encrypted['hint'] = 'x')],
    ['a tag that is cut', 'SDK_KEY_MALFORMED', (file) => void (file.encrypted['data'] = 'AAAA')],
  ])('refuses an encrypted key with %s: %s', async (_, code, change) => {
    await using sandbox = await Sandbox.make();
    const key = generateKey('issuer', NAME, { alg: 'SM2' });
    const path = await written(sandbox, key, { passphrase });
    const file = JSON.parse(await readFile(path, 'utf8')) as Members;
    change(file);
    await writeFile(path, JSON.stringify(file));
    process.env[PASSPHRASE_VARIABLE] = passphrase;
    await expect(readKeyFile(path, 'issuer', NAME)).rejects.toMatchObject({ code });
  });
});

describe('a notary whose issuer signs with another algorithm', () => {
  test.each(['ES256', 'SM2'] as const)('%s: signs, and pins its key in the policy', async (alg) => {
    await using sandbox = await Sandbox.make();
    const path = join(sandbox.dir, 'keys', `issuer.${BUREAU.org}.${BUREAU.system}.json`);
    await writeKeyFile(path, generateKey('issuer', NAME, { alg }), { passphrase });
    process.env[PASSPHRASE_VARIABLE] = passphrase;
    await sandbox.init({ issuers: [BUREAU] });
    const notary = await sandbox.open();
    const receipts = await Promise.all(
      ['A', 'B', 'C'].map((number) => notary.notarize(license(number))),
    );
    await notary.flush();
    const policy = parseTrustPolicy(await readFile(join(sandbox.dir, 'policy.json')));
    for (const { id } of receipts) {
      const bundle = await notary.bundle(id);
      const crypto = await loadCrypto(policy);
      const { steps } = verifyBundle(bundle, policy, { now: new Date(), crypto });
      expect(steps.map(({ code }) => code)).toContain('signature.valid');
    }
  });
});
