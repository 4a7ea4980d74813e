import { existsSync, readFileSync } from 'node:fs';
import { profileByName, PROFILES, profileSet } from '@anchorlog/profiles';
import type { ProfileField, ValueType } from '@anchorlog/statement';
import { describe, expect, test } from 'vitest';

const NAMES = [
  'license.lifecycle/1',
  'license.use/1',
  'seal.lifecycle/1',
  'seal.use/1',
  'share.request/1',
  'share.decision/1',
  'share.delivery/1',
  'access/1',
  'case.step/1',
  'dataasset.registration/1',
  'payment.receipt/1',
  'document/1',
  'log/1',
];
const STATUS_KINDS = ['license', 'seal'];
const TRAIL_KINDS = ['license-use', 'seal-use', 'holder', 'actor', 'case', 'authorization'];
const ALWAYS_PUBLIC = ['effectiveTime', 'statusTo', 'validFrom', 'validTo'];
describe('profileByName', () => {
  test.each(NAMES)('finds %s', (name) => {
    expect(profileByName(name).name).toBe(name);
  });

  test('knows no other name, version or inherited property', () => {
    for (const name of [
      'license.lifecycle/2',
      'license.lifecycle',
      '',
      'constructor',
      '__proto__',
    ]) {
      expect(() => profileByName(name)).toThrow(
        expect.objectContaining({ code: 'PROFILES_UNKNOWN' }),
      );
    }
  });
});

describe('profileByName, of a name that nobody knows', () => {
  test('shows it, and one that is near', () => {
    expect(() => profileByName('document/2')).toThrow('such as document/1, got document/2');
    expect(() => profileByName('x'.repeat(100))).toThrow(/got x{64}$/);
  });
});

describe('profileSet', () => {
  const own = { ...profileByName('document/1'), name: 'permit.visit/1' };

  test("knows the profiles of this package and those of one's own", () => {
    const set = profileSet([own]);
    expect(set.byName('permit.visit/1')).toBe(own);
    expect(set.byName('access/1')).toBe(profileByName('access/1'));
    expect(set.all).toEqual([...PROFILES, own]);
    expect(set.own).toEqual([own]);
    expect(() => set.byName('permit.visit/2')).toThrow(
      expect.objectContaining({
        code: 'PROFILES_UNKNOWN',
        message: expect.stringContaining('such as permit.visit/1') as string,
      }),
    );
  });

  test.each(['access/1', 'access/2', 'log/7'])('leaves the name %s to this package', (name) => {
    expect(() => profileSet([{ ...own, name }])).toThrow(
      expect.objectContaining({ code: 'PROFILES_DEFINITION_TAKEN' }),
    );
  });

  test('takes no name twice', () => {
    expect(() => profileSet([own, { ...own }])).toThrow(
      expect.objectContaining({ code: 'PROFILES_DEFINITION_TAKEN' }),
    );
  });
});

describe('PROFILES', () => {
  test('are these, each once', () => {
    expect(PROFILES.map(({ name }) => name)).toEqual(NAMES);
  });

  describe.each(PROFILES)('$name', (profile) => {
    const { fields, events, title } = profile;
    const names = fields.map(({ name }) => name);
    const eventNames = events.map(({ name }) => name);
    const open = fields.filter(({ disclosure }) => disclosure === 'public');

    test('has titles in Chinese and English, and names that occur once', () => {
      for (const { zh, en } of [
        title,
        ...events.map((e) => e.title),
        ...fields.map((f) => f.title),
      ]) {
        expect(zh).toMatch(/\p{Script=Han}/u);
        expect(en).toMatch(/^[A-Z][\x20-\x7e]+$/);
      }
      expect(new Set(names).size).toBe(names.length);
      expect(new Set(eventNames).size).toBe(eventNames.length);
    });

    test('lets no free text stand in clear', () => {
      for (const { name, type } of open) expect([name, isFormed(type)]).toEqual([name, true]);
    });

    test('keeps what the status depends on in clear', () => {
      for (const field of fields) {
        if (ALWAYS_PUBLIC.includes(field.name)) expect(field.disclosure).toBe('public');
        if (field.name === 'hiddenFromSubject') expect(field.disclosure).toBe('committed');
      }
    });

    test('commits to salted digests, objects and pseudonyms, and never shows them', () => {
      for (const { name, type, disclosure } of fields) {
        const isSecret =
          type.kind === 'object' ||
          type.kind === 'pseudonym' ||
          (type.kind === 'digest' && type.salted);
        if (isSecret) expect([name, disclosure]).not.toEqual([name, 'public']);
      }
    });

    test('files keys of known kinds, status kinds from lifecycles only, each kind and role once', () => {
      const keys = fields.flatMap(({ key }) => (key ? [key] : []));
      expect(new Set(keys.map(({ kind, role }) => `${kind} ${role}`)).size).toBe(keys.length);
      for (const { kind } of keys) {
        expect([...STATUS_KINDS, ...TRAIL_KINDS]).toContain(kind);
        if (STATUS_KINDS.includes(kind)) expect(profile.name).toBe(`${kind}.lifecycle/1`);
      }
      for (const { disclosure, key } of fields) if (disclosure === 'key') expect(key).toBeDefined();
    });

    test('ends with the common fields, unless it is of the log itself', () => {
      const common = ['caseNo', 'dataClass', 'files'];
      if (profile.name === 'log/1') {
        expect(names).not.toEqual(expect.arrayContaining(common));
        expect(open).toEqual(fields);
        expect(fields.filter(({ key }) => key)).toEqual([]);
      } else {
        expect(names).toEqual(expect.arrayContaining(common));
        const [caseNo, dataClass, files] = common.map((name) =>
          fields.find((f) => f.name === name)!,
        );
        expect(caseNo).toMatchObject({
          disclosure: 'committed',
          key: { kind: 'case', role: 'self' },
        });
        expect(dataClass).toMatchObject({ disclosure: 'public', required: false });
        expect(files).toMatchObject({ disclosure: 'committed', required: false });
      }
    });
  });
});

interface ListedField {
  readonly name: string;
  readonly required: string;
  readonly disclosure: string;
  readonly type: string;
  readonly keyKind?: string;
}

/** Where this package differs from the list, with the reason in spec/profiles §6. */
const MOVED: Readonly<Record<string, string>> = {
  'access/1 hiddenFromSubject': 'committed',
  'dataasset.registration/1 scopeText': 'committed',
};

const LIST = new URL('../../../../shared/profiles/profiles.json', import.meta.url);
describe.skipIf(!existsSync(LIST))(
  'PROFILES beside the list of fields that they were made from',
  () => {
    const list = existsSync(LIST)
      ? (JSON.parse(readFileSync(LIST, 'utf8')) as {
          readonly profiles: Readonly<
            Record<
              string,
              { readonly eventTypes: readonly string[]; readonly fields: readonly ListedField[] }
            >
          >;
        }) // read only to compare
      : { profiles: {} };

    test.each(Object.entries(list.profiles))(
      '%s has its events and fields',
      (name, { eventTypes, fields }) => {
        const profile = profileByName(name);
        expect(profile.events.map((event) => event.name)).toEqual(eventTypes);
        for (const listed of fields) {
          const field = profile.fields.find((each) => each.name === listed.name.replace('[]', ''));
          expect(field, listed.name).toBeDefined();
          const plain = { 'digest-public': 'public', 'digest-committed': 'committed' }[
            listed.disclosure
          ];
          const expected = MOVED[`${name} ${listed.name}`] ?? plain ?? listed.disclosure;
          expect([listed.name, field!.disclosure, field!.key?.kind]).toEqual([
            listed.name,
            expected,
            listed.keyKind,
          ]);
          if (listed.required === 'O')
            expect([listed.name, field!.required]).toEqual([listed.name, false]);
          for (const word of listedWords(listed.type)) expect(wordsOf(field!)).toContain(word);
        }
      },
    );
  },
);

function listedWords(type: string): string[] {
  const [, words] = /^enum ((?:[\w-]+, )+[\w-]+)$/.exec(type) ?? [];
  return words?.split(', ') ?? [];
}

function wordsOf({ type }: ProfileField): readonly string[] {
  return type.kind === 'enum' ? type.values : [];
}

function isFormed(type: ValueType): boolean {
  if (type.kind === 'array') return isFormed(type.items);
  return type.kind === 'string' ? type.pattern !== undefined : type.kind !== 'object';
}
