import { access } from 'node:fs/promises';
import { isCodedError, type CodedError } from '@anchorlog/core';
import type { ProfileSet } from '@anchorlog/profiles';
import type { IssuerConfig } from '@anchorlog/sdk';
import type { LogRecord } from '@anchorlog/statement';
import { UsageError } from './trouble.ts';

/** One thing that keeps a record from being taken, or a warning about it. */
export interface RecordNote {
  readonly code: string;
  /** JSON Pointer into the record. */
  readonly at: string;
  readonly message: string;
}

/** A record that would be taken. */
export interface Fitting {
  readonly record: LogRecord;
  readonly warnings: readonly RecordNote[];
}

/** What a record is, or all that is wrong with it. */
export type CheckedInput =
  | Fitting
  | {
      readonly error: CodedError;
      readonly faults: readonly RecordNote[];
      /** What it was held against, if there is such a profile. */
      readonly profile?: string | undefined;
    };

/**
 * Check a record as it would be before it is notarized: its form and, all at once, what its profile asks for. Files, links and keys are not
 * looked at.
 */
export async function checkInput(bytes: Uint8Array, profiles: ProfileSet): Promise<CheckedInput> {
  const { checkRecord, recordFaults } = await import('@anchorlog/profiles');
  const { parseRecord } = await import('@anchorlog/statement');
  try {
    const record = parseRecord(bytes);
    const profile = profiles.byName(record.profile);
    const [error, ...others] = recordFaults(record, profile);
    if (error) {
      return { error, faults: [error, ...others].map(noteOf), profile: profile.name };
    }
    return { record, warnings: checkRecord(record, profile) };
  } catch (error) {
    if (!isCodedError(error)) throw error;
    return { error, faults: [noteOf(error)] };
  }
}

/** Make the one who only checks records: their form, their profile, that the notary signs for their issuer and that their files are there. */
export function checkerOf(
  issuers: readonly IssuerConfig[],
  profiles: ProfileSet,
): (bytes: Uint8Array) => Promise<Fitting> {
  return async (bytes) => {
    const { issuerOf } = await import('@anchorlog/sdk');
    const checked = await checkInput(bytes, profiles);
    if ('error' in checked) throw checked.error;
    issuerOf(checked.record, issuers);
    const { files = [] } = checked.record;
    for (const [i, file] of files.entries()) {
      if ('path' in file) await access(file.path).catch(() => Promise.reject(unreadable(i)));
    }
    return checked;
  };
}

function unreadable(i: number): UsageError {
  return new UsageError(
    [`/files/${i}：读不到这个文件`, `/files/${i}: this file cannot be read`],
    [
      '记录里的相对路径从当前文件夹算起',
      'relative paths in a record start from the current folder',
    ],
  );
}

function noteOf({ code, message, context }: CodedError): RecordNote {
  const { at } = context;
  return { code, at: typeof at === 'string' ? at : '', message };
}
