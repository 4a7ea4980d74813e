import { cp, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { directorySource, replay, type ReplayReport } from '@anchorlog/audit';
import { CodedError } from '@anchorlog/core';
import { parseStatement, type Statement } from '@anchorlog/statement';
import { parseTrustPolicy, verifyBundle } from '@anchorlog/verify';
import { describe, expect, test } from 'vitest';
import { createEmitter, type EmitterOptions } from '../src/create-emitter.ts';
import { adoptVault } from '../src/create.ts';
import type { Emitter, EmitterTarget } from '../src/emitter.ts';
import type { Notary } from '../src/notary.ts';
import { FakeLog } from './support/fake-log.ts';
import { BUREAU, ORIGIN, Sandbox, license, reading } from './support/sandbox.ts';

const SOURCE = `${BUREAU.org}/license-make/1`;
const SOON = { leastMs: 1, mostMs: 2 };

function outboxOf(sandbox: Sandbox): string {
  return join(sandbox.root, 'outbox');
}

async function emitterOf(
  sandbox: Sandbox,
  to: EmitterTarget,
  options: Partial<EmitterOptions> = {},
): Promise<Emitter> {
  const given = {
    dir: outboxOf(sandbox),
    source: 'license-make/1',
    keys: sandbox.dir,
    retry: SOON,
  };
  return createEmitter({ ...given, to, ...options });
}

async function emitAll(emitter: Emitter, from: number, count: number): Promise<number[]> {
  const records = Array.from({ length: count }, (_, i) => license(`L-${from + i}`));
  return (await Promise.all(records.map((record) => emitter.emit(record)))).map(
    ({ number }) => number,
  );
}

/** What the log has of the source, in its order. */
async function statementsIn(notary: Notary, source = SOURCE): Promise<Statement[]> {
  const found: Statement[] = [];
  for await (const entry of notary.log.entries()) {
    const statement = parseStatement(entry);
    if (statement.sequence?.source === source) found.push(statement);
  }
  return found;
}

function countUp(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}

async function audited(sandbox: Sandbox): Promise<ReplayReport> {
  const policy = parseTrustPolicy(await readFile(join(sandbox.dir, 'policy.json')));
  const source = await directorySource(join(sandbox.dir, 'tiles'));
  return replay({ source, origin: ORIGIN, policy, signatures: true });
}

/** Resolves once the emitter says so of itself. */
async function until(emitter: Emitter, state: string): Promise<void> {
  for (;;) {
    if ((await emitter.lag()).state === state) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('Emitter.emit', () => {
  test('journals records under numbers without gap, which come to the log in their order', async () => {
    await using sandbox = await Sandbox.withNotary();
    await using notary = await sandbox.open();
    await using emitter = await createEmitter({
      dir: outboxOf(sandbox),
      source: 'license-make/1',
      to: notary,
    });
    expect(emitter.source).toBe(SOURCE);
    const numbers = await emitAll(emitter, 1, 600);
    expect(numbers).toEqual(countUp(601).slice(1));
    await emitter.flush();
    const found = await statementsIn(notary);
    expect(found.map(({ sequence }) => sequence?.number)).toEqual(countUp(601));
    expect(found[0]).toMatchObject({ event: 'source.open', claims: { source: SOURCE } });
    expect(await emitter.lag()).toEqual({ state: 'idle', records: 0, bytes: 0, voids: 0 });
    await notary.flush();
    expect(await audited(sandbox)).toMatchObject({
      sources: { opened: 1, numbered: 601, voided: 0 },
      signatures: { verified: 602 },
      findings: [],
    });
  });

  test('gives the same again for the same record, and refuses another one under its number', async () => {
    await using sandbox = await Sandbox.withNotary();
    await using notary = await sandbox.open();
    await using emitter = await emitterOf(sandbox, notary);
    const first = await emitter.emit(license('L-1'));
    expect(await emitter.emit(license('L-1'))).toEqual(first);
    await emitter.flush();
    expect(await emitter.emit(license('L-1'))).toEqual(first);
    const other = emitter.emit(license('L-1', { eventTime: '2026-03-12T10:15:02.121+08:00' }));
    await expect(other).rejects.toMatchObject({ code: 'SDK_ID_CONFLICT' });
    expect((await emitter.emit(license('L-2'))).number).toBe(2);
  });

  test('gives no number to what it refuses', async () => {
    await using sandbox = await Sandbox.withNotary();
    await using emitter = await emitterOf(sandbox, new FakeLog(ORIGIN));
    const refused = [
      license('L-1', { claims: {} }),
      reading('R-1'),
      license('L-2', { links: [{ rel: 'sealedBy', key: 'none' }] }),
      {
        ...license('L-3'),
        profile: 'log/1',
        event: 'source.void',
        claims: { source: SOURCE, number: 3, replacedDigest: `${'A'.repeat(43)}=` },
      },
    ];
    const answers = await Promise.allSettled(
      [...refused, license('L-4')].map((each) => emitter.emit(each)),
    );
    expect(
      answers.map((each) =>
        each.status === 'fulfilled' ? each.value.number : (each.reason as CodedError).code,
      ),
    ).toEqual([
      expect.stringMatching(/^PROFILES_/),
      'SDK_ISSUER_UNKNOWN',
      'SDK_LINK_UNRESOLVED',
      'SDK_RECORD_RESERVED',
      1,
    ]);
  });

  test('does not wait for a log that is away, and says how far it is behind', async () => {
    await using sandbox = await Sandbox.withNotary();
    const log = new FakeLog(ORIGIN);
    log.isAway = true;
    let now = 1_773_281_702_480;
    await using emitter = await emitterOf(sandbox, log, { clock: () => now });
    expect(await emitAll(emitter, 1, 30)).toHaveLength(30);
    await until(emitter, 'retrying');
    now += 5000;
    const { id } = await emitter.emit(license('L-31'));
    expect(await emitter.lag()).toMatchObject({
      records: 32,
      oldest: { time: '2026-03-12T02:15:02.480Z', ageMs: 5000 },
      problem: { code: 'ECONNREFUSED', since: 1_773_281_702_480 },
    });
    expect(await emitter.progress(id)).toBe('waiting');
    await expect(emitter.flush({ timeoutMs: 1 })).rejects.toMatchObject({
      code: 'SDK_WAIT_TIMEOUT',
    });
    log.isAway = false;
    await emitter.flush();
    expect(log.numbers).toEqual(countUp(32));
    expect(await emitter.progress(id)).toBe('delivered');
    await expect(emitter.progress('none')).rejects.toMatchObject({ code: 'SDK_ID_UNKNOWN' });
  });

  test('sends the same bytes after it was opened again', async () => {
    await using sandbox = await Sandbox.withNotary();
    const log = new FakeLog(ORIGIN);
    log.isAway = true;
    const first = await emitterOf(sandbox, log);
    await emitAll(first, 1, 20);
    const retried = log.attempts;
    await until(first, 'retrying');
    await first.close();
    log.isAway = false;
    await using again = await emitterOf(sandbox, log);
    expect((await again.lag()).records).toBe(21);
    expect((await again.emit(license('L-5'))).number).toBe(5);
    await again.flush();
    expect(log.attempts).toBeGreaterThan(retried);
    expect([...log.seen.values()].every((bytes) => bytes.size === 1)).toBe(true);
    expect(log.numbers).toEqual(countUp(21));
  });

  test('sends again what the log took without saying so', async () => {
    await using sandbox = await Sandbox.withNotary();
    const log = new FakeLog(ORIGIN);
    log.isMute = true;
    await using emitter = await emitterOf(sandbox, log);
    await emitAll(emitter, 1, 5);
    await until(emitter, 'retrying');
    log.isMute = false;
    await emitter.flush();
    expect(log.numbers).toEqual(countUp(6));
  });

  test('takes nothing more when as much waits as may, keeps what it has, and goes on when there is room', async () => {
    await using sandbox = await Sandbox.withNotary();
    const log = new FakeLog(ORIGIN);
    log.isAway = true;
    await using emitter = await emitterOf(sandbox, log, { maxBytes: 60_000 });
    let taken = 0;
    const fill = async (): Promise<unknown> => {
      for (;;) await emitter.emit(license(`L-${++taken}`));
    };
    const refusal: unknown = await fill().catch((error: unknown) => error);
    expect(refusal).toMatchObject({
      code: 'SDK_OUTBOX_FULL',
      context: { records: taken, retryAfterMs: expect.any(Number) as number },
    });
    expect(taken).toBeGreaterThan(5);
    // By no more than what was on its way meanwhile: one record here.
    expect((await emitter.lag()).bytes).toBeLessThan(60_000 + 10_000);
    expect((await emitter.emit(license('L-1'))).number).toBe(1);
    await expect(emitter.emit(license('L-1', { claims: {} }))).rejects.toBeInstanceOf(CodedError);
    log.isAway = false;
    await emitter.flush();
    expect((await emitter.emit(license(`L-${taken}`))).number).toBe(taken);
  });

  test('fills the number of a record that the log will never take, and tells who hands it in again', async () => {
    await using sandbox = await Sandbox.withNotary();
    await using notary = await sandbox.open();
    const lost = license('L-7', { eventTime: '2026-03-12T10:15:02.121+08:00' });
    await notary.notarize(lost); // under the same id, by another way
    const emitter = await emitterOf(sandbox, notary);
    expect(await emitAll(emitter, 1, 20)).toHaveLength(20);
    await emitter.flush();
    const found = await statementsIn(notary);
    expect(found.map(({ sequence }) => sequence?.number)).toEqual(countUp(21));
    expect(found.filter(({ event }) => event === 'source.void')).toMatchObject([
      { sequence: { number: 7 }, claims: { source: SOURCE, number: 7 } },
    ]);
    expect(await emitter.lag()).toMatchObject({ voids: 1, records: 0 });
    await expect(emitter.emit(license('L-7'))).rejects.toMatchObject({
      code: 'SDK_RECORD_VOID',
      context: { number: 7 },
    });
    await emitter.close();
    await using again = await emitterOf(sandbox, notary);
    await expect(again.emit(license('L-7'))).rejects.toMatchObject({ code: 'SDK_RECORD_VOID' });
    const { id } = await notary.notarize(lost);
    expect(await again.progress(id)).toBe('void');
    await expect(again.bundle(id)).rejects.toMatchObject({ code: 'SDK_RECORD_VOID' });
    await notary.flush();
    expect((await audited(sandbox)).sources.voided).toBe(1);
  });

  test('fills a number with the same bytes, however often', async () => {
    await using sandbox = await Sandbox.withNotary();
    const log = new FakeLog(ORIGIN);
    log.refused.add(3);
    log.isMute = true;
    const first = await emitterOf(sandbox, log);
    await emitAll(first, 1, 5);
    await until(first, 'retrying');
    await first.close();
    log.isMute = false;
    await using emitter = await emitterOf(sandbox, log);
    await emitter.flush();
    expect(log.numbers).toEqual(countUp(6));
    // What stood there first, and what fills it.
    expect(log.seen.get(3)?.size).toBe(2);
  });

  test('stops loudly when its numbers were given to other bytes', async () => {
    await using sandbox = await Sandbox.withNotary();
    await using notary = await sandbox.open();
    const first = await emitterOf(sandbox, notary);
    await emitAll(first, 1, 5);
    await first.flush();
    await first.close();
    const [dir, backup] = [outboxOf(sandbox), join(sandbox.root, 'backup')];
    await cp(dir, backup, { recursive: true });
    const second = await emitterOf(sandbox, notary);
    await emitAll(second, 6, 5);
    await second.flush();
    await second.close();
    await rm(dir, { recursive: true });
    await rename(backup, dir);
    await using restored = await emitterOf(sandbox, notary);
    await emitAll(restored, 50, 1);
    const stopped = { code: 'SDK_EMITTER_STOPPED', context: { reason: 'LOG_SEQUENCE_TAKEN' } };
    await expect(restored.flush()).rejects.toMatchObject(stopped);
    await expect(restored.emit(license('L-51'))).rejects.toMatchObject(stopped);
    expect((await restored.lag()).state).toBe('stopped');
    expect(await statementsIn(notary)).toHaveLength(11);
  });

  test('fills up a log that has lost its end', async () => {
    await using sandbox = await Sandbox.withNotary();
    const log = new FakeLog(ORIGIN);
    await using emitter = await emitterOf(sandbox, log);
    await emitAll(emitter, 1, 9);
    await emitter.flush();
    log.numbers.length = 4;
    await emitAll(emitter, 10, 1);
    await emitter.flush();
    expect(log.numbers).toEqual(countUp(11));
    log.numbers.length = 0;
    await emitAll(emitter, 11, 1);
    await emitter.flush();
    expect(log.numbers).toEqual(countUp(12));
    expect([...log.seen.values()].every((bytes) => bytes.size === 1)).toBe(true);
  });

  test.each(['LOG_SOURCE_CLOSED', 'LOG_ORIGIN_MISMATCH', 'LOG_SEQUENCE_TAKEN'])(
    'stops at %s',
    async (code) => {
      await using sandbox = await Sandbox.withNotary();
      const log = new FakeLog(ORIGIN);
      await using emitter = await emitterOf(sandbox, log);
      log.refusal = new CodedError(code, 'refused', {});
      await emitter.emit(license('L-1'));
      await expect(emitter.flush()).rejects.toMatchObject({
        code: 'SDK_EMITTER_STOPPED',
        context: { reason: code },
      });
    },
  );

  test.each(['LOG_BUSY', 'LOG_FAILED', 'LOG_FENCED', 'SDK_CLOSED', 'LOG_REMOTE_UNREACHABLE'])(
    'tries again after %s',
    async (code) => {
      await using sandbox = await Sandbox.withNotary();
      const log = new FakeLog(ORIGIN);
      log.refusal = new CodedError(code, 'refused', { retryAfterMs: 1 });
      await using emitter = await emitterOf(sandbox, log);
      await emitter.emit(license('L-1'));
      await until(emitter, 'retrying');
      log.refusal = undefined;
      await emitter.flush();
      expect(log.numbers).toEqual([0, 1]);
    },
  );

  test('says how far it is behind while it sends', async () => {
    await using sandbox = await Sandbox.withNotary();
    await using emitter = await emitterOf(sandbox, new FakeLog(ORIGIN));
    const emitting = emitAll(emitter, 1, 1500);
    for (let lag = await emitter.lag(); lag.records > 0; lag = await emitter.lag()) {
      expect([lag.oldest !== undefined, lag.bytes > 0]).toEqual([true, true]);
    }
    await emitting;
    await emitter.flush();
    expect(await emitter.lag()).toMatchObject({ records: 0, bytes: 0 });
  });

  test('is refused after closing', async () => {
    await using sandbox = await Sandbox.withNotary();
    const emitter = await emitterOf(sandbox, new FakeLog(ORIGIN));
    await emitter.close();
    const closed = { code: 'SDK_CLOSED' };
    await expect(emitter.emit(license('L-1'))).rejects.toMatchObject(closed);
    await expect(emitter.lag()).rejects.toMatchObject(closed);
    await expect(emitter.progress('x')).rejects.toMatchObject(closed);
  });
});

describe('createEmitter', () => {
  test('refuses a second emitter on a folder, and another source on it', async () => {
    await using sandbox = await Sandbox.withNotary();
    const log = new FakeLog(ORIGIN);
    const first = await emitterOf(sandbox, log);
    await expect(emitterOf(sandbox, log)).rejects.toMatchObject({ code: 'SDK_LOCKED' });
    await first.close();
    const mismatch = { code: 'SDK_VAULT_MISMATCH' };
    const second = emitterOf(sandbox, log, { source: 'license-make/2' });
    await expect(second).rejects.toMatchObject(mismatch);
    const elsewhere = emitterOf(sandbox, new FakeLog('other.example/log'));
    await expect(elsewhere).rejects.toMatchObject(mismatch);
  });

  test.each(['', '1', 'license-make', 'license-make/', 'nobody/1', 'a/b/c/d', 'license-make/a b'])(
    'refuses the source "%s"',
    async (source) => {
      await using sandbox = await Sandbox.withNotary();
      const opening = emitterOf(sandbox, new FakeLog(ORIGIN), { source });
      await expect(opening).rejects.toMatchObject({ code: 'SDK_SOURCE_MALFORMED' });
    },
  );

  test('refuses limits that are none, and a target without keys', async () => {
    await using sandbox = await Sandbox.withNotary();
    const log = new FakeLog(ORIGIN);
    await expect(emitterOf(sandbox, log, { maxBytes: 0 })).rejects.toThrow(RangeError);
    await expect(emitterOf(sandbox, log, { keys: undefined })).rejects.toThrow(TypeError);
  });

  test('goes on in the place of a source that was lost, from the number that the log has', async () => {
    await using sandbox = await Sandbox.withNotary();
    await using notary = await sandbox.open();
    const lost = await emitterOf(sandbox, notary);
    await emitAll(lost, 1, 4);
    await lost.flush();
    await lost.close();
    const next = { source: `${BUREAU.org}/license-make/2` };
    const wrong = await emitterOf(sandbox, notary, {
      ...next,
      dir: join(sandbox.root, 'wrong'),
      predecessor: { source: SOURCE, last: 3 },
    });
    await expect(wrong.flush()).rejects.toMatchObject({
      context: { reason: 'LOG_SOURCE_PREDECESSOR' },
    });
    await wrong.close();
    await using emitter = await emitterOf(sandbox, notary, {
      ...next,
      dir: join(sandbox.root, 'second'),
      predecessor: { source: SOURCE, last: 4 },
    });
    await emitter.emit(license('L-9'));
    await emitter.flush();
    expect(await statementsIn(notary, next.source)).toHaveLength(2);
    await using late = await emitterOf(sandbox, notary);
    await late.emit(license('L-5'));
    await expect(late.flush()).rejects.toMatchObject({ context: { reason: 'LOG_SOURCE_CLOSED' } });
  });
});

describe('Emitter.bundle', () => {
  test('gives what the log proves, and opens what the outbox has', async () => {
    await using sandbox = await Sandbox.withNotary();
    await using notary = await sandbox.open();
    await using emitter = await emitterOf(sandbox, notary);
    const { id } = await emitter.emit(license('L-1'));
    const waiting = emitter.bundle(id, { disclose: ['/holderName'] });
    await emitter.flush();
    await notary.flush();
    const bundle = await waiting;
    expect(bundle.disclosures).toHaveLength(1);
    const policy = parseTrustPolicy(await readFile(join(sandbox.dir, 'policy.json')));
    const { steps } = verifyBundle(bundle, policy, { now: new Date() });
    expect(steps.filter(({ result }) => result === 'fail')).toEqual([]);
    await expect(emitter.bundle(id, { disclose: ['/none'] })).rejects.toMatchObject({
      code: 'SDK_DISCLOSURE_UNKNOWN',
    });
  });

  test('is refused where the target gives none', async () => {
    await using sandbox = await Sandbox.withNotary();
    await using emitter = await emitterOf(sandbox, new FakeLog(ORIGIN));
    const { id } = await emitter.emit(license('L-1'));
    await expect(emitter.bundle(id)).rejects.toMatchObject({ code: 'SDK_NO_BUNDLES' });
  });
});

describe('Notary.submit', () => {
  test('takes statements of sources only, whose records it does not have', async () => {
    await using sandbox = await Sandbox.withNotary();
    const notary = await sandbox.open();
    const { index } = await notary.notarize(license('L-1'));
    const entry = await notary.log.entry(index);
    await expect(notary.submit([entry])).rejects.toMatchObject({ code: 'SDK_SEQUENCE_MISSING' });
    await notary.close();
    await expect(notary.submit([])).rejects.toMatchObject({ code: 'SDK_CLOSED' });
  });

  test('leaves a notary that opens again, also when all its newest entries are of emitters', async () => {
    await using sandbox = await Sandbox.withNotary();
    for (let round = 0; round < 3; round++) {
      const notary = await sandbox.open();
      await notary.notarize(license(`own-${round}`));
      const emitter = await emitterOf(sandbox, notary);
      await emitAll(emitter, 1 + 300 * round, 300);
      await emitter.flush();
      await emitter.close();
      await notary.close();
    }
    await rm(join(sandbox.dir, 'vault'), { recursive: true });
    await expect(sandbox.open()).rejects.toMatchObject({ code: 'SDK_VAULT_MISSING' });
    const { lost } = await adoptVault({ dir: sandbox.dir });
    expect(lost.reduce((sum, { from, to }) => sum + to - from, 0)).toBe(1 + 3);
    const notary = await sandbox.open();
    expect(await statementsIn(notary)).toHaveLength(901);
  });

  test('leaves a notary that opens again after it refused a record that an emitter had sent', async () => {
    await using sandbox = await Sandbox.withNotary();
    const notary = await sandbox.open();
    const emitter = await emitterOf(sandbox, notary);
    await emitter.emit(license('L-1'));
    await emitter.flush();
    await expect(notary.notarize(license('L-1'))).rejects.toMatchObject({
      code: 'LOG_ID_CONFLICT',
    });
    await emitter.close();
    await notary.close();
    for (let i = 0; i < 2; i++) await (await sandbox.open()).close();
  });
});
