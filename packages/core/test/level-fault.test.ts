import { describe, expect, test } from 'vitest';
import { levelFaultOf } from '../src/level-fault.ts';

function levelError(code: string, message: string, cause?: unknown): Error {
  return Object.assign(new Error(message, { cause }), { code });
}

describe('levelFaultOf', () => {
  test.each([
    ['LEVEL_LOCKED', 'IO error: lock /x/LOCK: already held by process', 'locked'],
    ['LEVEL_CORRUPTION', 'Corruption: block checksum mismatch', 'damaged'],
    ['LEVEL_IO_ERROR', 'IO error: /x/MANIFEST-000007: No such file or directory', 'damaged'],
    ['LEVEL_IO_ERROR', 'IO error: /x/000005.ldb: Invalid argument', 'damaged'],
    ['LEVEL_IO_ERROR', 'IO error: /x/000005.ldb: Input/output error', 'failed'],
    ['LEVEL_IO_ERROR', 'IO error: /x/000005.log: No space left on device', 'failed'],
    ['LEVEL_IO_ERROR', 'IO error: /x/LOCK: Permission denied', 'failed'],
    ['LEVEL_IO_ERROR', 'IO error: /No such file or directory/LOCK: Is a directory', 'failed'],
  ])('tells %s, %s, when reading and when opening', (code, message, fault) => {
    const error = levelError(code, message);
    expect(levelFaultOf(error)).toBe(fault);
    expect(levelFaultOf(levelError('LEVEL_DATABASE_NOT_OPEN', 'failed to open', error))).toBe(
      fault,
    );
  });

  test('takes what the database says and no row knows for a failure, and what is of others for none', () => {
    expect(levelFaultOf(levelError('LEVEL_DATABASE_NOT_OPEN', 'not open'))).toBe('failed');
    const file = levelError('EEXIST', 'file already exists');
    expect(levelFaultOf(levelError('LEVEL_DATABASE_NOT_OPEN', 'x', file))).toBe('damaged');
    expect(levelFaultOf(file)).toBeUndefined();
    expect(levelFaultOf(levelError('ENOSPC', 'no space left on device'))).toBeUndefined();
    expect(levelFaultOf(new Error('x'))).toBeUndefined();
    expect(levelFaultOf('LEVEL_CORRUPTION')).toBeUndefined();
  });
});
