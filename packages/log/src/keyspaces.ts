import { readFile } from 'node:fs/promises';
import { equalBytes, formatBase64, isCodedError, parseBase64 } from '@anchorlog/core';
import { parseStatement, type Statement } from '@anchorlog/statement';
import { isAbsent, writeDurably } from './durable-file.ts';
import { logError } from './error.ts';

/** A keyspace, as entries of the log register it. */
export interface Keyspace {
  readonly custodian: string;
  /** Organisations whose statements may open keys in it. */
  readonly writers: ReadonlySet<string>;
  readonly kinds: ReadonlySet<string>;
}

const LOG_PROFILE = 'log/1';
const REGISTER = 'keyspace.register';
const KEY_NAME = /^[a-z0-9./-]{1,64}$/;
/** What an entry that registers a keyspace holds somewhere: most entries need not be read. */
const MARK = Buffer.from(`"${REGISTER}"`);
const MOST_WRITERS = 256;
const MOST_KINDS = 32;

/** What an entry registers. */
interface Registration extends Keyspace {
  readonly name: string;
}

/** A place in the log up to which keyspaces are known, and its root there. */
interface KnownHead {
  readonly size: number;
  readonly rootHash: Uint8Array;
}

/**
 * The keyspaces of a log (spec/log §7.4): what its own entries have registered. Registrations of one name add up, so that whether a key may be
 * opened never depends on which of two entries that came at a time was first.
 */
export class Keyspaces {
  readonly #registrar: string;
  readonly #known = new Map<string, Keyspace>();

  /** `registrar` is `<org>/<system>` of the log itself. */
  constructor(registrar: string) {
    this.#registrar = registrar;
  }

  get(name: string): Keyspace | undefined {
    return this.#known.get(name);
  }

  /** Check a statement that may register a keyspace, before it is appended. @throws LOG_KEYSPACE_REFUSED */
  check(statement: Statement): void {
    if (!isRegistration(statement)) return;
    const registration = registrationOf(statement);
    if (!registration) throw refused('expected keyspace, custodian, writers and kinds');
    const { org, system } = statement.issuer;
    if (`${org}/${system}` !== this.#registrar) throw refused('only the log itself registers them');
    const known = this.#known.get(registration.name);
    if (known && known.custodian !== registration.custodian) throw refused('its custodian stays');
  }

  /** Take up what an entry of the log registers, if it does. What `check` would refuse is in no log that began with it, and is passed over. */
  take(entry: Uint8Array): void {
    if (Buffer.from(entry.buffer, entry.byteOffset, entry.length).indexOf(MARK) < 0) return;
    const statement = statementOf(entry);
    const registration = statement && isRegistration(statement) && registrationOf(statement);
    if (!registration) return;
    try {
      this.check(statement);
    } catch (error) {
      if (isCodedError(error)) return;
      throw error;
    }
    const { name, custodian, writers, kinds } = registration;
    const known = this.#known.get(name);
    this.#known.set(name, {
      custodian,
      writers: new Set([...(known?.writers ?? []), ...writers]),
      kinds: new Set([...(known?.kinds ?? []), ...kinds]),
    });
  }

  /** Write what is known at a head to a file, from which `read` takes it. */
  async write(path: string, { size, rootHash }: KnownHead): Promise<void> {
    const keyspaces = [...this.#known].map(([name, { custodian, writers, kinds }]) => ({
      name,
      custodian,
      writers: [...writers],
      kinds: [...kinds],
    }));
    await writeDurably(path, JSON.stringify({ size, rootHash: formatBase64(rootHash), keyspaces }));
  }

  /**
   * Read what `write` wrote, and give the size up to which it holds: 0 if there is nothing, or nothing of this log. It only saves reading entries
   * again, whatever is wrong with it.
   */
  async read(
    path: string,
    rootAt: (size: number) => Promise<Uint8Array | undefined>,
  ): Promise<number> {
    try {
      // Our own file: what is not as it was written fails somewhere below.
      const file = JSON.parse(await readFile(path, 'utf8')) as {
        readonly size: number;
        readonly rootHash: string;
        readonly keyspaces: readonly {
          readonly name: string;
          readonly custodian: string;
          readonly writers: readonly string[];
          readonly kinds: readonly string[];
        }[];
      };
      const root = await rootAt(file.size);
      if (!root || !equalBytes(root, parseBase64(file.rootHash, 32))) return 0;
      for (const { name, custodian, writers, kinds } of file.keyspaces) {
        this.#known.set(name, { custodian, writers: new Set(writers), kinds: new Set(kinds) });
      }
      return file.size;
    } catch (error) {
      this.#known.clear();
      if (isAbsent(error) || error instanceof SyntaxError || error instanceof TypeError) return 0;
      if (isCodedError(error)) return 0;
      throw error;
    }
  }
}

function isRegistration({ profile, event }: Statement): boolean {
  return profile === LOG_PROFILE && event === REGISTER;
}

function registrationOf({ claims, keys }: Statement): Registration | undefined {
  const { keyspace, custodian, writers, kinds } = claims;
  if (typeof keyspace !== 'string' || !KEY_NAME.test(keyspace)) return undefined;
  if (typeof custodian !== 'string' || keys.length > 0) return undefined;
  const [orgs, names] = [namesOf(writers, MOST_WRITERS), namesOf(kinds, MOST_KINDS)];
  if (!orgs || !names?.every((name) => KEY_NAME.test(name))) return undefined;
  return { name: keyspace, custodian, writers: new Set(orgs), kinds: new Set(names) };
}

function namesOf(value: unknown, most: number): readonly string[] | undefined {
  if (!Array.isArray(value) || value.length === 0 || value.length > most) return undefined;
  const names = value as readonly unknown[]; // narrowed by Array.isArray, which loses the element type
  return names.every((name) => typeof name === 'string') ? names : undefined;
}

function statementOf(entry: Uint8Array): Statement | undefined {
  try {
    return parseStatement(entry);
  } catch (error) {
    if (isCodedError(error)) return undefined; // withheld
    throw error;
  }
}

function refused(why: string): Error {
  return logError('LOG_KEYSPACE_REFUSED', `registration of a keyspace: ${why}`);
}
