import { createHash } from 'node:crypto';
import { canonicalBytes, formatBase64, parseBase64, type JsonObject } from '@anchorlog/core';
import { naivePath } from '../../../../vectors/generate/naive-index.ts';
import {
  addressOf,
  CREATE_CLAIMS,
  creationOf,
  openLog,
  statementOf,
  type Place,
} from './fixture.ts';
import type { Log, LogOptions } from '../../src/index.ts';
import { join } from 'node:path';

export const KEYSPACE = 'city-999900/1';
const ORG = addressOf(0).org;
const SALT = 'AAAAAAAAAAAAAAAAAAAAAA';

/** A key of a statement. `name` stands for an identifier; null where the record has none. */
export interface TestKey {
  readonly kind?: string;
  readonly role?: string;
  readonly name: string | null;
  readonly keyspace?: string;
}

/** An entry with the openings of its keys. */
export interface Keyed {
  readonly entry: Uint8Array;
  readonly openings: readonly Uint8Array[];
}

const keyOf = (name: string): string =>
  formatBase64(new Uint8Array(createHash('sha256').update(`identifier ${name}`).digest()));

/** Make a statement with keys; `change` replaces members of it. */
export function keyedStatement(
  number: number,
  keys: readonly TestKey[],
  change: JsonObject = {},
): Keyed {
  const { org, system, id } = addressOf(number);
  const openings = keys.map(({ name, keyspace = KEYSPACE }, i) =>
    canonicalBytes([
      'anchorlog/commitment/1',
      SALT,
      `${org}/${system}/${id}`,
      `/keys/${i}`,
      name === null ? null : { keyspace, key: keyOf(name) },
    ]),
  );
  const committed = keys.map(({ kind = 'license', role = 'self' }, i) => ({
    kind,
    role,
    commitment: formatBase64(new Uint8Array(createHash('sha256').update(openings[i]!).digest())),
  }));
  return { entry: statementOf(number, { keys: committed, ...change }), openings };
}

/** A statement of a license, whose number is its name. */
export function licensed(number: number, name: string): Keyed {
  return keyedStatement(number, [
    { name },
    { kind: 'license', role: 'previous', name: null },
    { kind: 'holder', name: `holder of ${name}` },
  ]);
}

/** Where a key is filed, by the reference. */
export function placeOf(name: string, kind = 'license', keyspace = KEYSPACE): Uint8Array {
  return new Uint8Array(naivePath(keyspace, kind, Buffer.from(parseBase64(keyOf(name)))));
}

/** What registers the keyspace. */
export function registration(
  number: number,
  claims: JsonObject = {},
  change: JsonObject = {},
): Uint8Array {
  return statementOf(number, {
    profile: 'log/1',
    event: 'keyspace.register',
    issuer: { org: ORG, system: 'log' },
    claims: {
      keyspace: KEYSPACE,
      custodian: ORG,
      writers: [ORG],
      kinds: ['license', 'holder'],
      ...claims,
    },
    ...change,
  });
}

/** Open the log of a place with an index beside it. */
export function openIndexed(place: Place, change: Partial<LogOptions> = {}): Promise<Log> {
  return openLog(place, {
    index: join(place.dir, 'index'),
    create: () => creationOf({ ...CREATE_CLAIMS, index: 'index/1' }),
    ...change,
  });
}
