import { codeOf } from './error-code.ts';
import type { Trouble } from './trouble.ts';
import { LOCKED } from './trouble-table.ts';

/** What the operating system says of files and ports. */
export function troubleOfSystem(error: unknown): Trouble | undefined {
  const code = codeOf(error);
  const path = error instanceof Error && 'path' in error ? String(error.path) : '';
  switch (code) {
    case 'ENOENT':
      return { exit: 'notFound', what: [`找不到：${path}`, `not found: ${path}`] };
    case 'EISDIR':
      return {
        exit: 'usage',
        what: [`应为文件，却是文件夹：${path}`, `expected a file, got a folder: ${path}`],
      };
    case 'ENOTDIR':
    case 'EEXIST':
      return {
        exit: 'usage',
        what: [`应为文件夹：${path}`, `expected a folder: ${path}`],
      };
    case 'EACCES':
    case 'EPERM':
      return { exit: 'unknown', what: [`没有权限：${path}`, `not permitted: ${path}`] };
    case 'ENOSPC':
    case 'EDQUOT':
      return {
        exit: 'internal',
        what: ['磁盘已满', 'the disk is full'],
        todo: [
          '请腾出空间后重试；已答复的记录都已保存',
          'make room and try again; what was acknowledged is kept',
        ],
      };
    case 'EIO':
    case 'EROFS':
      return {
        exit: 'internal',
        what: [`磁盘无法读写：${path}`, `the disk could not be read or written: ${path}`],
        todo: ['请检查磁盘', 'look after the disk'],
      };
    case 'EMFILE':
    case 'ENFILE':
      return {
        exit: 'internal',
        what: ['打开的文件太多', 'too many files are open'],
        todo: ['请提高系统的上限（ulimit -n）', 'raise the limit of the system (ulimit -n)'],
      };
    case 'EADDRINUSE':
      return {
        exit: 'unknown',
        what: ['端口已被占用', 'the port is taken'],
        todo: [
          '换一个 --port；--port 0 取任一空闲端口',
          'give another --port; --port 0 takes any free one',
        ],
      };
    case 'LEVEL_LOCKED':
      return LOCKED;
    default:
      return causeOf(error);
  }
}

/** The database tells what is wrong in the cause of its error. */
function causeOf(error: unknown): Trouble | undefined {
  return error instanceof Error && error.cause !== undefined
    ? troubleOfSystem(error.cause)
    : undefined;
}
