import { compareBytes, type HashSuite } from '@anchorlog/core';
import { openKeys, type OpenedKey, type Statement } from '@anchorlog/statement';
import { indexPath, type IndexHasher } from '@anchorlog/vindex';
import { logError } from './error.ts';
import type { Keyspaces } from './keyspaces.ts';

/** The keys of an entry, opened. */
export interface IndexedKeys {
  /** As they were handed in, one for each key. */
  readonly openings: readonly Uint8Array[];
  /** Where the entry is filed, each place once. */
  readonly paths: readonly Uint8Array[];
}

/** Kinds whose lists are read as the history of a license or seal, and the profiles that alone fill them (spec/log §7.4). */
const LIFECYCLES: ReadonlyMap<string, string> = new Map([
  ['license', 'license.lifecycle/1'],
  ['seal', 'seal.lifecycle/1'],
]);

/** Checks the keys of statements before a log with an index takes them (spec/log §7.4). */
export class KeyAdmission {
  readonly #suite: HashSuite;
  readonly #hasher: IndexHasher;
  readonly keyspaces: Keyspaces;

  constructor(by: {
    readonly suite: HashSuite;
    readonly hasher: IndexHasher;
    readonly keyspaces: Keyspaces;
  }) {
    this.#suite = by.suite;
    this.#hasher = by.hasher;
    this.keyspaces = by.keyspaces;
  }

  /**
   * Open the keys of a statement: each opening against its commitment, the keyspace and its writers, and what the profile may file where.
   * @throws LOG_KEYSPACE_UNREGISTERED, LOG_WRITER_REFUSED, LOG_KIND_REFUSED, LOG_KEY_MISSING, LOG_KEYSPACE_REFUSED, and as `openKeys`
   */
  check(statement: Statement, openings: readonly Uint8Array[]): IndexedKeys {
    this.keyspaces.check(statement);
    const keys = openKeys(statement, openings, this.#suite);
    const paths: Uint8Array[] = [];
    for (const key of keys) {
      if (!key) continue;
      this.#checkKey(key, statement);
      const path = indexPath(key, this.#hasher);
      // An entry stands in a list once.
      if (!paths.some((other) => compareBytes(other, path) === 0)) paths.push(path);
    }
    checkLifecycle(statement, keys);
    return { openings, paths };
  }

  #checkKey({ keyspace, kind }: OpenedKey, { issuer, profile }: Statement): void {
    const known = this.keyspaces.get(keyspace);
    if (!known) {
      throw logError(
        'LOG_KEYSPACE_UNREGISTERED',
        'a key is opened in a keyspace that no entry of the log registers',
        { keyspace },
      );
    }
    if (!known.writers.has(issuer.org)) {
      throw logError(
        'LOG_WRITER_REFUSED',
        `${issuer.org} is not among the writers of the keyspace ${keyspace}`,
        { keyspace, org: issuer.org },
      );
    }
    const lifecycle = LIFECYCLES.get(kind);
    if (known.kinds.has(kind) && (lifecycle === undefined || lifecycle === profile)) return;
    const why = known.kinds.has(kind) ? `is for ${lifecycle} alone` : `is not one of ${keyspace}`;
    throw logError('LOG_KIND_REFUSED', `the key kind ${kind} ${why}`, { keyspace, kind, profile });
  }
}

/** A history that an entry is missing from is no history: it is filed under every license whose status it sets, in these roles alone. */
function checkLifecycle(statement: Statement, keys: readonly (OpenedKey | null)[]): void {
  for (const [kind, profile] of LIFECYCLES) {
    if (statement.profile !== profile) continue;
    const filed = (role: string): OpenedKey[] =>
      keys.flatMap((key) => (key?.kind === kind && key.role === role ? [key] : []));
    const [own, previous] = [filed('self'), filed('previous')];
    const all = keys.filter((key) => key?.kind === kind);
    const setsPrevious = (statement.claims['previousStatusTo'] ?? null) !== null;
    if (own.length !== 1) throw missing(`one ${kind} as self`);
    if (previous.length !== (setsPrevious ? 1 : 0)) {
      throw missing(`${setsPrevious ? 'one' : 'no'} ${kind} as previous`);
    }
    if (all.length > own.length + previous.length) throw missing('the roles self and previous');
    if (setsPrevious && compareBytes(own[0]!.key, previous[0]!.key) === 0) {
      throw missing('two of them that differ');
    }
  }
}

function missing(expected: string): Error {
  return logError('LOG_KEY_MISSING', `keys of a lifecycle: expected ${expected}`, { expected });
}
