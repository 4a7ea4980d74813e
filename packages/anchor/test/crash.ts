import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { RegistryChain } from '../src/chain.ts';
import { readChainHeads } from '../src/reader.ts';
import type { ChildLine, ChildOrder } from './crash-child.ts';
import type { FaultProxy } from '@anchorlog/testkit';
import { TestLog } from './test-log.ts';
import { ORIGIN, anchorsOf, fastClock, settle, type World } from './world.ts';

const CHILD = fileURLToPath(new URL('crash-child.ts', import.meta.url));

/** When to kill: as the process asks its nth question, before or after the chain has answered it, or so many milliseconds after it began. */
export type Moment =
  { readonly request: number; readonly answered: boolean } | { readonly ms: number };

/** One log whose anchorer is killed again and again, on one journal. */
export class CrashingLog {
  readonly #world: World;
  readonly #proxy: FaultProxy;
  readonly #origin: string;
  readonly #dir: string;
  readonly #began: Promise<number>;
  #size = 3;
  /** Sizes that a process was told are final. */
  readonly #acknowledged = new Set<number>();

  constructor(parts: {
    readonly world: World;
    readonly proxy: FaultProxy;
    readonly origin: string;
    readonly dir: string;
  }) {
    this.#world = parts.world;
    this.#proxy = parts.proxy;
    this.#origin = parts.origin;
    this.#dir = parts.dir;
    this.#began = sentBy(parts.world);
  }

  /** How many heads a process was told are final. */
  get final(): number {
    return this.#acknowledged.size;
  }

  /** Run a process on the journal and kill it at `moment` with SIGKILL. */
  async crash(moment: Moment): Promise<void> {
    await this.#began;
    const { registry, operatorKey, finality } = this.#world;
    const order: ChildOrder = {
      dir: this.#dir,
      chain: { ...registry, url: this.#proxy.url },
      origin: this.#origin,
      key: operatorKey,
      finality,
      size: this.#size,
    };
    const args = ['-C', '@anchorlog/source', '--no-warnings', CHILD, JSON.stringify(order)];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const kill = (): boolean => child.kill('SIGKILL');
    let asked = 0;
    this.#proxy.faults = () => {
      if (!('request' in moment) || ++asked < moment.request) return undefined;
      if (moment.answered) return { kind: 'then', do: kill };
      kill();
      return { kind: 'break' };
    };
    let timer: NodeJS.Timeout | undefined;
    const exited = once(child, 'exit');
    for await (const text of createInterface({ input: child.stdout })) {
      const line = JSON.parse(text) as ChildLine; // by the child
      if ('ms' in moment) timer ??= setTimeout(kill, moment.ms);
      if ('published' in line) this.#size = line.published;
      else this.#acknowledged.add(line.final);
    }
    const [code, signal] = (await exited) as [number | null, string | null]; // as Node says
    clearTimeout(timer);
    this.#proxy.faults = () => undefined;
    expect({ code, signal }).toEqual({ code: null, signal: 'SIGKILL' });
  }

  /** Anchor what is left, and check that nothing is lost and nothing doubled. Gives how many heads are on chain. */
  async check(): Promise<number> {
    const clock = fastClock();
    const source = new TestLog(this.#size);
    const [world, dir, origin] = [this.#world, this.#dir, this.#origin];
    await using anchorer = await world.anchorer({ dir, origin, source, clock, resendMs: 0 });
    await settle(anchorer, clock);
    const { heads } = await readChainHeads({ chain: world.registry, origin });
    const onChain = heads.map(({ number, size }) => ({ number, size }));
    expect(await anchorsOf(anchorer)).toEqual(onChain);
    expect(onChain.map(({ number }) => number)).toEqual(onChain.map((_, i) => i + 1));
    expect(onChain.at(-1)?.size).toBe(this.#size);
    const sizes = new Set(onChain.map(({ size }) => size));
    expect([...this.#acknowledged].filter((size) => !sizes.has(size))).toEqual([]);
    // Not one transaction too many: what was sent once was sent again as it was.
    expect((await sentBy(world)) - (await this.#began)).toBe(onChain.length);
    return onChain.length;
  }
}

function sentBy({ registry, operator }: World): Promise<number> {
  return new RegistryChain(registry, ORIGIN).txCount(operator, 'latest');
}
