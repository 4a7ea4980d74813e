import { describe, expect, test } from 'vitest';
import { ByteCache } from '../src/byte-cache.ts';

describe('ByteCache', () => {
  test('holds as many bytes as it may, and lets go first of what was used longest ago', () => {
    const cache = new ByteCache(100);
    for (const key of ['a', 'b', 'c', 'd']) cache.set(key, new Uint8Array(25));
    expect(cache.size).toBe(100);
    cache.get('a');
    cache.set('e', new Uint8Array(30));
    expect(['a', 'b', 'c', 'd', 'e'].filter((key) => cache.get(key))).toEqual(['a', 'd', 'e']);
    expect(cache.size).toBe(80);
  });

  test('replaces what it holds, and does not take what is larger than all of it', () => {
    const cache = new ByteCache(100);
    cache.set('a', new Uint8Array(60));
    cache.set('a', new Uint8Array(40));
    expect(cache.size).toBe(40);
    cache.set('b', new Uint8Array(101));
    expect([cache.get('a')?.length, cache.get('b')]).toEqual([40, undefined]);
    cache.set('a', new Uint8Array(101));
    expect([cache.get('a'), cache.size]).toEqual([undefined, 0]);
  });
});
