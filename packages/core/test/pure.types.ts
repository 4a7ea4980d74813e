// Fails to compile if a node or DOM type leaks into the pure packages.
// @ts-expect-error no node globals
export const a: unknown = process.env;
// @ts-expect-error no node globals
export const b: unknown = Buffer.alloc(1);
// @ts-expect-error no DOM, no node
export const c: unknown = setTimeout;
// @ts-expect-error no DOM, no node
export const d: unknown = new TextEncoder();
// @ts-expect-error no DOM
export const e: unknown = fetch;
// @ts-expect-error no node modules
export type F = typeof import('node:fs');
