import { pointerToken } from '@anchorlog/core';
import type { Profile, ProfileField, ValueType } from '@anchorlog/statement';
import { EMITTER_ONLY } from './common.ts';

/** A field as checking needs it. */
export interface PlannedField {
  readonly name: string;
  /** Its JSON Pointer in a record. */
  readonly at: string;
  readonly type: ValueType;
  readonly isNullable: boolean;
  readonly isPublic: boolean;
  /** Its value becomes an index key. */
  readonly isKey: boolean;
}

/** A profile as checking needs it. */
export interface CheckPlan {
  /** What each event requires, in the profile's order. */
  readonly requiredOf: ReadonlyMap<string, readonly string[]>;
  /** The profile's fields, and those of the emitter alone. */
  readonly fields: ReadonlyMap<string, PlannedField>;
}

const plans = new WeakMap<Profile, CheckPlan>();

/** Look up what checking a record of this profile needs; computed once for each profile value. */
export function checkPlan(profile: Profile): CheckPlan {
  const known = plans.get(profile);
  if (known) return known;
  const logged = profile.fields.map((field) => planned(field, field));
  const kept = EMITTER_ONLY.map((field) => planned(field, { disclosure: 'committed' }));
  const plan: CheckPlan = {
    requiredOf: new Map(
      profile.events.map(({ name: event }) => [event, requiredFields(profile, event)]),
    ),
    fields: new Map([...kept, ...logged].map((field) => [field.name, field])),
  };
  plans.set(profile, plan);
  return plan;
}

/** Write the JSON Pointer of a claim (RFC 6901 §3). */
export function claimPointer(name: string): string {
  return `/claims/${pointerToken(name)}`;
}

function planned(
  { name, type }: Pick<ProfileField, 'name' | 'type'>,
  { nullable, disclosure, key }: Pick<ProfileField, 'nullable' | 'disclosure' | 'key'>,
): PlannedField {
  const isPublic = disclosure === 'public';
  const isNullable = nullable === true;
  return { name, at: claimPointer(name), type, isNullable, isPublic, isKey: key !== undefined };
}

function requiredFields({ fields }: Profile, event: string): string[] {
  return fields
    .filter(({ required }) => (typeof required === 'boolean' ? required : required.includes(event)))
    .map(({ name }) => name);
}
