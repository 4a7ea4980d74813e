import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { formatBase64 } from '@anchorlog/core';
import { parseStatement } from '@anchorlog/statement';
import { randomOf } from '@anchorlog/testkit';
import { createEmitter } from '../../src/create-emitter.ts';
import type { Notary } from '../../src/notary.ts';
import { license, type Sandbox } from './sandbox.ts';

type Fact = { readonly fact: 'opening' | 'delivered' } | EmittedFact;

interface EmittedFact {
  readonly fact: 'emitted';
  readonly record: number;
  readonly id: string;
  readonly number: number;
}

const EMITTING = fileURLToPath(new URL('emitting.ts', import.meta.url));

/** Let a process emit, and kill it at a random fact, or a while after it. Give all facts that it stated. */
async function emitAndKill(args: readonly string[], random: () => number): Promise<Fact[]> {
  const kind = (['opening', 'emitted', 'emitted', 'delivered'] as const)[Math.floor(random() * 4)]!;
  const nth = Math.ceil(random() * { opening: 1, emitted: 600, delivered: 5 }[kind]);
  const later = random() * 60;
  const child = spawn(process.execPath, ['-C', '@anchorlog/source', EMITTING, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const facts: Fact[] = [];
  let seen = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    if (!line.endsWith('}')) continue; // the last line may be cut: nobody was told
    const fact = JSON.parse(line) as Fact; // written by the process
    facts.push(fact);
    if (fact.fact === kind && ++seen === nth) setTimeout(() => child.kill('SIGKILL'), later);
  }
  expect(await exited).toEqual([null, 'SIGKILL']);
  return facts;
}

/** Kill an emitter and its notary again and again. Each time all that it had said must be in the log, once, under the number that it had said. */
export async function emitterCrashRounds(
  rounds: number,
  { sandbox, seed }: { readonly sandbox: Sandbox; readonly seed: number },
): Promise<{ readonly emitted: number }> {
  const outbox = join(sandbox.root, 'outbox');
  const random = randomOf(seed);
  const emitted = new Map<number, EmittedFact>();
  const stood = new Map<number, string>();
  let first = 1;
  for (let round = 0; round < rounds; round++) {
    const args = [sandbox.dir, outbox, String(first), String(seed + round)];
    const facts = await emitAndKill(args, random);
    const fresh = facts.filter((fact) => fact.fact === 'emitted');
    for (const fact of fresh) {
      // One that was told twice keeps its number.
      expect(fact.number).toBe(emitted.get(fact.record)?.number ?? fact.number);
      emitted.set(fact.record, fact);
    }
    // Some that were in the works are handed in again by the next round, and must not be there twice.
    first = Math.max(first, ...fresh.map(({ record }) => record - 10));

    await using notary = await sandbox.open();
    await using emitter = await createEmitter({
      dir: outbox,
      source: 'license-make/1',
      to: notary,
    });
    await emitter.flush();
    const last = fresh.at(-1);
    if (last) {
      const { id, number } = last;
      expect(await emitter.emit(license(`L-${last.record}`))).toMatchObject({ id, number });
      expect(await emitter.progress(id)).toBe('delivered');
    }
    const ids = await sourceIn(notary, stood);
    for (const { number, id } of emitted.values()) expect(ids[number]).toBe(id);
    expect(await emitter.lag()).toMatchObject({ records: 0, voids: 0 });
  }
  return { emitted: emitted.size };
}

/** Give the ids of the source by number: in the order of the log there is no gap, and what stood under a number before stands there still. */
async function sourceIn(notary: Notary, stood: Map<number, string>): Promise<string[]> {
  const ids: string[] = [];
  for await (const entry of notary.log.entries()) {
    const { sequence, id } = parseStatement(entry);
    if (!sequence) continue;
    expect(sequence.number).toBe(ids.length);
    const bytes = formatBase64(entry);
    expect(bytes).toBe(stood.get(sequence.number) ?? bytes);
    stood.set(sequence.number, bytes);
    ids.push(id);
  }
  expect(new Set(ids).size).toBe(ids.length);
  return ids;
}
