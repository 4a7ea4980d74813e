import { describe, expect, test } from 'vitest';
import { CopyRoom } from '../src/copy-room.ts';

describe('CopyRoom', () => {
  test('gives copies that nobody else writes to, of any length', () => {
    const room = new CopyRoom();
    const lengths = [1, 65_535, 0, 65_535, 65_535, 65_535, 65_535, 300_000, 7, 262_144, 262_145, 3];
    const given = lengths.map((length, i) => new Uint8Array(length).fill(i + 1));
    const copies = given.map((bytes) => room.copy(bytes));
    for (const bytes of given) bytes.fill(0);
    for (const [i, copy] of copies.entries()) {
      expect(copy.length).toBe(lengths[i]);
      expect(copy.every((byte) => byte === i + 1)).toBe(true);
      copy.fill(0xff);
      expect(copies.slice(i + 1).some((other) => other.includes(0xff))).toBe(false);
    }
  });

  test('keeps neighbours in one piece of memory', () => {
    const room = new CopyRoom();
    const [first, second] = [room.copy(new Uint8Array(1000)), room.copy(new Uint8Array(1000))];
    expect(second.buffer).toBe(first.buffer);
  });
});
