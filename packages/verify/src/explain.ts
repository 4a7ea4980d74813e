import type { Verdict } from './verdict.ts';

export type Language = 'zh-CN' | 'en';

export interface ExplainOptions {
  /** Every step with its code, after the facts. */
  readonly verbose?: boolean | undefined;
  /** Offset from UTC in which times are shown, in minutes; 480 where absent. */
  readonly offset?: number | undefined;
}

/** Say a verdict in words: the answer first, then the facts, aligned. UTF-8 text of several lines without a final newline. */
export function explain(
  _verdict: Verdict,
  _language: Language,
  _options: ExplainOptions = {},
): string {
  throw new Error('being built');
}
