import { equalBytes, isCodedError, parseInstant } from '@anchorlog/core';
import { parseStatement, type FileDigest } from '@anchorlog/statement';
import type { Bundle } from '@anchorlog/verify';
import { chosen } from './bundle.ts';
import { changeWithin } from './changes.ts';
import type { IssuerConfig } from './config.ts';
import type { Courier } from './courier.ts';
import type { Emitted, Emitter, EmitterLag, EmitterStage, EmitterTarget } from './emitter.ts';
import { sdkError } from './error.ts';
import type { Intake } from './intake.ts';
import { prepare, type Issuing } from './issuing.ts';
import type { BundleOptions } from './notary.ts';
import type { Outbox } from './outbox.ts';
import type { StoredItem } from './vault-item.ts';
import type { Vault } from './vault.ts';

const WAIT_MS = 120_000;

/** The parts of an emitter that has its outbox. */
export interface EmitterParts {
  readonly source: string;
  readonly issuer: IssuerConfig;
  readonly vault: Vault;
  readonly issuing: Issuing;
  readonly outbox: Outbox;
  readonly intake: Intake<number>;
  readonly courier: Courier;
  readonly to: EmitterTarget;
  readonly clock: () => number;
}

/** An emitter at work. */
export class OpenEmitter implements Emitter {
  readonly source: string;
  readonly #parts: EmitterParts;
  #closing: Promise<void> | undefined;

  constructor(parts: EmitterParts) {
    this.source = parts.source;
    this.#parts = parts;
  }

  async emit(record: unknown): Promise<Emitted> {
    const { intake, courier } = this.#parts;
    // What is journalled now might bear a number that others have seen with other bytes.
    if (courier.stopped) throw courier.stopped;
    try {
      const { address, warnings, answer: number } = await intake.take(record);
      return this.#emitted({ id: address.id, number, warnings });
    } catch (error) {
      const isFull = isCodedError(error) && error.code === 'SDK_OUTBOX_FULL';
      const known = isFull ? await this.#emittedBefore(record) : undefined;
      if (known) return known;
      throw error;
    }
  }

  async lag(): Promise<EmitterLag> {
    return this.#whileOpen(async () => {
      const { outbox, courier, clock } = this.#parts;
      // Of one moment, as what is read is.
      const [records, bytes] = [outbox.journalled - outbox.deliveredCount, outbox.waitingBytes];
      const { statements } = await outbox.nextBatch(1);
      const [first] = statements;
      const time = first && parseStatement(first.entry).recordedTime;
      return {
        state: courier.state,
        records,
        bytes,
        ...(time !== undefined && { oldest: { time, ageMs: clock() - parseInstant(time) } }),
        voids: outbox.voids.size,
        ...(courier.problem && { problem: courier.problem }),
      };
    });
  }

  async progress(id: string): Promise<EmitterStage> {
    return this.#whileOpen(async () => {
      const { outbox } = this.#parts;
      const { number } = await this.#item(id);
      if (outbox.voids.has(number)) return 'void';
      return number < outbox.deliveredCount ? 'delivered' : 'waiting';
    });
  }

  async flush({
    timeoutMs = WAIT_MS,
  }: { readonly timeoutMs?: number | undefined } = {}): Promise<void> {
    await this.#delivered(this.#parts.outbox.journalled, timeoutMs);
  }

  async bundle(id: string, options: BundleOptions = {}): Promise<Bundle> {
    const { disclose = [], until, timeoutMs = WAIT_MS } = options;
    return this.#whileOpen(async () => {
      const { to, outbox } = this.#parts;
      const item = await this.#item(id);
      if (outbox.voids.has(item.number)) throw voidError(item);
      const disclosures = chosen(item, disclose);
      if (!to.bundle)
        throw sdkError('SDK_NO_BUNDLES', 'what this emitter sends to gives no bundles');
      const began = performance.now();
      await this.#delivered(item.number + 1, timeoutMs);
      // It may have come to nothing meanwhile.
      if (outbox.voids.has(item.number)) throw voidError(item);
      const left = Math.max(1, timeoutMs - (performance.now() - began));
      const bundle = await to.bundle(item.address, { until, timeoutMs: left });
      if (equalBytes(bundle.entry, item.entry)) return { ...bundle, disclosures };
      throw sdkError('SDK_VAULT_DAMAGED', 'the log has another statement than the outbox', { id });
    });
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #close(): Promise<void> {
    const { intake, courier, vault } = this.#parts;
    try {
      await intake.close();
      await courier.close();
    } finally {
      await vault.close();
    }
  }

  /** Wait until the log has all numbers below `wanted`. */
  async #delivered(wanted: number, timeoutMs: number): Promise<void> {
    const { outbox, courier } = this.#parts;
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const change = outbox.changes.next;
      if (outbox.deliveredCount >= wanted) return;
      if (courier.stopped) throw courier.stopped;
      if (this.#closing) throw closedError();
      const left = deadline - performance.now();
      if (!(left > 0)) {
        const { problem } = courier;
        const why = problem ? `: ${problem.message}` : '';
        throw sdkError('SDK_WAIT_TIMEOUT', `not delivered within ${timeoutMs} ms${why}`);
      }
      await changeWithin(change, left);
    }
  }

  /** A record that was journalled takes no room: who hands it in again while there is none is told its number. */
  async #emittedBefore(record: unknown): Promise<Emitted | undefined> {
    const { issuing, vault } = this.#parts;
    const read = issuing.read(record);
    const files = read.record.files ?? [];
    const digests = files.filter((file): file is FileDigest => 'sha256' in file);
    const item = await this.#whileOpen(() => vault.item(read.address));
    if (item?.record !== prepare(read, digests).canonical) return undefined;
    return this.#emitted({ id: item.address.id, number: item.number, warnings: read.warnings });
  }

  /** @throws SDK_RECORD_VOID */
  #emitted({ id, number, warnings = [] }: Emitted): Emitted {
    if (this.#parts.outbox.voids.has(number)) throw voidError({ address: { id }, number });
    return { id, number, ...(warnings.length > 0 && { warnings }) };
  }

  async #item(id: string): Promise<StoredItem> {
    const { vault, issuer } = this.#parts;
    const { org, system } = issuer;
    const item = await vault.item({ org, system, id });
    if (item) return item;
    throw sdkError('SDK_ID_UNKNOWN', 'no record of this id was emitted here', { id });
  }

  async #whileOpen<T>(work: () => Promise<T>): Promise<T> {
    if (this.#closing) throw closedError();
    try {
      return await work();
    } catch (error) {
      // What a vault refuses that is being closed it could not read.
      if (!this.#closing || (isCodedError(error) && error.code !== 'SDK_VAULT_FAILED')) throw error;
      throw closedError(error);
    }
  }
}

function voidError({
  address,
  number,
}: {
  readonly address: { readonly id: string };
  readonly number: number;
}): Error {
  return sdkError(
    'SDK_RECORD_VOID',
    `the log will never take this record: number ${number} was filled with source.void`,
    { id: address.id, number },
  );
}

function closedError(cause?: unknown): Error {
  return sdkError('SDK_CLOSED', 'the emitter is closed', {}, { cause });
}
