import type { Guard, LogStore, TileSink } from '../../src/index.ts';

/** Calls of one method that wait until they are let through. */
export interface Gate {
  /** Calls so far. */
  readonly calls: number;
  /** Resolve once there have been so many calls. */
  reached(calls: number): Promise<void>;
  /** From now on, let so many calls through in all. */
  open(calls: number): void;
}

/** Give an object of which one method waits at a gate before it does its work. */
export function gated<T extends LogStore | Guard | TileSink>(real: T, method: keyof T): [T, Gate] {
  let [calls, allowed] = [0, 0];
  let wake: (() => void)[] = [];
  const until = async (holds: () => boolean): Promise<void> => {
    while (!holds()) await new Promise<void>((resolve) => wake.push(resolve));
  };
  const changed = (): void => {
    const waiting = wake;
    wake = [];
    for (const each of waiting) each();
  };
  const proxy = new Proxy(real, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      const call = (...given: unknown[]): unknown => Reflect.apply(member, target, given);
      if (name !== method) return call;
      return async (...given: unknown[]) => {
        const nth = ++calls;
        changed();
        await until(() => nth <= allowed);
        return call(...given);
      };
    },
  });
  const gate: Gate = {
    get calls() {
      return calls;
    },
    reached: (count) => until(() => calls >= count),
    open(count) {
      allowed = count;
      changed();
    },
  };
  return [proxy, gate];
}
