import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { formatBase64, sha256 } from '@anchorlog/core';
import {
  formatDefinition,
  parseProfileFile,
  profileByName,
  profileDigest,
  PROFILES,
} from '@anchorlog/profiles';
import { parseStatement } from '@anchorlog/statement';
import { describe, expect, test } from 'vitest';
import { OWN_FILE } from '../../profiles/test/own-profile.ts';
import { readConfig, writeConfig } from '../src/config.ts';
import type { Notary } from '../src/notary.ts';
import { addProfile, readProfiles } from '../src/own-profiles.ts';
import { BUREAU, license, reading, Sandbox } from './support/sandbox.ts';

const FILE = Buffer.from(JSON.stringify(OWN_FILE));
const OWN = parseProfileFile(FILE).profile;

const visit = (key: string): object => ({
  profile: 'permit.visit/1',
  event: 'visit.begin',
  key,
  eventTime: '2026-04-12T09:00:00+08:00',
  issuer: { org: BUREAU.org, system: BUREAU.system },
  claims: {
    visitNo: 'HC-20260412',
    kind: 'routine',
    beganAt: '2026-04-12T09:00:00+08:00',
    inspector: { kind: 'staff', id: 'u0021' },
  },
});

async function statements(notary: Notary): Promise<ReturnType<typeof parseStatement>[]> {
  const all = [];
  for await (const entry of notary.log.entries()) all.push(parseStatement(entry));
  return all;
}

describe('createNotary, as to profiles', () => {
  test('puts the digests of all profiles of the package on record with entry 0, and registers none of them', async () => {
    await using sandbox = await Sandbox.withNotary();
    const notary = await sandbox.open();
    const [creation, ...others] = await statements(notary);
    const named = PROFILES.map(
      (profile) => `${profile.name}:${formatBase64(profileDigest(profile, sha256))}`,
    );
    expect(creation?.claims['profiles']).toEqual(named);
    expect(others).toEqual([]);
  });

  test('registers a profile of its own once, with its definition, before any record of it', async () => {
    await using sandbox = await Sandbox.withNotary();
    await addProfile(sandbox.dir, FILE);
    let notary = await sandbox.open();
    expect(notary.profiles.own.map(({ name }) => name)).toEqual(['permit.visit/1']);
    expect((await notary.notarize(visit('V-1'))).index).toBe(2);
    await notary.close();
    notary = await sandbox.open();
    expect((await notary.notarize(visit('V-2'))).index).toBe(3);
    const registered = (await statements(notary)).filter(
      ({ event }) => event === 'profile.register',
    );
    expect(registered.map(({ claims }) => claims)).toEqual([
      {
        profileName: 'permit.visit/1',
        profileDigest: formatBase64(profileDigest(OWN, sha256)),
        definition: formatDefinition(OWN),
      },
    ]);
    await notary.flush();
    const bundle = await notary.bundle((await notary.notarize(visit('V-1'))).id);
    expect(bundle.inclusion.index).toBe(2);
  });

  test('takes no record of a profile that is not added', async () => {
    await using sandbox = await Sandbox.withNotary();
    const notary = await sandbox.open();
    await expect(notary.notarize(visit('V-1'))).rejects.toMatchObject({ code: 'PROFILES_UNKNOWN' });
  });

  test('checks records of a profile of its own as those of the package', async () => {
    await using sandbox = await Sandbox.withNotary();
    await addProfile(sandbox.dir, FILE);
    const notary = await sandbox.open();
    const record = { ...visit('V-1'), event: 'visit.end' };
    await expect(notary.notarize(record)).rejects.toMatchObject({ code: 'PROFILES_FIELD_MISSING' });
  });

  test('registers a profile that came while the log had entries', async () => {
    await using sandbox = await Sandbox.withNotary();
    let notary = await sandbox.open();
    await notary.notarize(license('A'));
    await notary.notarize(reading('B'));
    await notary.close();
    await addProfile(sandbox.dir, FILE);
    notary = await sandbox.open();
    expect((await statements(notary)).at(-1)?.event).toBe('profile.register');
    expect((await notary.notarize(license('A'))).index).toBe(1);
    expect((await notary.notarize(visit('V-1'))).index).toBe(4);
  });

  test('is not opened once the definition of a name on record has changed', async () => {
    await using sandbox = await Sandbox.withNotary();
    await addProfile(sandbox.dir, FILE);
    await (await sandbox.open()).close();
    const path = join(sandbox.dir, 'profiles', 'permit.visit-1.json');
    const text = await readFile(path, 'utf8');
    await writeFile(path, text.replace('"max":32', '"max":31'));
    await expect(sandbox.open()).rejects.toMatchObject({
      code: 'SDK_PROFILE_CHANGED',
      context: { profile: 'permit.visit/1' },
    });
    await writeFile(path, text);
    await (await sandbox.open()).close();
  });

  test('keeps the registration when the operator of the log is another by now', async () => {
    await using sandbox = await Sandbox.withNotary();
    await addProfile(sandbox.dir, FILE);
    await (await sandbox.open()).close();
    const config = await readConfig(sandbox.dir);
    await writeConfig(sandbox.dir, { ...config, issuers: config.issuers.toReversed() });
    const notary = await sandbox.open();
    expect(notary.log.size).toBe(2);
  });

  test('lets nobody else register a profile', async () => {
    await using sandbox = await Sandbox.withNotary();
    const notary = await sandbox.open();
    const claims = {
      profileName: 'access/1',
      profileDigest: `${'A'.repeat(43)}=`,
      definition: formatDefinition(profileByName('access/1')),
    };
    const record = { ...visit('R'), profile: 'log/1', event: 'profile.register', claims };
    await expect(notary.notarize(record)).rejects.toMatchObject({ code: 'SDK_RECORD_RESERVED' });
  });

  test('is not opened without a file that its settings name', async () => {
    await using sandbox = await Sandbox.withNotary();
    await addProfile(sandbox.dir, FILE);
    await rm(join(sandbox.dir, 'profiles'), { recursive: true });
    await expect(sandbox.open()).rejects.toMatchObject({ code: 'SDK_PROFILE_MALFORMED' });
  });
});

describe('addProfile', () => {
  test('copies the file and names it in the settings; the same again changes nothing', async () => {
    await using sandbox = await Sandbox.withNotary();
    const { dir } = sandbox;
    expect(await addProfile(dir, FILE)).toEqual(OWN);
    expect(await addProfile(dir, FILE)).toEqual(OWN);
    const config = await readConfig(dir);
    expect(config.profiles).toEqual(['profiles/permit.visit-1.json']);
    expect(await readFile(join(dir, 'profiles/permit.visit-1.json'))).toEqual(FILE);
    expect((await readProfiles(dir, config)).own).toEqual([OWN]);
  });

  test.each([
    ['no JSON', 'x', 'CORE_JSON_SYNTAX'],
    [
      'free text in clear',
      JSON.stringify(OWN_FILE).replace('"pattern":"^[A-Z]{2}-[0-9]{4,12}$"', '"pattern":"^.+$"'),
      'PROFILES_DEFINITION_TEXT',
    ],
    [
      'an example that does not fit',
      JSON.stringify(OWN_FILE).replaceAll('"kind":"routine"', '"kind":"praise"'),
      'PROFILES_EXAMPLE_REFUSED',
    ],
    [
      'the name of a profile of the package',
      JSON.stringify(OWN_FILE).replace('permit.visit/1', 'access/2'),
      'PROFILES_DEFINITION_TAKEN',
    ],
  ])('refuses %s', async (_what, text, reason) => {
    await using sandbox = await Sandbox.withNotary();
    await expect(addProfile(sandbox.dir, Buffer.from(text))).rejects.toMatchObject({
      code: 'SDK_PROFILE_MALFORMED',
      context: { reason },
    });
    expect((await readConfig(sandbox.dir)).profiles).toBeUndefined();
  });

  test('refuses another definition of a name that is in use', async () => {
    await using sandbox = await Sandbox.withNotary();
    await addProfile(sandbox.dir, FILE);
    const other = Buffer.from(JSON.stringify({ ...OWN_FILE, title: { zh: '核查', en: 'Visit' } }));
    await expect(addProfile(sandbox.dir, other)).rejects.toMatchObject({
      code: 'SDK_PROFILE_CHANGED',
    });
  });

  test('and settings name files in the folder of the notary only', async () => {
    await using sandbox = await Sandbox.withNotary();
    const config = await readConfig(sandbox.dir);
    for (const path of ['../x.json', '/x.json', 'a/../../x.json', 'a//b', '']) {
      await expect(writeConfig(sandbox.dir, { ...config, profiles: [path] })).rejects.toMatchObject(
        {
          code: 'SDK_CONFIG_MALFORMED',
        },
      );
    }
  });
});
