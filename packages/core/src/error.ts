/**
 * An expected refusal: branch on `code`, never on the text. Codes are stable and never reused; spec/errors.md lists them all.
 * `context` holds facts for a program (sizes, paths, positions), never a salt, claim value, key or whole input.
 */
export class CodedError<Code extends string = string> extends Error {
  override readonly name = 'CodedError';
  readonly code: Code;
  readonly context: Readonly<Record<string, unknown>>;

  constructor(
    code: Code,
    message: string,
    context: Readonly<Record<string, unknown>> = {},
    options: { readonly cause?: unknown } = {},
  ) {
    super(message, options);
    this.code = code;
    this.context = context;
  }
}

/** Tell whether `error` is a `CodedError`, also one made by another copy of this package. */
export function isCodedError(error: unknown): error is CodedError {
  return error instanceof Error && error.name === 'CodedError' && 'code' in error;
}

/** Makes the coded errors of one package. */
export type ErrorMaker<Code extends string> = (
  code: Code,
  message: string,
  context?: Readonly<Record<string, unknown>>,
  options?: { readonly cause?: unknown },
) => CodedError<Code>;

/** Give the error maker of one package. Its codes are a type alone, so that what they mean does not weigh on a browser. */
export function errorMaker<Code extends string>(): ErrorMaker<Code> {
  return (code, message, context, options) => new CodedError(code, message, context, options);
}

/** The codes of this package: code → when it is thrown. */
export const CORE_CODES = {
  CORE_HEX_MALFORMED: 'not lower-case hexadecimal of whole bytes, or of another length than asked',
  CORE_BASE64_MALFORMED: 'not canonical base64 or base64url, or of another length than asked',
  CORE_UTF8_MALFORMED: 'bytes are not UTF-8, or text holds a lone surrogate',
  CORE_INTEGER_RANGE: 'not an integer between 0 and 2^53 - 1',
  CORE_DECIMAL_MALFORMED: 'not a canonical decimal number',
  CORE_INSTANT_MALFORMED: 'not an RFC 3339 time with offset and zero or three fractional digits',
  CORE_DATE_MALFORMED: 'not a calendar date YYYY-MM-DD',
  CORE_JSON_SYNTAX:
    'not JSON: a character that the grammar does not allow, or text that ends early',
  CORE_JSON_TRAILING: 'text after the JSON value',
  CORE_JSON_DUPLICATE: 'two members of one object have the same name',
  CORE_JSON_NUMBER:
    'a number that is not an integer within 2^53 - 1, or is written in another form than its canonical one',
  CORE_JSON_LIMIT: 'JSON that is longer, deeper or larger than the limit',
  CORE_JCS_VALUE:
    'a value that canonical JSON cannot hold: not finite, undefined, or of another kind than JSON',
  CORE_SIGNATURE_DER: 'not the DER encoding of a signature of two integers',
  CORE_JCS_NOT_CANONICAL: 'JSON that is not in the canonical form of RFC 8785',
  CORE_LEVEL_DAMAGED:
    'a table or manifest of a LevelDB database is not as it was written, or a file of it is gone',
  CORE_LEVEL_UNREADABLE: 'the system does not let a file of a LevelDB database be read',
} as const;

export type CoreCode = keyof typeof CORE_CODES;

export const coreError: ErrorMaker<CoreCode> = /* @__PURE__ */ errorMaker();
