/** What a LevelDB database says is wrong: another has it open, its files are not what they were, or the system did not do what it asked for. */
export type LevelFault = 'locked' | 'damaged' | 'failed';

/** What the system says of files that are not there, or shorter than they were. Of a device that fails it says something else. */
const DAMAGE = /: (No such file or directory|Invalid argument|File name too long)$/;

/**
 * Read from an error of `classic-level` what is wrong; undefined if it is of something else. Reading fails with the code itself, opening
 * with one that has it as its cause. Beyond damage that the database finds, this is damage only where the system says that a file is gone or cut.
 */
export function levelFaultOf(error: unknown): LevelFault | undefined {
  if (!(error instanceof Error)) return undefined;
  const code = codeOf(error);
  if (code === 'LEVEL_LOCKED') return 'locked';
  if (code === 'LEVEL_CORRUPTION' || code === 'CORE_LEVEL_DAMAGED') return 'damaged';
  if (code === 'CORE_LEVEL_UNREADABLE') return 'failed';
  if (code === 'LEVEL_IO_ERROR') return DAMAGE.test(error.message) ? 'damaged' : 'failed';
  const inner = levelFaultOf(error.cause);
  if (inner !== undefined || !code.startsWith('LEVEL_')) return inner;
  // Something else stands where its folder was.
  return ['EEXIST', 'ENOTDIR'].includes(codeOf(error.cause)) ? 'damaged' : 'failed';
}

/** Give the message of an error of a database, which tells what is wrong in its innermost cause. */
export function levelMessageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : levelMessageOf(error.cause);
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : '';
}
