import { Level } from 'level';

/** Whose record: unique per organisation and system for ever. */
export interface RecordAddress {
  readonly org: string;
  readonly system: string;
  readonly id: string;
}

/** All that is kept of one record: what was handed in, the entry that is logged, and what opens it. Leaves the house only by disclosure. */
export interface VaultItem {
  /** The record as handed in, with the digests of its files in place of their paths; canonical JSON. */
  readonly record: string;
  /** The record's own number, by which other records link to it. */
  readonly key?: string | undefined;
  /** Canonical text of the statement: exactly these bytes are appended, however often. */
  readonly entry: string;
  /** Path → canonical text of the disclosure, index keys (`/keys/0`) included. */
  readonly disclosures: Readonly<Record<string, string>>;
}

/**
 * The emitter's own store of statements, disclosures and key openings: a level database apart from the log's. An item is written (fsync)
 * before its entry goes to the log, so that a retry after a crash sends the same bytes (spec/notary §5).
 */
export class Vault {
  readonly #db: Level<string, string>;

  private constructor(db: Level<string, string>) {
    this.#db = db;
  }

  /** Open the vault in a folder, or make it. */
  static async open(folder: string): Promise<Vault> {
    const db = new Level<string, string>(folder, { keyEncoding: 'utf8', valueEncoding: 'utf8' });
    await db.open();
    return new Vault(db);
  }

  /** Write items in one durable batch. */
  async put(items: readonly (readonly [RecordAddress, VaultItem])[]): Promise<void> {
    const puts = items.flatMap(([address, item]) => [
      { type: 'put' as const, key: itemKey(address), value: JSON.stringify(item) },
      ...(item.key === undefined
        ? []
        : [
            {
              type: 'put' as const,
              key: `${numberKey(item.key)}${addressText(address)}`,
              value: '',
            },
          ]),
    ]);
    await this.#db.batch(puts, { sync: true });
  }

  /** Read one item. */
  async get(address: RecordAddress): Promise<VaultItem | undefined> {
    return (await this.getMany([address]))[0];
  }

  /** Read several items at once: one trip to the database, however many. */
  async getMany(addresses: readonly RecordAddress[]): Promise<(VaultItem | undefined)[]> {
    const texts = await this.#db.getMany(addresses.map(itemKey));
    // Written by `put` above, nobody else writes here.
    return texts.map((text) => (text === undefined ? undefined : (JSON.parse(text) as VaultItem)));
  }

  /** Find the records, of whatever issuer, that were handed in under a business number. */
  async find(key: string): Promise<RecordAddress[]> {
    return this.#addresses(numberKey(key));
  }

  /** Find the records, of whatever issuer, that have an id: one, unless issuers chose the same. */
  async findId(id: string): Promise<RecordAddress[]> {
    return this.#addresses(`item/${id}/`);
  }

  async #addresses(prefix: string): Promise<RecordAddress[]> {
    const found: RecordAddress[] = [];
    for await (const name of this.#db.keys({ gt: prefix, lt: `${prefix}\uffff` })) {
      const [id = '', org = '', system = ''] = name.split('/').slice(-3);
      found.push({ org, system, id });
    }
    return found;
  }

  async close(): Promise<void> {
    await this.#db.close();
  }
}

function addressText({ org, system, id }: RecordAddress): string {
  return `${id}/${org}/${system}`;
}

function itemKey(address: RecordAddress): string {
  return `item/${addressText(address)}`;
}

function numberKey(key: string): string {
  return `number/${JSON.stringify(key)}/`;
}
