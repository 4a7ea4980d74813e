import {
  isCodedError,
  parseJson,
  ShapeReader,
  type CodedError,
  type JsonLimits,
  type JsonObject,
  type JsonValue,
} from '@anchorlog/core';
import { checkRecord, type CheckedRecord } from './check.ts';
import { definitionError, parseDefinition } from './definition.ts';
import { profilesError } from './error.ts';
import type { RuledProfile } from './field.ts';
import { lintProfile } from './lint.ts';

/** A record that a profile refuses: an example with some claims changed, and by which code and at which place it is refused. */
export interface Refusal {
  readonly name: string;
  /** Number of the example, from 0. */
  readonly example: number;
  readonly event?: string | undefined;
  readonly set?: JsonObject | undefined;
  readonly remove?: readonly string[] | undefined;
  readonly code: string;
  /** JSON Pointer into the record. */
  readonly at: string;
}

/** A profile with examples of records that fit it, and of some that do not (spec/profiles §8.4). */
export interface ProfileFile {
  readonly profile: RuledProfile;
  readonly examples: readonly CheckedRecord[];
  readonly refused: readonly Refusal[];
}

const LIMITS: JsonLimits = { bytes: 1_048_576, depth: 18, items: 65_536, string: 16_384 };
const EXAMPLES_LIMIT = 256;
const REFUSED_LIMIT = 1024;
const FAULT_NAME = /^PROFILES_[A-Z_]{1,64}$/u;

const shape = /* @__PURE__ */ new ShapeReader((at, expected) => {
  throw definitionError('PROFILES_DEFINITION_SHAPE', at, expected);
});

/**
 * Read the file of a profile: a definition, and maybe `examples` and `refused`. Its form only: see `profileFileFaults`.
 * @throws PROFILES_DEFINITION_SHAPE, PROFILES_DEFINITION_BOUND, CORE_JSON_…, CORE_UTF8_MALFORMED
 */
export function parseProfileFile(input: Uint8Array | string): ProfileFile {
  const { examples = [], refused = [], ...definition } = shape.map(parseJson(input, LIMITS), '');
  const profile = parseDefinition(definition);
  const parsed = shape.array(examples, '/examples', EXAMPLES_LIMIT, parseExample);
  const refusal = (value: JsonValue, at: string): Refusal => parseRefusal(value, at, parsed.length);
  return {
    profile,
    examples: parsed,
    refused: shape.array(refused, '/refused', REFUSED_LIMIT, refusal),
  };
}

/** Say all that is wrong with a profile and its examples: what `lintProfile` finds and, if that is nothing, which examples are none. */
export function profileFileFaults(file: ProfileFile): readonly CodedError[] {
  const { profile, examples, refused } = file;
  const faults = lintProfile(profile);
  if (faults.length > 0) return faults;
  return [
    ...examples.flatMap((example, i) => {
      const fault = faultOf(example, profile);
      return fault ? [exampleError(`/examples/${i}`, fault)] : [];
    }),
    ...refused.flatMap((refusal, i) => {
      const fault = faultOf(refusedRecord(refusal, file), profile);
      const isAsSaid = fault?.code === refusal.code && fault.context['at'] === refusal.at;
      return isAsSaid ? [] : [acceptedError(`/refused/${i}`, refusal, fault)];
    }),
  ];
}

/** Make the record that a refusal speaks of. */
export function refusedRecord(
  { example, event, set = {}, remove = [] }: Refusal,
  { examples }: Pick<ProfileFile, 'examples'>,
): CheckedRecord {
  const record = examples[example]!; // parsing has seen to it that it is there
  const kept = Object.entries(record.claims).filter(([name]) => !remove.includes(name));
  return { event: event ?? record.event, claims: { ...Object.fromEntries(kept), ...set } };
}

function faultOf(record: CheckedRecord, profile: RuledProfile): CodedError | undefined {
  try {
    checkRecord(record, profile);
    return undefined;
  } catch (error) {
    if (!isCodedError(error)) throw error;
    return error;
  }
}

function exampleError(at: string, cause: CodedError): CodedError {
  const message = `profile ${at}: expected a record that fits, got ${cause.code}: ${cause.message}`;
  return profilesError('PROFILES_EXAMPLE_REFUSED', message, { at }, { cause });
}

function acceptedError(at: string, { code, at: place }: Refusal, cause?: CodedError): CodedError {
  const got = cause ? `${cause.code} at ${String(cause.context['at'])}` : 'a record that fits';
  const message = `profile ${at}: expected ${code} at ${place}, got ${got}`;
  return profilesError('PROFILES_EXAMPLE_ACCEPTED', message, { at }, { cause });
}

function parseExample(value: JsonValue, at: string): CheckedRecord {
  const { event, claims } = shape.object(value, at, { required: ['event', 'claims'] });
  return {
    event: shape.string(event, `${at}/event`),
    claims: shape.map(claims, `${at}/claims`),
  };
}

function parseRefusal(value: JsonValue, at: string, examples: number): Refusal {
  const refusal = shape.object(value, at, {
    required: ['name', 'example', 'code', 'at'],
    optional: ['event', 'set', 'remove'],
  });
  const { event, set, remove } = refusal;
  const example = shape.size(refusal['example'], `${at}/example`);
  if (example >= examples) {
    throw definitionError('PROFILES_DEFINITION_SHAPE', `${at}/example`, 'the number of an example');
  }
  return {
    name: shape.string(refusal['name'], `${at}/name`),
    example,
    ...(event !== undefined && { event: shape.string(event, `${at}/event`) }),
    ...(set !== undefined && { set: shape.map(set, `${at}/set`) }),
    ...(remove !== undefined && {
      remove: shape.array(remove, `${at}/remove`, EXAMPLES_LIMIT, (item, place) =>
        shape.string(item, place),
      ),
    }),
    code: shape.string(refusal['code'], `${at}/code`, FAULT_NAME, 'a code of this package'),
    at: shape.string(refusal['at'], `${at}/at`),
  };
}
