import { UsageError } from './trouble.ts';

/** Seconds that commands wait for a stage at most, unless told otherwise. */
export const TIMEOUT = '120';

/** Read `--timeout`, seconds, as milliseconds. @throws UsageError */
export function parseTimeout(text: string): number {
  if (!/^(0|[1-9][0-9]{0,5})$/.test(text))
    throw new UsageError(['--timeout：应为整数秒', '--timeout: expected whole seconds']);
  return Number(text) * 1000;
}
