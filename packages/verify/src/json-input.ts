import { checkJsonLimits, parseJson, type JsonValue } from '@anchorlog/core';

/** Take what somebody hands in as a file: its bytes, its text, or JSON parsed already. @throws CORE_JSON_…, CORE_UTF8_MALFORMED */
export function jsonInput(input: unknown): JsonValue {
  if (typeof input === 'string' || input instanceof Uint8Array) {
    return parseJson(input);
  }
  checkJsonLimits(input);
  return input as JsonValue; // a shape reader looks at every part of it
}

/**
 * Read the version of a format, `anchorlog/<what>/<version>`: undefined when it is no such format at all. Versions beyond this one are
 * another thing than malformed files.
 */
export function formatVersion(json: JsonValue, what: string): number | undefined {
  const { format } = (json ?? {}) as { readonly format?: JsonValue }; // no other JSON has such a member
  const prefix = `anchorlog/${what}/`;
  const version =
    typeof format === 'string' && format.startsWith(prefix) ? format.slice(prefix.length) : '';
  return /^[1-9][0-9]{0,8}$/.test(version) ? Number(version) : undefined;
}
