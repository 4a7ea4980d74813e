import { isCodedError } from '@anchorlog/core';

/** Give the code that `act` is refused with, or 'accepted'. */
export function refusal(act: () => unknown): string {
  try {
    act();
    return 'accepted';
  } catch (error) {
    if (isCodedError(error)) return error.code;
    throw error;
  }
}
