import { describe, expect, test } from 'vitest';
import { CodedError, errorMaker, isCodedError } from '../src/index.ts';

const testError = errorMaker<'TEST_NOUN_FAULT'>();

describe('errorMaker', () => {
  test('makes errors with code, message, context and cause', () => {
    const cause = new Error('inner');
    const error = testError('TEST_NOUN_FAULT', 'expected 1, got 2', { got: 2 }, { cause });
    expect(error).toBeInstanceOf(CodedError);
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({
      name: 'CodedError',
      code: 'TEST_NOUN_FAULT',
      message: 'expected 1, got 2',
      context: { got: 2 },
      cause,
    });
    expect(testError('TEST_NOUN_FAULT', 'bare').context).toEqual({});
  });
});

describe('isCodedError', () => {
  test('knows an error of another copy of the package, and nothing else', () => {
    const foreign = Object.assign(new Error('x'), { name: 'CodedError', code: 'OTHER_NOUN_FAULT' });
    expect(isCodedError(foreign)).toBe(true);
    expect(isCodedError(testError('TEST_NOUN_FAULT', 'x'))).toBe(true);
    for (const other of [new Error('x'), { name: 'CodedError', code: 'X' }, 'CodedError', null]) {
      expect(isCodedError(other)).toBe(false);
    }
  });
});
