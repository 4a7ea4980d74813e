/** How far a record has come, in order. */
export const STAGES = ['appended', 'published', 'anchored', 'final'] as const;

export type Stage = (typeof STAGES)[number];

/** Tell whether `stage` is `wanted` or beyond. */
export function hasReached(stage: Stage, wanted: Stage): boolean {
  return STAGES.indexOf(stage) >= STAGES.indexOf(wanted);
}
