import { describe, expect, test } from 'vitest';
import { formatUtf8, jsonErrorIn, parseJson } from '../src/index.ts';

function refusal(text: string, file?: string): unknown {
  const bytes = formatUtf8(text);
  try {
    return parseJson(bytes);
  } catch (error) {
    return jsonErrorIn(error, { file, text: bytes });
  }
}

describe('jsonErrorIn', () => {
  test('names the file, the line and the column, and keeps the code', () => {
    expect(refusal('{\n  "a": 1,\n  b: 2\n}', 'notary.json')).toMatchObject({
      code: 'CORE_JSON_SYNTAX',
      message: `notary.json, line 3, column 3: expected '"'`,
    });
    expect(refusal('[1] 2')).toMatchObject({
      code: 'CORE_JSON_TRAILING',
      message: 'line 1, column 5: text after the value',
    });
  });

  test('names the file alone where an error has no position, and leaves other errors as they are', () => {
    expect(refusal('['.repeat(100), 'deep.json')).toMatchObject({
      code: 'CORE_JSON_LIMIT',
      message: 'deep.json: expected at most 32 levels of nesting',
    });
    const other = new TypeError('other');
    expect(jsonErrorIn(other, { file: 'a.json', text: new Uint8Array() })).toBe(other);
  });
});
