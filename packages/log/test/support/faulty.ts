import type { Guard, LogStore, TileSink } from '../../src/index.ts';

/** A call that fails: before it took effect, or after. `nth` counts calls of this name from 0, once the fault is armed. */
export interface Fault {
  readonly call: string;
  readonly nth: number;
  readonly when: 'before' | 'after';
}

/** An error like those of a disk. */
export class DiskError extends Error {}

/** Give an object whose calls work as ever, but for one. */
export function faulty<T extends LogStore | Guard | TileSink>(
  real: T,
  fault: Fault,
  isArmed: () => boolean = () => true,
): T {
  let calls = 0;
  const isThis = (): boolean => isArmed() && calls++ === fault.nth;
  return new Proxy(real, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      const call = (...given: unknown[]): unknown => Reflect.apply(member, target, given);
      if (name !== fault.call) return call;
      if (name === 'entries') {
        return async function* (...given: unknown[]): AsyncGenerator<unknown> {
          const fails = isThis();
          if (fails && fault.when === 'before') throw new DiskError('before the first');
          yield* call(...given) as AsyncIterable<unknown>; // what `entries` gives
          if (fails) throw new DiskError('after the last');
        };
      }
      return async (...given: unknown[]) => {
        const fails = isThis();
        if (fails && fault.when === 'before') throw new DiskError('before it took effect');
        const result = await call(...given);
        if (fails) throw new DiskError('after it took effect');
        return result;
      };
    },
  });
}
