import { logError } from './error.ts';

/** Check that a log of `size` has an entry `index`. @throws LOG_INDEX_RANGE */
export function checkIndex(index: number, size: number): void {
  if (Number.isSafeInteger(index) && index >= 0 && index < size) return;
  throw logError('LOG_INDEX_RANGE', `entry: expected an index below ${size}, got ${index}`, {
    index,
    size,
  });
}

/** Check that a log of `size` has the entries `from` to before `to`. @throws LOG_INDEX_RANGE */
export function checkRange(
  { from, to }: { readonly from: number; readonly to: number },
  size: number,
): void {
  const isRange = Number.isSafeInteger(from) && Number.isSafeInteger(to) && from >= 0;
  if (isRange && from <= to && to <= size) return;
  throw logError('LOG_INDEX_RANGE', `entries: expected a range of 0 to ${size}`, {
    from,
    to,
    size,
  });
}

/** Check that a tree size is between two. @throws LOG_SIZE_RANGE */
export function checkSizeOf(
  size: number,
  { least, most }: { readonly least: number; readonly most: number },
): void {
  if (Number.isSafeInteger(size) && size >= least && size <= most) return;
  throw logError('LOG_SIZE_RANGE', `tree size: expected ${least} to ${most}, got ${size}`, {
    size,
    least,
    most,
  });
}
