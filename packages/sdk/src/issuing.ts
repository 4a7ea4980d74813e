import {
  canonicalize,
  formatInstant,
  formatUtf8,
  parseUtf8,
  type JsonObject,
  type Signer,
} from '@anchorlog/core';
import { nodeSha256 } from '@anchorlog/core/node';
import { checkRecord, loggedClaims, profileByName } from '@anchorlog/profiles';
import {
  issue,
  keyId,
  parseRecord,
  recordId,
  signStatement,
  type FileDigest,
  type LogRecord,
  type ResolvedLink,
} from '@anchorlog/statement';
import { nodeTreeHasher } from '@anchorlog/tlog/node';
import { sdkError } from './error.ts';
import { digestFile } from './file-digest.ts';
import { signerOf } from './key-file.ts';
import { issuerName, type NotaryKeys } from './keys.ts';
import { randomBytes } from './random.ts';
import { keyspaceOf, type Secrets } from './secrets.ts';
import type { RecordAddress, Vault, VaultItem } from './vault.ts';

/** A record that has been read and checked, with its address and the digests of its files: all that takes no turn. */
export interface PreparedRecord {
  readonly record: LogRecord;
  readonly address: RecordAddress;
  readonly files: readonly FileDigest[];
  /** Canonical JSON of the record with digests for paths: two records are the same iff this is. */
  readonly canonical: string;
}

/** What issuing gave for one record of a group. */
export interface IssuedItem {
  readonly address: RecordAddress;
  readonly item: VaultItem;
  /** False if the vault had it already, or an earlier record of the group is the same. */
  readonly fresh: boolean;
}

const leafHasher = nodeTreeHasher('sha256');

/** Turns records into statements: checks, ids, salts, links, signatures. Keeps nothing itself; the vault does. */
export class Issuing {
  readonly #origin: string;
  readonly #keys: NotaryKeys;
  readonly #secrets: Secrets;
  readonly #vault: Vault;
  readonly #clock: () => number;
  readonly #signers = new Map<string, { signer: Signer; keyId: string }>();

  constructor(world: {
    readonly origin: string;
    readonly keys: NotaryKeys;
    readonly secrets: Secrets;
    readonly vault: Vault;
    readonly clock: () => number;
  }) {
    this.#origin = world.origin;
    this.#keys = world.keys;
    this.#secrets = world.secrets;
    this.#vault = world.vault;
    this.#clock = world.clock;
  }

  /** Read and check a record, and hash its files. @throws SDK_ISSUER_UNKNOWN, SDK_FILE_UNREADABLE, STATEMENT_RECORD_…, PROFILES_… */
  async prepare(input: unknown): Promise<PreparedRecord> {
    const record = parseRecord(input);
    checkRecord(record, profileByName(record.profile));
    const { org, system } = this.#issuerOf(record);
    const id =
      record.id ??
      recordId({ suite: nodeSha256, secret: this.#secrets.id, org, system, key: record.key ?? '' });
    const files: FileDigest[] = [];
    for (const file of record.files ?? [])
      files.push('path' in file ? await digestFile(file) : file);
    const { files: _, ...rest } = record;
    const whole = { ...rest, ...(files.length > 0 ? { files } : {}) };
    // A record is JSON; its interface has no index signature.
    return {
      record,
      address: { org, system, id },
      files,
      canonical: canonicalize(whole as unknown as JsonObject),
    };
  }

  /**
   * Issue the records of a group in order and write the new ones to the vault (fsync) before anything of them is shown. A record that is
   * refused gives its error in its place. After a crash here the vault has an item without entry in the log: the next attempt for the same
   * record appends exactly these bytes.
   */
  async issueGroup(group: readonly PreparedRecord[]): Promise<(IssuedItem | Error)[]> {
    const made = new Map<string, IssuedItem>();
    const numbers = new Map<string, RecordAddress[]>();
    const results: (IssuedItem | Error)[] = [];
    const stored = await this.#vault.getMany(group.map(({ address }) => address));
    for (const [i, prepared] of group.entries()) {
      try {
        const known = made.get(addressKey(prepared.address))?.item ?? stored[i];
        const issued = known
          ? again(prepared, known)
          : await this.#issueOne(prepared, made, numbers);
        results.push(issued);
        if (issued.fresh) {
          made.set(addressKey(issued.address), issued);
          const { key } = issued.item;
          if (key !== undefined) numbers.set(key, [...(numbers.get(key) ?? []), issued.address]);
        }
      } catch (error) {
        results.push(error instanceof Error ? error : new Error(String(error)));
      }
    }
    if (made.size > 0)
      await this.#vault.put([...made.values()].map(({ address, item }) => [address, item]));
    return results;
  }

  async #issueOne(
    prepared: PreparedRecord,
    made: ReadonlyMap<string, IssuedItem>,
    numbers: ReadonlyMap<string, RecordAddress[]>,
  ): Promise<IssuedItem> {
    const { record, address, files, canonical } = prepared;
    const links: ResolvedLink[] = [];
    for (const link of record.links ?? []) {
      const leaf = await this.#leafOf(link, address, made, numbers);
      links.push({ rel: link.rel, leaf });
    }
    const issuer = { org: address.org, system: address.system };
    const { signer, keyId: name } = this.#signerOf(issuer);
    const logged = { ...record, claims: loggedClaims(record.claims) };
    const issued = issue(logged, {
      log: this.#origin,
      profile: profileByName(record.profile),
      suite: nodeSha256,
      issuer,
      idSecret: this.#secrets.id,
      keyspaces: (kind) => {
        const { name: keyspace, secret } = keyspaceOf(this.#secrets, kind);
        return { keyspace, secret };
      },
      recordedTime: formatInstant(this.#clock()),
      random: randomBytes,
      files,
      links,
      signer: { alg: 'Ed25519', keyId: name },
    });
    const { entry, disclosures } = await signStatement(issued, signer);
    const item: VaultItem = {
      record: canonical,
      key: record.key,
      entry: parseUtf8(entry),
      disclosures: Object.fromEntries(
        [...disclosures].map(([path, bytes]) => [path, parseUtf8(bytes)]),
      ),
    };
    return { address, item, fresh: true };
  }

  /** Resolve a link: first among the records of the same issuer, then as the only one of its number (spec/notary §6). */
  async #leafOf(
    link: { readonly key?: string | undefined; readonly id?: string | undefined },
    from: RecordAddress,
    made: ReadonlyMap<string, IssuedItem>,
    numbers: ReadonlyMap<string, RecordAddress[]>,
  ): Promise<Uint8Array> {
    const found =
      link.id === undefined
        ? [...(numbers.get(link.key ?? '') ?? []), ...(await this.#vault.find(link.key ?? ''))]
        : [{ ...from, id: link.id }];
    const own = found.filter(({ org, system }) => org === from.org && system === from.system);
    const [only, ...others] = own.length > 0 ? own : found;
    const item =
      only && others.length === 0
        ? (made.get(addressKey(only))?.item ?? (await this.#vault.get(only)))
        : undefined;
    if (!item) {
      throw sdkError('SDK_LINK_UNRESOLVED', `a link names ${found.length} records, expected one`, {
        found: found.length,
      });
    }
    return leafHasher.leaf(formatUtf8(item.entry));
  }

  #issuerOf(record: LogRecord): { readonly org: string; readonly system: string } {
    const issuer = record.issuer ?? this.#onlyIssuer();
    if (!this.#keys.issuers.has(issuerName(issuer))) {
      throw sdkError(
        'SDK_ISSUER_UNKNOWN',
        'no key for the organisation and system of this record',
        {
          org: issuer.org,
          system: issuer.system,
        },
      );
    }
    return { org: issuer.org, system: issuer.system };
  }

  #onlyIssuer(): { readonly org: string; readonly system: string } {
    const [name = ''] = this.#keys.issuers.keys(); // the first is the notary's own
    const [org = '', system = ''] = name.split('/');
    return { org, system };
  }

  #signerOf(issuer: { readonly org: string; readonly system: string }): {
    signer: Signer;
    keyId: string;
  } {
    const name = issuerName(issuer);
    const known = this.#signers.get(name);
    if (known) return known;
    const signer = signerOf(this.#keys.issuers.get(name)!); // #issuerOf has checked it
    const made = { signer, keyId: keyId(signer.publicKey) };
    this.#signers.set(name, made);
    return made;
  }
}

/** The same record again is what it was; another one under its id is refused. @throws SDK_ID_CONFLICT */
function again({ address, canonical }: PreparedRecord, known: VaultItem): IssuedItem {
  if (known.record === canonical) return { address, item: known, fresh: false };
  throw sdkError('SDK_ID_CONFLICT', 'another record was notarized under this number or id', {
    id: address.id,
  });
}

function addressKey({ org, system, id }: RecordAddress): string {
  return `${org}/${system}/${id}`;
}
