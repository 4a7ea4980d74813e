import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createNotary, type NotaryOptions } from '../../src/create.ts';
import type { IssuerConfig } from '../../src/config.ts';
import { initNotary, type InitOptions } from '../../src/init.ts';
import type { Notary } from '../../src/notary.ts';

export const ORIGIN = 'test.example.gov/licenses';
export const BUREAU: IssuerConfig = {
  org: '1199999900000006XQ',
  system: 'license-make',
  name: { zh: '示例市市场监督管理局', en: 'Example Market Bureau' },
};
export const SUBSIDY: IssuerConfig = { org: '119999990000020497', system: 'job-subsidy' };

/** A record as far as tests look into it. */
export interface TestRecord {
  readonly profile: string;
  readonly event: string;
  readonly key?: string;
  readonly id?: string;
  readonly eventTime: string;
  readonly issuer: { readonly org: string; readonly system: string };
  readonly claims: Readonly<Record<string, unknown>>;
  readonly files?: readonly object[];
  readonly links?: readonly object[];
}

function synthetic(name: string): TestRecord {
  const file = new URL(`../../../profiles/records/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8')) as TestRecord; // the project's own records
}

const LICENSE = synthetic('license-issue');
const READING = synthetic('access-read');

/** The issue of a license, of the bureau. */
export function license(key: string, changes: Partial<TestRecord> = {}): TestRecord {
  return { ...LICENSE, key, links: [], ...changes };
}

/** A reading of shared data, of the subsidy office. */
export function reading(key: string, changes: Partial<TestRecord> = {}): TestRecord {
  return { ...READING, key, links: [], ...changes };
}

/** A temporary folder for one notary, which is closed and removed at the end. */
export class Sandbox implements AsyncDisposable {
  readonly root: string;
  readonly #notaries: Notary[] = [];

  private constructor(root: string) {
    this.root = root;
  }

  static async make(): Promise<Sandbox> {
    return new Sandbox(await mkdtemp(join(tmpdir(), 'anchorlog-sdk-')));
  }

  /** With a notary made in it; batches are closed by the test itself unless told otherwise. */
  static async withNotary(changes: Partial<InitOptions> = {}): Promise<Sandbox> {
    const sandbox = await Sandbox.make();
    await sandbox.init(changes);
    return sandbox;
  }

  /** The folder of the notary. */
  get dir(): string {
    return join(this.root, 'notary');
  }

  get guard(): string {
    return join(this.root, 'notary.guard.json');
  }

  async init(changes: Partial<InitOptions> = {}): Promise<void> {
    await initNotary({
      dir: this.dir,
      origin: ORIGIN,
      issuers: [BUREAU, SUBSIDY],
      batch: { intervalMs: 3_600_000, entries: 1_000_000 },
      ...changes,
    });
  }

  async open(options: Partial<NotaryOptions> = {}): Promise<Notary> {
    const notary = await createNotary({ dir: this.dir, ...options });
    this.#notaries.push(notary);
    return notary;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const notary of this.#notaries) await notary.close();
    await rm(this.root, { recursive: true, force: true });
  }
}
