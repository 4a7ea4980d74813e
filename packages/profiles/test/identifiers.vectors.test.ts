import { readFileSync } from 'node:fs';
import { isCodedError } from '@anchorlog/core';
import { checkIdentifier } from '@anchorlog/profiles';
import { describe, expect, test } from 'vitest';

interface Vectors {
  readonly scheme: string;
  readonly cases: readonly {
    readonly name: string;
    readonly value: string;
    readonly accept: boolean;
    readonly code?: string;
    readonly warnings?: readonly string[];
  }[];
}

function vectors(name: string): Vectors {
  const file = new URL(`../../../vectors/identifiers/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8')) as Vectors; // our own file
}

describe.each(['uscc', 'resident', 'license', 'license-type', 'item', 'region', 'resource'])(
  'checkIdentifier of %s',
  (file) => {
    const { scheme, cases } = vectors(file);

    test.each(cases)(
      'judges as the reference does: $name',
      ({ value, accept, code, warnings = [] }) => {
        const judged = judge(scheme, value);
        expect(judged).toEqual(accept ? { warnings } : { code });
      },
    );
  },
);

function judge(scheme: string, value: string): object {
  try {
    const warnings = checkIdentifier({ scheme, value, at: '/claims/x' }).map(({ code }) => code);
    return { warnings };
  } catch (error) {
    if (!isCodedError(error)) throw error;
    if (value !== '') expect(error.message).not.toContain(value);
    return { code: error.code };
  }
}
