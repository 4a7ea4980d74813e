import type { JsonValue } from '@anchorlog/core';
import type { ValueType } from '@anchorlog/statement';
import { definitionError } from './definition.ts';
import type { RuledProfile } from './field.ts';
import { IDENTIFIER_SCHEMES } from './identifiers.ts';
import type { Rule, RuleCondition } from './rule.ts';

/** Check that a rule speaks of events, fields and words that its profile has. `at` is its JSON Pointer. @throws PROFILES_DEFINITION_RULE */
export function checkRules(rule: Rule, profile: RuledProfile, at: string): void {
  const parts = new Parts(profile, at);
  switch (rule.rule) {
    case 'require':
      parts.demand(rule.fields.length > 0, 'a field');
      for (const field of rule.fields) parts.type(field);
      parts.condition(rule.when);
      return;
    case 'expectCase':
      parts.type('caseNo');
      parts.condition(rule.when);
      return;
    case 'eventValue':
      parts.events(Object.keys(rule.values));
      for (const words of Object.values(rule.values)) parts.words(rule.field, words);
      return;
    case 'order': {
      const [begin, end] = [parts.type(rule.begin), parts.type(rule.end)];
      const isTime = begin.kind === 'date' || begin.kind === 'instant';
      parts.demand(isTime && begin.kind === end.kind, 'two dates, or two instants');
      return;
    }
    case 'differ': {
      const [first, second] = rule.fields.map((field) => parts.type(field).kind);
      parts.demand(isPlain(first) && isPlain(second), 'two plain values');
      return;
    }
    case 'scheme': {
      const { field, by, schemes } = rule;
      parts.demand(parts.type(field).kind === 'string', 'a text whose scheme another field gives');
      parts.words(by, Object.keys(schemes));
      const isKnown = Object.values(schemes).every((scheme) => IDENTIFIER_SCHEMES.includes(scheme));
      parts.demand(isKnown, `schemes of ${IDENTIFIER_SCHEMES.join(', ')}`);
      return;
    }
    case 'licenseParts': {
      const { kind, ...type } = parts.type(rule.identifier);
      const isLicense = kind === 'identifier' && 'scheme' in type && type.scheme === 'license';
      parts.demand(isLicense, 'a license identifier');
      for (const field of Object.values(rule.parts)) parts.type(field);
      return;
    }
    default:
      return rule satisfies never;
  }
}

/** What a profile has, and who looks for it. */
class Parts {
  readonly #profile: RuledProfile;
  readonly #at: string;

  constructor(profile: RuledProfile, at: string) {
    this.#profile = profile;
    this.#at = at;
  }

  demand(holds: boolean, expected: string): void {
    if (!holds) throw definitionError('PROFILES_DEFINITION_RULE', this.#at, expected);
  }

  type(name: string): ValueType {
    const field = this.#profile.fields.find((each) => each.name === name);
    if (field) return field.type;
    throw definitionError('PROFILES_DEFINITION_RULE', this.#at, 'fields of this profile');
  }

  events(names: readonly string[]): void {
    const known = this.#profile.events.map(({ name }) => name);
    this.demand(
      names.length > 0 && names.every((name) => known.includes(name)),
      'events of this profile',
    );
  }

  /** A field of words, which are among its own. */
  words(name: string, words: readonly JsonValue[]): void {
    const type = this.type(name);
    const isAmong =
      type.kind !== 'enum' || words.every((word) => type.values.some((each) => each === word));
    this.demand(words.length > 0 && isAmong, `words that ${name} may be`);
  }

  condition({ events, has, lacks, equals, differs }: RuleCondition): void {
    if (events) this.events(events);
    for (const name of [has, lacks]) if (name !== undefined) this.type(name);
    for (const each of [equals, differs]) if (each) this.words(each.field, each.values);
  }
}

/** Compared by what it is, not by what it consists of. */
function isPlain(kind: ValueType['kind'] | undefined): boolean {
  return kind === 'string' || kind === 'identifier' || kind === 'enum' || kind === 'integer';
}
