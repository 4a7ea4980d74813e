import {
  canonicalBytes,
  parseDate,
  parseInstant,
  type CodedError,
  type JsonObject,
  type JsonValue,
} from '@anchorlog/core';
import type { Profile } from '@anchorlog/statement';
import { PUBLIC_CLAIM_BYTES } from './bound.ts';
import { ISSUER_SET } from './common.ts';
import { faultsOf, profilesError } from './error.ts';
import {
  checkIdentifier,
  isResidentNumber,
  parseLicenseIdentifier,
  type RecordWarning,
} from './identifiers.ts';
import { checkPlan, claimPointer } from './plan.ts';
import type { Rule, RuleCondition } from './rule.ts';
import { checkValue, refusal } from './value.ts';

/** The part of a record that a profile speaks of. */
export interface CheckedRecord {
  readonly event: string;
  readonly claims: JsonObject;
}

/** White space, control and formatting characters, those of zero width among them. */
const INVISIBLE = /[\s\p{Cc}\p{Cf}]/u;
const RESIDENT_CHARACTERS = 18;
const RESIDENT_RUN = /(?<![0-9])[1-9][0-9]{16}[0-9X](?![0-9])/g;

/**
 * Check a record against its profile before it is issued (spec/profiles §5): known event and fields, required ones present, every value of
 * its type, form, length and check digits, and the rules between claims. Gives warnings, which a caller shows or logs but does not stop at.
 * Messages say where (a JSON Pointer into the record) and what was expected, never the value.
 * @throws PROFILES_EVENT_…, PROFILES_FIELD_…, PROFILES_VALUE_…, PROFILES_ARRAY_LENGTH, PROFILES_DIGEST_…, PROFILES_IDENTIFIER_…,
 * PROFILES_ORDER_BROKEN, PROFILES_RECORD_SIZE
 */
export function checkRecord(
  record: CheckedRecord,
  profile: Profile & { readonly rules?: readonly Rule[] },
): readonly RecordWarning[] {
  const required = requiredOf(record, profile);
  const warnings: RecordWarning[] = [];
  for (const name of Object.keys(record.claims))
    warnings.push(...checkClaim(name, record, profile));
  for (const name of required) checkPresent(name, record);
  for (const rule of profile.rules ?? []) warnings.push(...checkRule(rule, record));
  checkPublicSize(record, profile);
  return warnings;
}

/** Give all that `checkRecord` would refuse in a record, one after the other: none where it fits its profile. */
export function recordFaults(
  record: CheckedRecord,
  profile: Profile & { readonly rules?: readonly Rule[] },
): readonly CodedError[] {
  const required = checkPlan(profile).requiredOf.get(record.event) ?? [];
  const faults = faultsOf([
    () => requiredOf(record, profile),
    ...required.map((name) => () => checkPresent(name, record)),
    ...Object.keys(record.claims).map((name) => () => checkClaim(name, record, profile)),
  ]);
  // Rules between claims count on claims of their form.
  if (faults.every(({ code }) => code === 'PROFILES_FIELD_MISSING')) {
    const named = new Set(faults.map(({ context }) => context['at']));
    const rules = (profile.rules ?? []).flatMap(singleRules);
    const broken = faultsOf(rules.map((rule) => () => checkRule(rule, record)));
    faults.push(...broken.filter(({ context }) => !named.has(context['at'])));
  }
  // One fault a place: a value of null is missing, and of another type as well.
  const last = new Map(faults.map((fault) => [fault.context['at'], fault]));
  const told = faults.filter((fault) => last.get(fault.context['at']) === fault);
  return [...told, ...faultsOf([() => checkPublicSize(record, profile)])];
}

/** Part a rule that asks for several claims, so that each of them can be missing. */
function singleRules(rule: Rule): readonly Rule[] {
  return rule.rule === 'require'
    ? rule.fields.map((field) => ({ ...rule, fields: [field] }))
    : [rule];
}

function requiredOf({ event }: CheckedRecord, profile: Profile): readonly string[] {
  const plan = checkPlan(profile).requiredOf;
  const required = plan.get(event);
  if (required) return required;
  const expected = `an event of ${profile.name}: ${[...plan.keys()].join(', ')}`;
  throw refusal('PROFILES_EVENT_UNKNOWN', '/event', expected);
}

function checkPresent(name: string, { event, claims }: CheckedRecord): void {
  if (!isPresent(claims, name)) throw missing(name, `of ${event}`);
}

function checkClaim(name: string, { claims }: CheckedRecord, profile: Profile): RecordWarning[] {
  const field = checkPlan(profile).fields.get(name);
  if (!field)
    throw refusal('PROFILES_FIELD_UNKNOWN', claimPointer(name), `a field of ${profile.name}`);
  const { at, type, isPublic, isNullable, isKey } = field;
  if (ISSUER_SET.includes(name)) {
    throw refusal('PROFILES_FIELD_RESERVED', at, 'no claim: the issuer sets this field itself');
  }
  const value = claims[name]!;
  const warnings = value !== null || !isNullable ? checkValue({ value, type, at }) : [];
  if (isKey && holdsSpace(value)) {
    warnings.push(warning('PROFILES_WARN_SPACE', name, 'an identifier without white space'));
  }
  const isSuspect = isPublic && type.kind !== 'identifier' && holdsResidentNumber(value);
  return isSuspect
    ? [...warnings, warning('PROFILES_WARN_RESIDENT', name, 'no resident number in a public claim')]
    : warnings;
}

function checkRule(rule: Rule, record: CheckedRecord): readonly RecordWarning[] {
  const { event, claims } = record;
  switch (rule.rule) {
    case 'require': {
      if (!holds(rule.when, record)) return [];
      for (const name of rule.fields) {
        if (!isPresent(claims, name)) throw missing(name, 'that other claims call for');
      }
      return [];
    }
    case 'expectCase':
      return isPresent(claims, 'caseNo') || !holds(rule.when, record)
        ? []
        : [
            warning(
              'PROFILES_WARN_CASE',
              'caseNo',
              'a case number for an event bound to a purpose',
            ),
          ];
    case 'eventValue': {
      const values = Object.hasOwn(rule.values, event) ? rule.values[event] : undefined;
      const value = claims[rule.field];
      if (values && value !== undefined && !values.some((each) => each === value)) {
        const expected = `${values.join(' or ')} for ${event}`;
        throw refusal('PROFILES_EVENT_MISMATCH', claimPointer(rule.field), expected);
      }
      return [];
    }
    case 'order': {
      const [begin, end] = [claims[rule.begin], claims[rule.end]];
      if (typeof begin === 'string' && typeof end === 'string' && timeOf(end) < timeOf(begin)) {
        const expected = `a time not before ${rule.begin}`;
        throw refusal('PROFILES_ORDER_BROKEN', claimPointer(rule.end), expected);
      }
      return [];
    }
    case 'differ': {
      const [first, second] = rule.fields;
      if (isPresent(claims, second) && claims[first] === claims[second]) {
        const expected = `another value than ${first}`;
        throw refusal('PROFILES_VALUE_REPEATED', claimPointer(second), expected);
      }
      return [];
    }
    case 'scheme': {
      const [value, by] = [claims[rule.field], claims[rule.by]];
      if (typeof value !== 'string' || typeof by !== 'string') return [];
      const scheme = Object.hasOwn(rule.schemes, by) ? rule.schemes[by] : undefined;
      return scheme === undefined
        ? []
        : checkIdentifier({ scheme, value, at: claimPointer(rule.field) });
    }
    case 'licenseParts': {
      const identifier = claims[rule.identifier];
      if (typeof identifier !== 'string') return [];
      const parts = parseLicenseIdentifier(identifier);
      return (['typeCode', 'issuerCode', 'version'] as const)
        .filter((part) => claims[rule.parts[part]] !== parts[part])
        .map((part) =>
          warning('PROFILES_WARN_PART', rule.parts[part], `what ${rule.identifier} says`),
        );
    }
    default:
      return rule satisfies never;
  }
}

function holds(when: RuleCondition, { event, claims }: CheckedRecord): boolean {
  const { events, has, lacks, equals, differs } = when;
  const isOneOf = (condition: NonNullable<RuleCondition['equals']>): boolean =>
    condition.values.some((value) => value === claims[condition.field]);
  return (
    (events === undefined || events.includes(event)) &&
    (has === undefined || isPresent(claims, has)) &&
    (lacks === undefined || !isPresent(claims, lacks)) &&
    (equals === undefined || isOneOf(equals)) &&
    (differs === undefined || !isOneOf(differs))
  );
}

/** What stands in clear has to fit into an entry (spec/profiles §5.2). */
function checkPublicSize({ claims }: CheckedRecord, profile: Profile): void {
  const { fields } = checkPlan(profile);
  const open = Object.fromEntries(
    Object.entries(claims).filter(([name]) => fields.get(name)?.isPublic),
  );
  // A UTF-16 code unit is at most three bytes of UTF-8: nearly every record is far below the limit, and need not be encoded to know.
  if (JSON.stringify(open).length * 3 <= PUBLIC_CLAIM_BYTES) return;
  const { length } = canonicalBytes(open);
  if (length > PUBLIC_CLAIM_BYTES) {
    const message = `/claims: expected at most ${PUBLIC_CLAIM_BYTES} bytes of public claims, got ${length}`;
    throw profilesError('PROFILES_RECORD_SIZE', message, { at: '/claims', length });
  }
}

function holdsResidentNumber(value: JsonValue): boolean {
  if (typeof value === 'string') {
    if (value.length < RESIDENT_CHARACTERS) return false;
    return [...value.matchAll(RESIDENT_RUN)].some(([run]) => isResidentNumber(run));
  }
  // Digests and codes in objects are no texts; arrays of names are.
  return Array.isArray(value) && value.some(holdsResidentNumber);
}

/** Nothing is trimmed when an identifier becomes an index key, so that it would be filed apart (spec/statement §6.1). */
function holdsSpace(value: JsonValue): boolean {
  const { id: text } = typeof value === 'string' ? { id: value } : ((value ?? {}) as JsonObject); // checked to be of its form
  return typeof text === 'string' && INVISIBLE.test(text);
}

function isPresent(claims: JsonObject, name: string): boolean {
  return Object.hasOwn(claims, name) && claims[name] !== null;
}

/** Both forms were checked before; a date counts as its begin in UTC, which is enough to order two dates. */
function timeOf(text: string): number {
  return text.includes('T') ? parseInstant(text) : parseDate(text);
}

function missing(name: string, why: string): Error {
  return refusal('PROFILES_FIELD_MISSING', claimPointer(name), `a value ${why}`);
}

function warning(code: RecordWarning['code'], field: string, expected: string): RecordWarning {
  const at = claimPointer(field);
  return { code, at, message: `${at}: expected ${expected}` };
}
