import { expect } from 'vitest';
import { nodeEd25519, nodeSha256 } from '@anchorlog/core/node';
import { explain } from '../src/explain.ts';
import {
  parseBundle,
  parseTrustPolicy,
  verifyBundle,
  type Bundle,
  type Verdict,
} from '../src/index.ts';
import { NOW, fullBundle, policyOf } from './world.ts';

const policy = parseTrustPolicy(policyOf());
export const text: string = JSON.stringify(fullBundle());
export const bytes: Uint8Array = new TextEncoder().encode(text);

export function verify(bundle: unknown): Verdict {
  const crypto = { hash: nodeSha256, ed25519: nodeEd25519 };
  return verifyBundle(bundle, policy, { now: new Date(NOW), crypto });
}

const good = verify(bytes);

/** What a verified bundle says of its entry; a mutant may lose extras, but not say anything else. */
function entrySays({ claims, index, leafHash, issuer, times, log }: Verdict): unknown {
  const { anchoredTime, eventTime, recordedTime } = times;
  return {
    open: claims.public,
    index,
    leafHash,
    issuer,
    anchoredTime,
    eventTime,
    recordedTime,
    log,
  };
}

/** Hold a mutant's verdict against the good one: if it is verified at all, it says the same. */
export function holds(verdict: Verdict): void {
  explain(verdict, 'zh-CN', { verbose: true });
  if (verdict.outcome !== 'verified') return;
  expect(entrySays(verdict)).toEqual(entrySays(good));
  for (const [name, value] of Object.entries(verdict.claims.opened)) {
    expect(good.claims.opened[name]).toEqual(value);
  }
}

/** Flip every `stride`-th bit of the file, and count how many of the mutants are still verified. */
export function flipBits(stride: number): number {
  let verified = 0;
  for (let bit = 0; bit < bytes.length * 8; bit += stride) {
    const flipped = bytes.slice();
    flipped[Math.floor(bit / 8)]! ^= 1 << (bit % 8);
    const verdict = verify(flipped);
    holds(verdict);
    if (verdict.outcome === 'verified') verified++;
  }
  return verified;
}

/** Every byte string of the bundle, as a way to put another in its place. */
export function parts(): readonly {
  at: string;
  length: number;
  with: (change: (part: Uint8Array) => Uint8Array) => Bundle;
}[] {
  const bundle = parseBundle(text);
  const found: {
    at: string;
    length: number;
    with: (change: (part: Uint8Array) => Uint8Array) => Bundle;
  }[] = [];
  const walk = (value: unknown, at: readonly string[]): void => {
    if (value instanceof Uint8Array) {
      found.push({
        at: `/${at.join('/')}`,
        length: value.length,
        with: (change) => replaced(bundle, at, change) as Bundle, // the same shape with other bytes
      });
    } else if (typeof value === 'object' && value !== null) {
      for (const [name, member] of Object.entries(value)) walk(member, [...at, name]);
    }
  };
  walk(bundle, []);
  return found;
}

function replaced(
  value: unknown,
  at: readonly string[],
  change: (part: Uint8Array) => Uint8Array,
): unknown {
  const [name, ...rest] = at;
  if (name === undefined) return change(value as Uint8Array); // where the walk found one
  const holder = value as Record<string, unknown>; // where the walk went through
  const member = replaced(holder[name], rest, change);
  return Array.isArray(value) ? value.with(Number(name), member) : { ...holder, [name]: member };
}
