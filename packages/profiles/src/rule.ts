import type { JsonValue } from '@anchorlog/core';

/** When a rule applies: all that is given must hold. */
export interface RuleCondition {
  readonly events?: readonly string[];
  /** This claim is there, and not null. */
  readonly has?: string;
  /** This claim is absent, or null. */
  readonly lacks?: string;
  /** This claim has one of these values. */
  readonly equals?: { readonly field: string; readonly values: readonly JsonValue[] };
  /** This claim has none of these values, or is absent. */
  readonly differs?: { readonly field: string; readonly values: readonly JsonValue[] };
}

/** What must hold between the claims of one record, as data (spec/profiles §5.3). */
export type Rule =
  /** These fields must have a value when the condition holds. */
  | { readonly rule: 'require'; readonly fields: readonly string[]; readonly when: RuleCondition }
  /** A purpose-bound event should name its case: a warning, since a business act without a case must be logged all the same. */
  | { readonly rule: 'expectCase'; readonly when: RuleCondition }
  /** Of these events the field has one of these values. */
  | {
      readonly rule: 'eventValue';
      readonly field: string;
      readonly values: Readonly<Record<string, readonly string[]>>;
    }
  /** A begin is not after its end; both are dates, or both instants. */
  | { readonly rule: 'order'; readonly begin: string; readonly end: string }
  /** Two fields never hold the same. */
  | { readonly rule: 'differ'; readonly fields: readonly [string, string] }
  /** The scheme of one field's identifier is given by another field. */
  | {
      readonly rule: 'scheme';
      readonly field: string;
      readonly by: string;
      readonly schemes: Readonly<Record<string, string>>;
    }
  /** These fields repeat parts of a license identifier; a difference is a warning. */
  | {
      readonly rule: 'licenseParts';
      readonly identifier: string;
      readonly parts: Readonly<Record<'typeCode' | 'issuerCode' | 'version', string>>;
    };
