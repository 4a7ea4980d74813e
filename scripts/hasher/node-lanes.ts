import {
  add,
  and,
  assembleModule,
  byteAt,
  call,
  defineFunction,
  int,
  littleEndian,
  load,
  loadSplat,
  loop,
  or,
  pick,
  plus,
  rotateRight,
  select,
  set,
  shiftRight,
  splat,
  store,
  swapBytes,
  times,
  words,
  xor,
  type Code,
  type WasmFunction,
} from './wasm.ts';

// SHA-256 (FIPS 180-4) of four tree nodes at once, in vectors of 128 bits. A vector holds the same word of four computations, its four
// lanes, which never meet: the code is that of one hash, and every instruction serves four nodes.
//
// The message of a node is 65 bytes, tag ‖ left ‖ right, so two blocks of 64. The first holds all but the last byte of `right`. The second
// is that byte and padding; there are 256 such blocks, and the message schedules of all of them are computed once, when the module is
// instantiated. This saves a third of the work on schedules and a seventh of all (measured), for 64 KiB of memory.

const LANES = 4;
const VECTOR = 16;
const ROUNDS = 64;
const BLOCK_WORDS = 16;
const PAIR = 64;
const DIGEST = 32;

// The memory: round constants and initial state, which the module brings along; state and schedule of the four lanes, a vector for each
// word; the schedules of all second blocks, a row of 64 words for each last byte; the rows of pairs, which their parents replace.
const CONSTANTS = 0;
const INITIAL = CONSTANTS + 4 * ROUNDS;
const STATE = 512;
const SCHEDULE = 1024;
const TABLE = 4096;
const TABLE_ROW = 4 * ROUNDS;
/** Where the pairs go, 64 bytes each, and where their parents are found, 32 bytes each. The byte before is read and not used. */
export const PAIRS_OFFSET: number = TABLE + 256 * TABLE_ROW;
/** As many pairs are hashed by one call. */
export const MAX_PAIRS = 256;
const PAGES = 2;

const EXPAND = 0;
const COMPRESS = 1;
const FILL_TABLE = 2;
const HASH_PAIRS = 3;

/**
 * Make the module. It exports `memory` and `hashPairs(end, tag)`, which hashes the pairs from `PAIRS_OFFSET` to the address `end`, each behind
 * the byte that is the highest of `tag`, a word whose other bytes are zero.
 */
export function nodeLanesModule(): Uint8Array {
  const primes = firstPrimes(ROUNDS);
  return assembleModule({
    functions: [expand(), compress(), fillTable(), hashPairs()], // in the order of the indexes above
    exports: { hashPairs: HASH_PAIRS },
    start: FILL_TABLE,
    pages: PAGES,
    data: Uint8Array.from([
      ...littleEndian(primes.map((prime) => rootFraction(prime, 3))),
      ...littleEndian(primes.slice(0, 8).map((prime) => rootFraction(prime, 2))),
    ]),
  });
}

/** Fill the schedule from its first 16 words on: W[t] = W[t-16] + σ0(W[t-15]) + W[t-7] + σ1(W[t-2]). */
function expand(): WasmFunction {
  return defineFunction(
    { integers: ['at'], vectors: ['oldest', 'second', 'even', 'odd'] },
    ({ at, oldest, second, even, odd }) => {
      // The last two words stay in variables: through memory, each would wait for the one before to be stored and loaded again.
      const nextWord = (last: Code, i: number): Code => [
        ...set(second, load(at, word(i + 1))),
        ...set(last, add(oldest, sigma0(second), load(at, word(i + 9)), sigma1(last))),
        ...store(at, word(i + 16), last),
        ...set(oldest, second),
      ];
      return [
        ...set(oldest, load(int(0), word(0))),
        ...set(even, load(int(0), word(14))),
        ...set(odd, load(int(0), word(15))),
        ...loop(at, { from: int(0), to: int((ROUNDS - BLOCK_WORDS) * VECTOR), step: 2 * VECTOR }, [
          ...nextWord(even, 0),
          ...nextWord(odd, 1),
        ]),
      ];
    },
  );
}

/** Add to the state what 64 rounds over the schedule make of it. */
function compress(): WasmFunction {
  return defineFunction(
    { integers: ['at', 'constant'], vectors: ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'first'] },
    ({ at, constant, first, ...named }) => {
      const state: State = [named.a, named.b, named.c, named.d, named.e, named.f, named.g, named.h];
      const round = (i: number): Code => {
        const [a, b, c, d, e, f, g, h] = rotated(state, i);
        const scheduled = add(load(at, word(i)), loadSplat(constant, CONSTANTS + 4 * i));
        return [
          ...set(first, add(h, scheduled, choose(e, f, g), sum1(e))),
          ...set(d, add(d, first)),
          ...set(h, add(first, majority(a, b, c), sum0(a))),
        ];
      };
      return [
        ...state.flatMap((letter, i) => set(letter, load(int(0), STATE + i * VECTOR))),
        ...set(constant, int(0)),
        // Variables are renamed from round to round instead of moved; after eight rounds all have their first names again.
        ...loop(at, { from: int(0), to: int(ROUNDS * VECTOR), step: 8 * VECTOR }, [
          ...[0, 1, 2, 3, 4, 5, 6, 7].flatMap((i) => round(i)),
          ...set(constant, plus(constant, int(8 * 4))),
        ]),
        ...state.flatMap((letter, i) =>
          store(int(0), STATE + i * VECTOR, add(letter, load(int(0), STATE + i * VECTOR))),
        ),
      ];
    },
  );
}

type State = readonly [Code, Code, Code, Code, Code, Code, Code, Code];

/** The variables that hold a to h after some rounds: what was a is b then, and so on. */
const rotated = ([a, b, c, d, e, f, g, h]: State, rounds: number): State =>
  rounds === 0 ? [a, b, c, d, e, f, g, h] : rotated([h, a, b, c, d, e, f, g], rounds - 1);

/** Compute the schedules of all second blocks, of four last bytes at a time: byte, end mark 0x80, zeros, and the length of 65 bytes in bits. */
function fillTable(): WasmFunction {
  return defineFunction(
    { integers: ['byte', 'at'], vectors: [...ROWS, ...ZIPPED] },
    ({ byte, at, ...vectors }) => [
      // The words between are zero, as is all memory of a new instance that nothing was written to.
      ...store(int(0), word(15), splat(int(8 * 65))),
      ...loop(byte, { from: int(0), to: int(256), step: LANES }, [
        ...set(vectors.a, splat(times(byte, int(1 << 24)))),
        ...store(
          int(0),
          word(0),
          add(vectors.a, words(0x00800000, 0x01800000, 0x02800000, 0x03800000)),
        ),
        ...call(EXPAND),
        ...loop(at, { from: int(0), to: int(TABLE_ROW), step: VECTOR }, [
          ...transpose(vectors, (i) => load(times(at, int(LANES)), word(i))),
          ...ROWS.flatMap((row, i) =>
            store(plus(at, times(byte, int(TABLE_ROW))), TABLE + i * TABLE_ROW, vectors[row]),
          ),
        ]),
      ]),
    ],
  );
}

/** Replace the pairs from `PAIRS_OFFSET` to `end` by their parents, four at a time: a parent never lies where a pair is still to be read. */
function hashPairs(): WasmFunction {
  return defineFunction(
    {
      parameters: ['end', 'tag'],
      integers: ['pairs', 'parents', 'at', 'from', 'row0', 'row1', 'row2', 'row3'],
      vectors: [...ROWS, ...ZIPPED],
    },
    ({ end, tag, pairs, parents, at, from, row0, row1, row2, row3, ...vectors }) => {
      const tableRows = [row0, row1, row2, row3];
      return [
        ...set(parents, int(PAIRS_OFFSET)),
        ...loop(pairs, { from: int(PAIRS_OFFSET), to: end, step: LANES * PAIR }, [
          ...tableRows.flatMap((row, i) =>
            set(row, plus(times(byteAt(pairs, (i + 1) * PAIR - 1), int(TABLE_ROW)), int(TABLE))),
          ),
          ...initialState(at, from),
          ...firstBlock(pairs, { tag, at, from }, vectors),
          ...call(EXPAND),
          ...call(COMPRESS),
          ...secondBlock(tableRows, at, vectors),
          ...call(COMPRESS),
          ...writeParents(parents, at, vectors),
          ...set(parents, plus(parents, int(LANES * DIGEST))),
        ]),
      ];
    },
  );
}

const initialState = (at: Code, from: Code): Code => [
  ...set(from, int(INITIAL)),
  ...loop(at, { from: int(0), to: int(8 * VECTOR), step: VECTOR }, [
    ...store(at, STATE, loadSplat(from)),
    ...set(from, plus(from, int(4))),
  ]),
];

/** Words are read from one byte before a pair on, where the tag belongs; the first is then given it. */
const firstBlock = (
  pairs: Code,
  { tag, at, from }: { readonly tag: Code; readonly at: Code; readonly from: Code },
  vectors: Transposed,
): Code => [
  ...loop(at, { from: int(0), to: int(4 * BLOCK_WORDS), step: VECTOR }, [
    ...set(from, plus(plus(pairs, at), int(-1))),
    ...transpose(vectors, (i) => swapBytes(load(from, i * PAIR))),
    ...ROWS.flatMap((row, i) => store(times(at, int(LANES)), word(i), vectors[row])),
  ]),
  ...store(int(0), word(0), or(and(load(int(0), word(0)), splat(int(0x00ffffff))), splat(tag))),
];

const secondBlock = (tableRows: readonly Code[], at: Code, vectors: Transposed): Code =>
  loop(at, { from: int(0), to: int(ROUNDS * VECTOR), step: LANES * VECTOR }, [
    ...transpose(vectors, (i) => load(tableRows[i]!)),
    ...ROWS.flatMap((row, i) => store(at, word(i), vectors[row])),
    ...tableRows.flatMap((row) => set(row, plus(row, int(VECTOR)))),
  ]);

const writeParents = (parents: Code, at: Code, vectors: Transposed): Code =>
  loop(at, { from: int(0), to: int(DIGEST), step: VECTOR }, [
    ...transpose(vectors, (i) => load(times(at, int(LANES)), STATE + i * VECTOR)),
    ...ROWS.flatMap((row, i) => store(plus(parents, at), i * DIGEST, swapBytes(vectors[row]))),
  ]);

const ROWS = ['a', 'b', 'c', 'd'] as const;
const ZIPPED = ['ab', 'cd', 'ab2', 'cd2'] as const;
type Transposed = Readonly<Record<(typeof ROWS)[number] | (typeof ZIPPED)[number], Code>>;

/** Turn rows into columns: of four vectors a b c d to a0 b0 c0 d0, a1 b1 c1 d1 and so on. What lies in rows goes into lanes, or back. */
function transpose({ a, b, c, d, ab, cd, ab2, cd2 }: Transposed, row: (i: number) => Code): Code {
  return [
    ...[a, b, c, d].flatMap((vector, i) => set(vector, row(i))),
    ...set(ab, pick(a, b, [0, 4, 1, 5])),
    ...set(cd, pick(c, d, [0, 4, 1, 5])),
    ...set(ab2, pick(a, b, [2, 6, 3, 7])),
    ...set(cd2, pick(c, d, [2, 6, 3, 7])),
    ...set(a, pick(ab, cd, [0, 1, 4, 5])),
    ...set(b, pick(ab, cd, [2, 3, 6, 7])),
    ...set(c, pick(ab2, cd2, [0, 1, 4, 5])),
    ...set(d, pick(ab2, cd2, [2, 3, 6, 7])),
  ];
}

/** The address of word `t` of the schedule. */
const word = (t: number): number => SCHEDULE + t * VECTOR;

// The functions of FIPS 180-4 §4.1.2.
const choose = (e: Code, f: Code, g: Code): Code => select(f, g, e);
const majority = (a: Code, b: Code, c: Code): Code => select(c, b, xor(a, b)); // c decides where a and b differ
const sum0 = (a: Code): Code => xor(rotateRight(a, 2), rotateRight(a, 13), rotateRight(a, 22));
const sum1 = (e: Code): Code => xor(rotateRight(e, 6), rotateRight(e, 11), rotateRight(e, 25));
const sigma0 = (w: Code): Code => xor(rotateRight(w, 7), rotateRight(w, 18), shiftRight(w, 3));
const sigma1 = (w: Code): Code => xor(rotateRight(w, 17), rotateRight(w, 19), shiftRight(w, 10));

function firstPrimes(count: number): number[] {
  const primes: number[] = [];
  for (let n = 2; primes.length < count; n++) if (primes.every((p) => n % p !== 0)) primes.push(n);
  return primes;
}

/** The first 32 bits of the fraction of a square or cube root: the constants of FIPS 180-4 §4.2.2 and §5.3.3. */
function rootFraction(prime: number, degree: 2 | 3): number {
  const scaled = BigInt(prime) << BigInt(32 * degree);
  let root = 0n;
  for (let bit = 1n << 40n; bit > 0n; bit >>= 1n) {
    if ((root + bit) ** BigInt(degree) <= scaled) root += bit;
  }
  return Number(root & 0xffffffffn);
}
