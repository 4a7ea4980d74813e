import { canonicalize, type CodedError } from '@anchorlog/core';
import type { ProfileField, ValueType } from '@anchorlog/statement';
import { mostBytes, PUBLIC_CLAIM_BYTES } from './bound.ts';
import { COMMON_FIELDS, COMMON_FIELDS_BESIDE_CASE, EMITTER_ONLY } from './common.ts';
import { definitionError, formatField } from './definition.ts';
import { faultsOf } from './error.ts';
import { fieldsOf, NAME, NUMBER, type RuledProfile } from './field.ts';
import { IDENTIFIER_SCHEMES } from './identifiers.ts';
import { checkKeys } from './key-lint.ts';
import { patternReach } from './pattern.ts';
import { checkRules } from './rule-lint.ts';

/** The profile of what a log says about itself, which has rules of its own: all in clear, no common fields. */
const OF_THE_LOG = 'log/1';
// As spec/statement §3 has them.
const PROFILE_NAME = /^(?=.{1,64}$)[a-z][a-z0-9.-]*\/[1-9][0-9]{0,3}$/u;
const EVENT_NAME = /^(?=.{1,64}$)[a-z][A-Za-z0-9-]*(?:\.[A-Za-z0-9-]+)*$/u;
const FIELD_NAME = /^[A-Za-z][0-9A-Za-z]{0,63}$/u;
const WORD = /^(?! )[^\p{Cc}\p{Zl}\p{Zp}]{1,64}(?<! )$/u;
const CHINESE = /^(?=.*\p{Script=Han})[^\p{Cc}\p{Zl}\p{Zp}]{1,100}$/u;
const ENGLISH = /^[A-Z][\x20-\x7e]{0,99}$/u;
/** What the status depends on, wherever it occurs (spec/profiles §2.2). */
const ALWAYS_PUBLIC = ['effectiveTime', 'statusTo', 'validFrom', 'validTo'];
/** In clear it would tell a person of an inquiry. */
const NEVER_PUBLIC = ['hiddenFromSubject'];
/** Above so many characters a text in letters beyond ASCII is no number any more, and above the other none at all. */
const MOST_NUMBER = 200;
const MOST_NAME = 255;
const PATTERN_CHARACTERS = 256;
const COMMITMENTS_LIMIT = 256;
/** Room for one value in its disclosure of 1,048,576 bytes, beside salt, address and path. */
const DISCLOSED_BYTES = 1_048_064;

/** Finds one fault of a profile, if there is one. */
type Check = () => void;

/**
 * Say all that keeps a definition from being a profile (spec/profiles §8.2): names, titles and requirements; every value bounded; no free
 * text in clear; kinds of values in their places; keys; rules. None for a sound one. Whether its name is free is another question.
 */
export function lintProfile(profile: RuledProfile): readonly CodedError[] {
  const { name, title, events, fields, rules } = profile;
  const isOfLog = name === OF_THE_LOG;
  const checks: Check[] = [
    () => demandName(PROFILE_NAME.test(name), '/name', 'a name and version, like permit.visit/1'),
    () => demand(events.length > 0, 'SHAPE', '/events', 'an event'),
    ...titleChecks(title, '/title'),
    ...events.flatMap((event, i): Check[] => [
      () =>
        demandName(EVENT_NAME.test(event.name), `/events/${i}/name`, 'a name, like visit.begin'),
      ...titleChecks(event.title, `/events/${i}/title`),
    ]),
    ...repeated(events).map((i) => () => demandName(false, `/events/${i}/name`, 'each name once')),
    ...fields.flatMap((field, i) => fieldChecks(field, { at: `/fields/${i}`, isOfLog })),
    ...repeated(fields).map((i) => () => demandName(false, `/fields/${i}/name`, 'each name once')),
    ...(isOfLog ? [] : commonChecks(fields)),
    () => checkKeys(profile),
    ...rules.map((rule, i) => () => checkRules(rule, profile, `/rules/${i}`)),
    ...fields.map((field, i) => () => checkRequired(field, profile, `/fields/${i}/required`)),
    () => checkPublicBytes(fields),
    () => checkCommitments(fields),
  ];
  return faultsOf(checks);
}

function fieldChecks(
  field: ProfileField,
  { at, isOfLog }: { readonly at: string; readonly isOfLog: boolean },
): Check[] {
  const { name, title, type, disclosure, key } = field;
  const isKept = EMITTER_ONLY.some((each) => each.name === name);
  return [
    () => demandName(FIELD_NAME.test(name), `${at}/name`, 'a name, like visitTime'),
    () => demandName(!isKept, `${at}/name`, 'no name of what the emitter keeps'),
    ...titleChecks(title, `${at}/title`),
    () => checkType(type, `${at}/type`),
    () =>
      demand(
        mostBytes(type) <= DISCLOSED_BYTES,
        'BOUND',
        `${at}/type`,
        'a value that can be disclosed',
      ),
    () => {
      if (disclosure === 'public') checkPublicType(type, { at: `${at}/type`, isOfLog });
    },
    () => {
      if (ALWAYS_PUBLIC.includes(name)) {
        demand(disclosure === 'public', 'PLACE', `${at}/disclosure`, `${name} to be public`);
      }
      if (NEVER_PUBLIC.includes(name) || (isOfLog && disclosure !== 'public')) {
        demand(
          !isOfLog && disclosure === 'committed',
          'PLACE',
          `${at}/disclosure`,
          'another place',
        );
      }
      demand(disclosure !== 'key' || key !== undefined, 'KEY', `${at}/disclosure`, 'a kind of key');
    },
  ];
}

function checkType(type: ValueType, at: string): void {
  switch (type.kind) {
    case 'string':
      demand((type.min ?? 1) <= type.max, 'BOUND', at, 'a smallest length that fits the largest');
      if (type.pattern !== undefined) checkPattern(type.pattern, `${at}/pattern`);
      return;
    case 'enum': {
      const isEach = new Set(type.values).size === type.values.length && type.values.length > 0;
      demandName(isEach && type.values.every((word) => WORD.test(word)), at, 'words, each once');
      return;
    }
    case 'integer': {
      const { min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER } = type;
      demand(min <= max, 'BOUND', at, 'a least value that fits the greatest');
      return;
    }
    case 'identifier': {
      const known = IDENTIFIER_SCHEMES.join(', ');
      demandName(IDENTIFIER_SCHEMES.includes(type.scheme), `${at}/scheme`, `one of ${known}`);
      return;
    }
    case 'array':
      demand(type.max > 0, 'BOUND', `${at}/max`, 'room for an item');
      checkType(type.items, `${at}/items`);
      return;
    case 'boolean':
    case 'instant':
    case 'date':
    case 'digest':
    case 'pseudonym':
    case 'object':
    case 'profile':
      return;
    default:
      return type satisfies never;
  }
}

function checkPattern(pattern: string, at: string): void {
  const isKnown = pattern === NAME || pattern === NUMBER;
  const isSound = pattern.length <= PATTERN_CHARACTERS && patternReach(pattern).isSound;
  demand(isKnown || isSound, 'PATTERN', at, 'an expression that holds from ^ to $');
}

/** What stands in clear can never be taken back (spec/profiles §2.2). */
function checkPublicType(
  type: ValueType,
  { at, isOfLog }: { readonly at: string; readonly isOfLog: boolean },
): void {
  if (type.kind === 'array') return checkPublicType(type.items, { at: `${at}/items`, isOfLog });
  const isSecret =
    type.kind === 'object' ||
    type.kind === 'pseudonym' ||
    (type.kind === 'identifier' && type.scheme === 'resident') ||
    (type.kind === 'profile' && !isOfLog) ||
    (type.kind === 'digest' && type.salted);
  demand(!isSecret, 'PLACE', at, 'a kind of value that may stand in clear');
  if (type.kind !== 'string') return;
  const { pattern, max } = type;
  demand(pattern !== undefined, 'TEXT', at, 'a pattern: in clear no text is free');
  if (pattern === undefined) return;
  const { isOpen, takesSpace, takesBeyondAscii } = patternReach(pattern);
  const isForm = pattern === NAME || pattern === NUMBER;
  demand(
    isForm || (!isOpen && !takesSpace),
    'TEXT',
    `${at}/pattern`,
    'characters listed one by one',
  );
  const most = pattern !== NAME && (isForm || takesBeyondAscii) ? MOST_NUMBER : MOST_NAME;
  demand(max <= most, 'TEXT', `${at}/max`, `at most ${most} characters in clear`);
}

/** The last fields of every profile are the same; of those it may have a case number of its own. */
function commonChecks(fields: readonly ProfileField[]): Check[] {
  const [caseNumber, ...others] = fieldsOf(COMMON_FIELDS);
  const at = fields.findIndex(({ name }) => name === caseNumber!.name);
  const own = fields[at];
  const expected = fieldsOf(COMMON_FIELDS_BESIDE_CASE);
  return [
    () =>
      demand(
        own?.disclosure === 'committed' && own.key?.kind === 'case' && own.key.role === 'self',
        'PLACE',
        own ? `/fields/${at}` : '/fields',
        'caseNo committed to, as key of kind case',
      ),
    ...others.map((common, i) => () => {
      const place = fields.length - expected.length + i;
      const field = fields[place];
      const isSame =
        field && canonicalize(formatField(field)) === canonicalize(formatField(common));
      demand(
        isSame === true,
        'PLACE',
        '/fields',
        `${common.name} as all profiles have it, at the end`,
      );
    }),
  ];
}

function checkRequired({ required }: ProfileField, { events }: RuledProfile, at: string): void {
  if (typeof required === 'boolean') return;
  const names = events.map(({ name }) => name);
  const isKnown = required.length > 0 && required.every((name) => names.includes(name));
  demand(isKnown, 'RULE', at, 'events of this profile');
}

/** The public claims of any record that fits must fit into an entry (spec/profiles §5.2). */
function checkPublicBytes(fields: readonly ProfileField[]): void {
  const bytes = fields
    .filter(({ disclosure }) => disclosure === 'public')
    .reduce((sum, { name, type }) => sum + name.length + 4 + mostBytes(type), 2);
  const most = `at most ${PUBLIC_CLAIM_BYTES} bytes of public claims, which may reach ${bytes}`;
  demand(bytes <= PUBLIC_CLAIM_BYTES, 'BOUND', '/fields', most);
}

function checkCommitments(fields: readonly ProfileField[]): void {
  const { length } = fields.filter(({ disclosure }) => disclosure === 'committed');
  demand(
    length <= COMMITMENTS_LIMIT,
    'BOUND',
    '/fields',
    `at most ${COMMITMENTS_LIMIT} commitments`,
  );
}

function titleChecks({ zh, en }: RuledProfile['title'], at: string): Check[] {
  return [
    () => demand(CHINESE.test(zh), 'TITLE', `${at}/zh`, 'up to 100 characters in Chinese'),
    () => demand(ENGLISH.test(en), 'TITLE', `${at}/en`, 'up to 100 characters of ASCII in English'),
  ];
}

/** Places of names that stood before. */
function repeated(named: readonly { readonly name: string }[]): number[] {
  const names = named.map(({ name }) => name);
  return names.flatMap((name, i) => (names.indexOf(name) < i ? [i] : []));
}

function demandName(holds: boolean, at: string, expected: string): void {
  demand(holds, 'NAME', at, expected);
}

function demand(
  holds: boolean,
  fault: 'SHAPE' | 'NAME' | 'TITLE' | 'TEXT' | 'BOUND' | 'PATTERN' | 'PLACE' | 'KEY' | 'RULE',
  at: string,
  expected: string,
): void {
  if (!holds) throw definitionError(`PROFILES_DEFINITION_${fault}`, at, expected);
}
