// An assembler for WebAssembly: as much of it as scripts/hasher/node-lanes.ts uses. Opcodes are those of the core specification, version 2,
// chapter 5 (binary format); the vector ones follow the prefix 0xfd.

/**
 * Bytes of instructions. Code that leaves a value is also an operand, so that programs read as expressions; a local variable is the
 * instruction that reads it. An operand used twice is computed twice.
 */
export type Code = readonly number[];

const I32 = 0x7f;
const V128 = 0x7b;
const NO_RESULT = 0x40;
const MAGIC = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0]; // '\0asm', version 1

/** Integers as instructions carry them: LEB128, seven bits a byte. */
const unsigned = (value: number): Code =>
  value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
const signed = (value: number): Code =>
  value >= -0x40 && value < 0x40 ? [value & 0x7f] : [(value & 0x7f) | 0x80, ...signed(value >> 7)];

const list = (items: readonly Code[]): Code => [...unsigned(items.length), ...items.flat()];
const sized = (code: Code): Code => [...unsigned(code.length), ...code];
const name = (text: string): Code => sized([...new TextEncoder().encode(text)]);

/** What a load or store adds to its address; no alignment is promised. */
const memoryOperand = (offset: number): Code => [0, ...unsigned(offset)];

// Integers of 32 bits: addresses, counters and bytes.
export const int = (value: number): Code => [0x41, ...signed(value)];
export const plus = (a: Code, b: Code): Code => [...a, ...b, 0x6a];
export const times = (a: Code, b: Code): Code => [...a, ...b, 0x6c];
export const byteAt = (address: Code, offset = 0): Code => [
  ...address,
  0x2d,
  ...memoryOperand(offset),
];

// Vectors of four words of 32 bits.
const vector = (opcode: number, ...operands: readonly Code[]): Code => [
  ...operands.flat(),
  0xfd,
  ...unsigned(opcode),
];
export const load = (address: Code, offset = 0): Code => [
  ...vector(0x00, address),
  ...memoryOperand(offset),
];
/** One word of memory in all four lanes. */
export const loadSplat = (address: Code, offset = 0): Code => [
  ...vector(0x09, address),
  ...memoryOperand(offset),
];
export const store = (address: Code, offset: number, value: Code): Code => [
  ...vector(0x0b, address, value),
  ...memoryOperand(offset),
];
/** A vector of four known words. */
export const words = (...values: readonly [number, number, number, number]): Code => [
  ...vector(0x0c),
  ...littleEndian(values),
];
/** One integer in all four lanes. */
export const splat = (value: Code): Code => vector(0x11, value);
export const and = (a: Code, b: Code): Code => vector(0x4e, a, b);
export const or = (a: Code, b: Code): Code => vector(0x50, a, b);
export const xor = (a: Code, ...others: readonly Code[]): Code =>
  others.reduce((sum, b) => vector(0x51, sum, b), a);
/** Bit by bit: `a` where the mask has a one, else `b`. */
export const select = (a: Code, b: Code, mask: Code): Code => vector(0x52, a, b, mask);
/** Lane by lane, modulo 2^32. */
export const add = (a: Code, ...others: readonly Code[]): Code =>
  others.reduce((sum, b) => vector(0xae, sum, b), a);
export const shiftRight = (a: Code, bits: number): Code => vector(0xad, a, int(bits));
export const rotateRight = (a: Code, bits: number): Code =>
  or(shiftRight(a, bits), vector(0xab, a, int(32 - bits)));
/** Four of the eight words of two vectors: 0 to 3 are of `a`, 4 to 7 of `b`. */
export const pick = (a: Code, b: Code, from: readonly [number, number, number, number]): Code =>
  shuffle(
    a,
    b,
    from.flatMap((word) => [0, 1, 2, 3].map((byte) => 4 * word + byte)),
  );
/** Turn the bytes of each word around: little-endian to big-endian and back. */
export const swapBytes = (a: Code): Code =>
  shuffle(
    a,
    a,
    [0, 1, 2, 3].flatMap((word) => [3, 2, 1, 0].map((byte) => 4 * word + byte)),
  );
const shuffle = (a: Code, b: Code, from: Code): Code => [...vector(0x0d, a, b), ...from];

// Control.
export const set = (local: Code, value: Code): Code => [...value, 0x21, ...local.slice(1)];
export const call = (functionIndex: number): Code => [0x10, ...unsigned(functionIndex)];
/** Run `body` for `counter` = from, from + step, … while it is below `to`; once at least. */
export function loop(
  counter: Code,
  { from, to, step }: { readonly from: Code; readonly to: Code; readonly step: number },
  body: Code,
): Code {
  const next = [...plus(counter, int(step)), 0x22, ...counter.slice(1)]; // local.tee
  const isBelow = [...next, ...to, 0x49];
  return [...set(counter, from), 0x03, NO_RESULT, ...body, ...isBelow, 0x0d, 0, 0x0b];
}

/** A function without result; its parameters are integers. */
export interface WasmFunction {
  readonly type: Code;
  readonly body: Code;
}

/** Define a function: `body` is given its parameters and local variables by name. */
export function defineFunction<
  Parameter extends string = never,
  Integer extends string = never,
  Vector extends string = never,
>(
  names: {
    readonly parameters?: readonly Parameter[];
    readonly integers?: readonly Integer[];
    readonly vectors?: readonly Vector[];
  },
  body: (locals: Readonly<Record<Parameter | Integer | Vector, Code>>) => Code,
): WasmFunction {
  const { parameters = [], integers = [], vectors = [] } = names;
  const all = [...parameters, ...integers, ...vectors];
  const locals: Readonly<Record<string, Code>> = Object.fromEntries(
    all.map((local, i) => [local, [0x20, ...unsigned(i)]]),
  );
  const declared = list([
    [...unsigned(integers.length), I32],
    [...unsigned(vectors.length), V128],
  ]);
  return {
    type: [0x60, ...list(parameters.map(() => [I32])), 0],
    body: sized([...declared, ...body(locals), 0x0b]),
  };
}

/**
 * Assemble a module of `functions`, which call one another by their positions: a memory of `pages` times 64 KiB, exported as `memory`, that
 * never grows and begins with `data`; `start` runs when it is instantiated.
 */
export function assembleModule(module: {
  readonly functions: readonly WasmFunction[];
  readonly exports: Readonly<Record<string, number>>;
  readonly start: number;
  readonly pages: number;
  readonly data: Uint8Array;
}): Uint8Array {
  const { functions, exports, start, pages, data } = module;
  const section = (id: number, content: Code): Code => [id, ...sized(content)];
  return Uint8Array.from([
    ...MAGIC,
    ...section(1, list(functions.map(({ type }) => type))),
    ...section(3, list(functions.map((_, i) => unsigned(i)))),
    ...section(5, list([[1, ...unsigned(pages), ...unsigned(pages)]])),
    ...section(
      7,
      list([
        [...name('memory'), 2, 0],
        ...Object.entries(exports).map(([key, at]) => [...name(key), 0, ...unsigned(at)]),
      ]),
    ),
    ...section(8, unsigned(start)),
    ...section(10, list(functions.map(({ body }) => body))),
    ...section(11, list([[0, ...int(0), 0x0b, ...sized([...data])]])),
  ]);
}

/** Words as memory holds them. */
export function littleEndian(values: readonly number[]): Code {
  return values.flatMap((value) => [0, 8, 16, 24].map((shift) => (value >>> shift) & 0xff));
}
