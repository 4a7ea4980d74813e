import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatBundle, parseBundle, parseTrustPolicy } from '../src/index.ts';
import { bytes, flipBits, holds, parts, text, verify } from './mutation.ts';
import { policyOf, refusal } from './world.ts';

describe('verifyBundle', () => {
  test('one flipped bit of the file never makes it say anything else', () => {
    // Only what need not hold at all stays: a receipt under a key that nobody knows.
    expect(flipBits(101)).toBeLessThan(20);
  });

  test('flipped, cut or longer byte strings in it are never verified, but for an anchor that may be missing', () => {
    const change = fc.record({
      part: fc.constantFrom(...parts()),
      bit: fc.nat(),
      how: fc.constantFrom('flip', 'cut', 'cut in front', 'longer', 'empty'),
    });
    fc.assert(
      fc.property(change, ({ part, bit, how }) => {
        const mutant = part.with((good) => {
          if (how === 'cut') return good.subarray(0, -1);
          if (how === 'cut in front') return good.subarray(1);
          if (how === 'longer') return Uint8Array.of(...good, bit % 256);
          if (how === 'empty') return new Uint8Array();
          const flipped = good.slice();
          flipped[Math.floor(bit / 8) % good.length]! ^= 1 << (bit % 8);
          return flipped;
        });
        const verdict = verify(mutant);
        if (verdict.outcome !== 'verified') return;
        // Of the anchor that does not cover the entry, a contract or validators that the policy does not know take away what it says.
        expect(part.at).toMatch(/^\/anchors\/0\/evidence\/0\/(?:contract|header)$/);
        expect(verdict.times.loggedAfter).toBeUndefined();
        holds(verdict);
      }),
      { numRuns: 400 },
    );
  });

  test('cut anywhere it is refuted', () => {
    for (let length = 0; length < bytes.length; length += 17) {
      expect(verify(bytes.subarray(0, length)).reason).toBe('bundle.malformed');
    }
  });

  test('bytes put in or after it, or exchanged, never make it say anything else', () => {
    const edit = fc.record({
      at: fc.nat(bytes.length),
      drop: fc.nat(64),
      put: fc.uint8Array({ maxLength: 64 }),
    });
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), (edits) => {
        let spoilt = [...bytes];
        for (const each of edits) spoilt = spoilt.toSpliced(each.at, each.drop, ...each.put);
        holds(verify(Uint8Array.from(spoilt)));
      }),
      { numRuns: 400 },
    );
  });

  test('whatever JSON stands at any place, there is a verdict', () => {
    const places = pointersOf(JSON.parse(text));
    fc.assert(
      fc.property(fc.constantFrom(...places), fc.jsonValue(), (place, value) => {
        const spoilt: unknown = JSON.parse(text);
        put(spoilt, place, value);
        holds(verify(spoilt));
      }),
      { numRuns: 1000 },
    );
  });

  test('whatever is handed in, there is a verdict', () => {
    const anything = fc.oneof(
      fc.anything({
        withBigInt: true,
        withDate: true,
        withMap: true,
        withNullPrototype: true,
        withTypedArray: true,
      }),
      fc.string(),
      fc.uint8Array({ maxLength: 4096 }),
      fc.json(),
    );
    fc.assert(
      fc.property(anything, (input) => {
        expect(verify(input).outcome).toBe('refuted');
      }),
      { numRuns: 1000 },
    );
  });

  test('parts exchanged between places of the bundle never make it say anything else', () => {
    const places = pointersOf(JSON.parse(text)).filter((place) => place.length > 0);
    fc.assert(
      fc.property(fc.constantFrom(...places), fc.constantFrom(...places), (a, b) => {
        const spoilt: unknown = JSON.parse(text);
        const [first, second] = [get(spoilt, a), get(spoilt, b)];
        put(spoilt, a, structuredClone(second));
        if (get(spoilt, b) !== undefined) put(spoilt, b, structuredClone(first));
        holds(verify(spoilt));
      }),
      { numRuns: 600 },
    );
  });
});

describe('parseBundle', () => {
  test('what it accepts it formats and parses to the same', () => {
    const places = pointersOf(JSON.parse(text));
    fc.assert(
      fc.property(fc.constantFrom(...places), fc.jsonValue(), (place, value) => {
        const spoilt: unknown = JSON.parse(text);
        put(spoilt, place, value);
        if (refusal(() => parseBundle(spoilt)) !== 'accepted') return;
        const bundle = parseBundle(spoilt);
        expect(parseBundle(formatBundle(bundle))).toEqual(bundle);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('parseTrustPolicy', () => {
  test('whatever JSON stands at any place, it is taken or refused with a code of its own', () => {
    const json = policyOf();
    const places = pointersOf(json);
    fc.assert(
      fc.property(fc.constantFrom(...places), fc.jsonValue(), (place, value) => {
        const spoilt: unknown = structuredClone(json);
        put(spoilt, place, value);
        expect(refusal(() => parseTrustPolicy(spoilt))).toMatch(/^VERIFY_POLICY_|^accepted$/);
      }),
      { numRuns: 1500 },
    );
  });

  test('whatever is handed in is refused with a code of its own', () => {
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.string(), fc.uint8Array()), (input) => {
        expect(refusal(() => parseTrustPolicy(input))).toMatch(/^VERIFY_POLICY_/);
      }),
      { numRuns: 1000 },
    );
  });
});

type Place = readonly (string | number)[];

function pointersOf(value: unknown, at: Place = []): Place[] {
  if (typeof value !== 'object' || value === null) return [at];
  const inner = Object.entries(value).flatMap(([name, member]) =>
    pointersOf(member, [...at, Array.isArray(value) ? Number(name) : name]),
  );
  return at.length === 0 ? inner : [at, ...inner];
}

function get(value: unknown, [name, ...rest]: Place): unknown {
  if (name === undefined) return value;
  if (typeof value !== 'object' || value === null) return undefined;
  return get((value as Record<string | number, unknown>)[name], rest);
}

function put(value: unknown, place: Place, member: unknown): void {
  const holder = get(value, place.slice(0, -1));
  if (typeof holder !== 'object' || holder === null) return;
  Object.assign(holder, { [place.at(-1)!]: member });
}
