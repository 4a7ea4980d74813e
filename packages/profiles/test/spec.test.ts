import { readFileSync } from 'node:fs';
import { PROFILES, PROFILES_CODES, PROFILES_WARNING_CODES } from '@anchorlog/profiles';
import { describe, expect, test } from 'vitest';
import { fieldTable } from './field-table.ts';

const spec = readFileSync(new URL('../../../spec/profiles.md', import.meta.url), 'utf8');
/** Section 6.x by the profile's name. */
const sections = new Map(
  spec
    .split(/^### /m)
    .map((section) => [/^6\.[0-9]+ `([^`]+)`/.exec(section)?.[1] ?? '', section] as const),
);

describe('spec/profiles', () => {
  test.each(PROFILES.map((profile) => [profile.name, profile] as const))(
    'shows the fields and events of %s as they are',
    (name, profile) => {
      const section = sections.get(name) ?? '';
      const rows = section
        .split('\n')
        .filter((line) => line.startsWith('| `'))
        .map((line) =>
          line
            .slice(1, -1)
            .split('|')
            .map((cell) => cell.trim()),
        );
      expect(rows).toEqual(fieldTable(profile));
      for (const { name: event, title } of profile.events) {
        expect(section).toContain(`\`${event}\` ${title.zh}`);
      }
    },
  );

  test('names every code', () => {
    for (const code of Object.keys({ ...PROFILES_CODES, ...PROFILES_WARNING_CODES })) {
      const short = code.replace(/^PROFILES_VALUE/, '');
      expect([code, spec.includes(code) || spec.includes(`\`${short}\``)]).toEqual([code, true]);
    }
  });
});
