import { setImmediate as turn } from 'node:timers/promises';
import {
  canonicalize,
  formatInstant,
  type HashSuite,
  type JsonObject,
  type Signer,
} from '@anchorlog/core';
import {
  EMITTER_ONLY,
  checkRecord,
  loggedClaims,
  type ProfileSet,
  type RecordWarning,
} from '@anchorlog/profiles';
import {
  formatAddress,
  issue,
  keyId,
  parseRecord,
  recordId,
  signStatement,
  type FileDigest,
  type Issued,
  type LogRecord,
  type RecordLink,
  type ResolvedLink,
  type StatementAddress,
  type StatementSequence,
} from '@anchorlog/statement';
import type { IssuerConfig } from './config.ts';
import { sdkError } from './error.ts';
import { issuerName, issuerOf } from './issuer.ts';
import type { NotaryKeys } from './keys.ts';
import { pooledSigner } from './pooled-signer.ts';
import { randomBytes } from './random.ts';
import { logBehind } from './recovery.ts';
import { keyspaceOf, type Secrets } from './secrets.ts';
import { isLost, lostError, type IssuedItem, type VaultItem } from './vault-item.ts';
import { Unsigned } from './unsigned.ts';
import type { Vault, VaultPlace } from './vault.ts';

/** A record that has been read and checked, with its address. */
export interface ReadRecord {
  readonly record: LogRecord;
  readonly address: StatementAddress;
  /** What looks wrong in it and does not stop it. */
  readonly warnings: readonly RecordWarning[];
}

/** A record with the digests of its files: all that takes no turn. */
export interface PreparedRecord extends ReadRecord {
  readonly files: readonly FileDigest[];
  /** Canonical JSON of the record with digests for paths: two records are the same iff this is. */
  readonly canonical: string;
}

/** The numbers of a gapless source. */
export interface SequenceCounter {
  readonly source: string;
  /** The next one. */
  next: number;
}

/** What only notary and emitter themselves may say. */
const RESERVED = {
  profile: 'log/1',
  events: ['log.create', 'profile.register', 'source.open', 'source.void', 'source.seal'],
};
/** Records that are issued before others get a turn of the event loop. */
const RECORDS_A_TURN = 32;

/** Turns records into statements: checks, ids, salts, links, signatures. Keeps nothing itself; the vault does. */
export class Issuing {
  /** Of the log. */
  readonly suite: HashSuite;
  readonly #origin: string;
  readonly #issuers: readonly IssuerConfig[];
  readonly #profiles: ProfileSet;
  readonly #keys: Pick<NotaryKeys, 'issuers'>;
  readonly #secrets: Secrets;
  readonly #vault: Vault;
  readonly #clock: () => number;
  readonly #sequence: SequenceCounter | undefined;
  readonly #signers = new Map<string, { signer: Signer; keyId: string }>();

  constructor(world: {
    readonly origin: string;
    readonly suite: HashSuite;
    readonly issuers: readonly IssuerConfig[];
    readonly profiles: ProfileSet;
    readonly keys: Pick<NotaryKeys, 'issuers'>;
    readonly secrets: Secrets;
    readonly vault: Vault;
    readonly clock: () => number;
    /** Present where all statements are of one gapless source. */
    readonly sequence?: SequenceCounter | undefined;
  }) {
    this.#origin = world.origin;
    this.suite = world.suite;
    this.#issuers = world.issuers;
    this.#profiles = world.profiles;
    this.#keys = world.keys;
    this.#secrets = world.secrets;
    this.#vault = world.vault;
    this.#clock = world.clock;
    this.#sequence = world.sequence;
  }

  /** Read and check a record. @throws SDK_RECORD_RESERVED, SDK_ISSUER_UNKNOWN, SDK_ISSUER_AMBIGUOUS, STATEMENT_RECORD_…, PROFILES_… */
  read(input: unknown): ReadRecord {
    const read = this.#read(input);
    if (isReserved(read.record)) {
      const message = `${read.record.event} is issued by notary or emitter itself`;
      throw sdkError('SDK_RECORD_RESERVED', message);
    }
    return read;
  }

  /**
   * Give the entry that creates the log. The vault may have it already, if the first start was cut off before the log had it: then it is
   * this one, since another could not be told from a second log. @throws SDK_LOG_BEHIND if it had it, and more
   */
  async creation(record: unknown): Promise<Uint8Array> {
    const read = this.#read(record);
    const known = await this.#vault.item(read.address);
    if (known && this.#vault.hasAppended) throw logBehind();
    return known?.entry ?? this.own(record);
  }

  /** Issue a record of the notary or emitter itself into the vault, on disk, and give its entry. */
  async own(record: unknown): Promise<Uint8Array> {
    const [issued] = await this.issueGroup([prepare(this.#read(record), [])]);
    if (!issued || issued instanceof Error) throw issued ?? new Error('nothing was issued');
    await this.#vault.flush();
    return issued.entry;
  }

  /** Issue a statement for a number of the source that another has; the vault is not given it. */
  async issueAt(record: unknown, number: number): Promise<VaultItem> {
    const prepared = prepare(this.#read(record), []);
    const source = this.#sequence?.source;
    if (source === undefined) throw new TypeError('issueAt: expected a gapless source');
    return this.#sign(prepared, this.#make(prepared, [], { source, number }));
  }

  /** Give the address of the record that an issuer has under a number. */
  addressOf(
    issuer: { readonly org: string; readonly system: string },
    key: string,
  ): StatementAddress {
    const { org, system } = issuer;
    return { org, system, id: this.#idOf(issuer, key) };
  }

  /**
   * Issue the records of a group in order. The new ones are added to the vault, which is to be flushed before anything of them is shown; a
   * record that was issued before gives its item again. One that is refused gives its error in its place.
   */
  async issueGroup(group: readonly PreparedRecord[]): Promise<(IssuedItem | Error)[]> {
    const results: (IssuedItem | Error)[] = [];
    const counter = this.#sequence;
    const suite = this.suite.name;
    const unsigned = new Unsigned({ vault: this.#vault, suite, isGapless: counter !== undefined });
    const settle = (): Promise<void> => unsigned.settle(results);
    const known = await this.#look(group);
    for (const [at, prepared] of group.entries()) {
      const { address, record } = prepared;
      if (at % RECORDS_A_TURN === RECORDS_A_TURN - 1) await turn();
      try {
        if (unsigned.has(address)) await settle();
        if (this.#vault.added(address) ?? known.get(formatAddress(address))) {
          results[at] = await this.#again(prepared);
          continue;
        }
        const links: ResolvedLink[] = [];
        for (const [i, link] of (record.links ?? []).entries()) {
          // What it names may be among those whose signatures are not there yet.
          const own = this.#ownTarget(link, address);
          if (unsigned.has(own)) await settle();
          const place = this.#vault.added(own) ?? known.get(formatAddress(own));
          if (!place) await settle();
          links.push({
            rel: link.rel,
            leaf: place?.leaf ?? (await this.#foreignLeaf(link, `/links/${i}`)),
          });
        }
        const issued = this.#make(
          prepared,
          links,
          counter && { source: counter.source, number: counter.next },
        );
        // Given away only once there is a statement that bears it.
        if (counter) counter.next++;
        const signed = this.#sign(prepared, issued).catch(asError);
        unsigned.add({ at, address, key: record.key, signed });
      } catch (error) {
        results[at] = asError(error);
      }
    }
    await settle();
    return results;
  }

  #make(
    { record, address, files }: PreparedRecord,
    links: readonly ResolvedLink[],
    sequence?: StatementSequence,
  ): Issued {
    const { org, system, id } = address;
    const { signer, keyId: name } = this.#signerOf(address);
    const { alg = 'Ed25519' } = signer;
    const claims = keepsNothing(record.claims) ? record.claims : loggedClaims(record.claims);
    // With its id, which would be derived once more from the key.
    return issue(
      { ...record, key: undefined, id, claims },
      {
        log: this.#origin,
        profile: this.#profiles.byName(record.profile),
        suite: this.suite,
        issuer: { org, system },
        idSecret: this.#secrets.id,
        keyspaces: (kind) => {
          const { name: keyspace, secret } = keyspaceOf(this.#secrets, kind);
          return { keyspace, secret };
        },
        recordedTime: formatInstant(this.#clock()),
        random: randomBytes,
        files,
        links,
        sequence,
        signer: { alg, keyId: name },
      },
    );
  }

  async #sign({ address, canonical }: PreparedRecord, issued: Issued): Promise<VaultItem> {
    const { entry, disclosures } = await signStatement(issued, this.#signerOf(address).signer);
    return { address, record: canonical, entry, disclosures };
  }

  /** The same record again is what it was; another one under its id is refused. @throws SDK_ID_CONFLICT, SDK_OPENINGS_LOST, SDK_VAULT_DAMAGED */
  async #again({ address, canonical }: PreparedRecord): Promise<IssuedItem> {
    const known = await this.#vault.item(address);
    if (known?.record === canonical) return { ...known, isNew: false };
    if (known && isLost(known)) throw lostError(known);
    const { id } = address;
    throw sdkError('SDK_ID_CONFLICT', `another record was notarized as ${id}`, { id });
  }

  /** Look up where the records of a group stand already, and those of their own issuers that they link to: one trip to the vault for all. */
  async #look(group: readonly PreparedRecord[]): Promise<Map<string, VaultPlace>> {
    const wanted = new Map<string, StatementAddress>();
    for (const { address, record } of group) {
      wanted.set(formatAddress(address), address);
      for (const link of record.links ?? []) {
        const target = this.#ownTarget(link, address);
        wanted.set(formatAddress(target), target);
      }
    }
    const addresses = [...wanted.values()];
    const places = new Map<string, VaultPlace>();
    for (const [i, place] of (await this.#vault.places(addresses)).entries()) {
      if (place) places.set(formatAddress(addresses[i]!), place);
    }
    return places;
  }

  /** Where the record stands that a link names, if it is of the same issuer. */
  #ownTarget(link: RecordLink, { org, system }: StatementAddress): StatementAddress {
    return { org, system, id: link.id ?? this.#idOf({ org, system }, link.key) };
  }

  /** Resolve a link to a record of another issuer, which must be the only one (spec/notary §6). @throws SDK_LINK_UNRESOLVED */
  async #foreignLeaf(link: RecordLink, at: string): Promise<Uint8Array> {
    const found =
      link.id === undefined
        ? await this.#vault.withKey(link.key ?? '')
        : await this.#vault.withId(link.id);
    const [place] = found.length === 1 ? await this.#vault.places(found) : [];
    if (place) return place.leaf;
    const message = `${at}: names ${found.length} records, expected one`;
    throw sdkError('SDK_LINK_UNRESOLVED', message, { at, found: found.length });
  }

  #read(input: unknown): ReadRecord {
    const record = parseRecord(input);
    const warnings = checkRecord(record, this.#profiles.byName(record.profile));
    const { org, system } = issuerOf(record, this.#issuers);
    const id = record.id ?? this.#idOf({ org, system }, record.key);
    return { record, address: { org, system, id }, warnings };
  }

  #idOf(issuer: { readonly org: string; readonly system: string }, key = ''): string {
    const { org, system } = issuer;
    return recordId({ suite: this.suite, secret: this.#secrets.id, org, system, key });
  }

  #signerOf(issuer: { readonly org: string; readonly system: string }): {
    signer: Signer;
    keyId: string;
  } {
    const name = issuerName(issuer);
    const known = this.#signers.get(name);
    if (known) return known;
    const signer = pooledSigner(this.#keys.issuers.get(name)!); // issuerOf has checked it
    const made = { signer, keyId: keyId(signer.publicKey, signer.alg) };
    this.#signers.set(name, made);
    return made;
  }
}

/** Add the digests of its files to a record. */
export function prepare(read: ReadRecord, files: readonly FileDigest[]): PreparedRecord {
  const { files: _, ...rest } = read.record;
  const whole = { ...rest, ...(files.length > 0 ? { files } : {}) };
  // A record is JSON; its interface has no index signature.
  return { ...read, files, canonical: canonicalize(whole as unknown as JsonObject) };
}

function isReserved({ profile, event }: LogRecord): boolean {
  return profile === RESERVED.profile && RESERVED.events.includes(event);
}

/** Tell whether claims hold nothing that stays with the emitter. */
function keepsNothing(claims: JsonObject): boolean {
  return !EMITTER_ONLY.some(({ name }) => Object.hasOwn(claims, name));
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
