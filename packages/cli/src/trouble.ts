import { isCodedError } from '@anchorlog/core';
import { codeOf } from './error-code.ts';
import type { ExitName } from './exit.ts';
import type { Said, Say } from './language.ts';
import { troubleOfSystem } from './trouble-system.ts';
import { troubleOfCode } from './trouble-table.ts';
import { visible } from './visible.ts';

/** What an error means for the person at the terminal. */
export interface Trouble {
  readonly exit: ExitName;
  /** What happened, in plain words. */
  readonly what: Said;
  /** What to do about it. */
  readonly todo?: Said | undefined;
}

/** The command line, or what it names, is not of its form, beyond what the parser of options sees. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly what: Said;
  readonly todo: Said | undefined;

  constructor(what: Said, todo?: Said) {
    super(what[1]);
    this.what = what;
    this.todo = todo;
  }
}

/** Say what an error means, and how the process ends for it: what the program does not foresee is its own fault. */
export function troubleOf(error: unknown): Trouble {
  if (error instanceof UsageError) {
    return { exit: 'usage', what: error.what, todo: error.todo };
  }
  // What failed after something else had: the first trouble is the one to tell.
  if (isSuppressed(error)) return troubleOf(error.suppressed);
  if (isCodedError(error)) return troubleOfCode(error.code);
  return troubleOfSystem(error) ?? { exit: 'internal', what: ['程序出错', 'an unforeseen fault'] };
}

/** Node before 24 has no such class, and gets its errors from the compiler. */
function isSuppressed(error: unknown): error is Error & { readonly suppressed: unknown } {
  return error instanceof Error && error.name === 'SuppressedError' && 'suppressed' in error;
}

/** Say an error in lines: what happened, what to do, and its own words where the plain ones do not say all. */
export function troubleLines(error: unknown, { exit, what, todo }: Trouble, say: Say): string[] {
  const code = codeOf(error);
  const isTold = exit !== 'internal' && !isCodedError(error);
  const detail = isTold || !(error instanceof Error) ? undefined : error.message;
  return [
    say(...what),
    ...(todo ? [`  ${say(...todo)}`] : []),
    ...(detail === undefined ? [] : [`  ${code === undefined ? '' : `${code}: `}${detail}`]),
  ].map(visible);
}
