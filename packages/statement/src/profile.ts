/** What a value looks like; checked when issuing. Lengths are in characters, integers within 2^53 - 1. */
export type ValueType =
  | {
      readonly kind: 'string';
      readonly max: number;
      readonly min?: number;
      readonly pattern?: string;
    }
  | { readonly kind: 'enum'; readonly values: readonly string[] }
  | { readonly kind: 'integer'; readonly min?: number; readonly max?: number }
  | { readonly kind: 'boolean' }
  /** RFC 3339 with offset. */
  | { readonly kind: 'instant' }
  /** YYYY-MM-DD. */
  | { readonly kind: 'date' }
  /** An identifier with a check rule: `uscc`, `license`, `region`, `item`, … (spec/profiles §4). */
  | { readonly kind: 'identifier'; readonly scheme: string }
  /** A digest of an external object: `{ alg, salted, value }`, `value` in hexadecimal. */
  | { readonly kind: 'digest'; readonly salted: boolean }
  /** Somebody's identifier that becomes an index key only: a string or `{ kind, id }`. */
  | { readonly kind: 'pseudonym' }
  | { readonly kind: 'array'; readonly items: ValueType; readonly max: number }
  /** Any JSON object of at most `bytes` in canonical form; never public. */
  | { readonly kind: 'object'; readonly bytes: number }
  /** The definition of a profile, of at most `bytes` in canonical form (spec/profiles §8.1). */
  | { readonly kind: 'profile'; readonly bytes: number };

/** Where a field of a record goes: in clear, as commitment, or nowhere (only its index key is committed to). */
export type DisclosureClass = 'public' | 'committed' | 'key';

/** One field of a profile. */
export interface ProfileField {
  readonly name: string;
  readonly title: { readonly zh: string; readonly en: string };
  readonly type: ValueType;
  /** Always, never, or for these events only. */
  readonly required: boolean | readonly string[];
  /** May hold null. */
  readonly nullable?: boolean | undefined;
  readonly disclosure: DisclosureClass;
  /** The value, normalised, is also an index key of this kind. */
  readonly key?: { readonly kind: string; readonly role: string } | undefined;
}

/** A versioned schema of one kind of record, as data (spec/profiles §2). */
export interface Profile {
  /** `license.lifecycle/1` */
  readonly name: string;
  readonly title: { readonly zh: string; readonly en: string };
  readonly events: readonly {
    readonly name: string;
    readonly title: { readonly zh: string; readonly en: string };
  }[];
  /** All fields, those common to every profile included. */
  readonly fields: readonly ProfileField[];
}
