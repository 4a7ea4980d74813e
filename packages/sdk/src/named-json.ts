import { FILE_LIMITS, jsonErrorIn, parseJson, type JsonValue } from '@anchorlog/core';

/** Parse the JSON of a file of the notary; what is wrong with it is said with its name, line and column. @throws CORE_JSON_… */
export function parseNamed(text: Uint8Array, file: string): JsonValue {
  try {
    return parseJson(text, FILE_LIMITS);
  } catch (error) {
    throw jsonErrorIn(error, { file, text });
  }
}
