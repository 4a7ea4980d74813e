import { resolve as resolvePath, join } from 'node:path';
import { formatInstant, type JsonObject } from '@anchorlog/core';
import { createAnchorer, type Anchorer, type StoredAnchor } from '@anchorlog/anchor';
import { createLog, fileGuard, type Log, type LogReceipt } from '@anchorlog/log';
import type { Bundle } from '@anchorlog/verify';
import { assembleBundle } from './bundle.ts';
import { readConfig, type NotaryConfig } from './config.ts';
import { sdkError } from './error.ts';
import { Issuing, type Issue } from './issuing.ts';
import { readKeys, type NotaryKeys } from './keys.ts';
import { readSecrets } from './secrets.ts';
import { Vault, type RecordAddress } from './vault.ts';

/** How far a record has come. */
export type Stage = 'appended' | 'published' | 'anchored' | 'final';

/** What a submitter gets at once: on disk, in the log, for ever at this index. */
export interface Receipt {
  readonly id: string;
  readonly index: number;
  /** 32 bytes. */
  readonly leafHash: Uint8Array;
  /** When the log took it, RFC 3339. */
  readonly time: string;
  /** Until when the log promises to have it anchored, RFC 3339. */
  readonly anchorBy: string;
}
