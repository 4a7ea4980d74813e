import type { ValueType } from '@anchorlog/statement';
import { definitionError } from './definition.ts';
import type { RuledProfile, StatusKeyKind, TrailKeyKind } from './field.ts';

/** Filled by the lifecycle profiles of the same name only. */
export const STATUS_KEY_KINDS: readonly StatusKeyKind[] = ['license', 'seal'];
export const TRAIL_KEY_KINDS: readonly TrailKeyKind[] = [
  'license-use',
  'seal-use',
  'holder',
  'actor',
  'case',
  'authorization',
];

const ROLE = /^[a-z][0-9A-Za-z-]{0,31}$/u;
const KEYS_LIMIT = 64;
/** Characters of an identifier that becomes an index key (spec/statement §6). */
const IDENTIFIER_CHARACTERS = 256;

/** Check the index keys of a profile (spec/profiles §2.3). @throws PROFILES_DEFINITION_KEY */
export function checkKeys({ name, fields }: RuledProfile): void {
  const seen = new Set<string>();
  for (const [i, { key, type }] of fields.entries()) {
    if (!key) continue;
    const at = `/fields/${i}/key`;
    const { kind, role } = key;
    const isOwn = STATUS_KEY_KINDS.some((each) => each === kind && name === `${each}.lifecycle/1`);
    demand(
      isOwn || TRAIL_KEY_KINDS.some((each) => each === kind),
      at,
      'a kind of key that it may file',
    );
    demand(ROLE.test(role), at, 'a role, like self');
    demand(!seen.has(`${kind} ${role}`), at, 'each kind and role once');
    demand(isIdentifier(type), at, 'a text, an identifier or a pseudonym for a key');
    seen.add(`${kind} ${role}`);
  }
  demand(seen.size <= KEYS_LIMIT, '/fields', `at most ${KEYS_LIMIT} keys`);
}

function isIdentifier(type: ValueType): boolean {
  return (
    type.kind === 'identifier' ||
    type.kind === 'pseudonym' ||
    (type.kind === 'string' && type.max <= IDENTIFIER_CHARACTERS)
  );
}

function demand(holds: boolean, at: string, expected: string): void {
  if (!holds) throw definitionError('PROFILES_DEFINITION_KEY', at, expected);
}
