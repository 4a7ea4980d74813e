import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ShapeReader, formatBase64, type JsonValue } from '@anchorlog/core';
import { exists, hasCode } from '@anchorlog/log/durable-file';
import { STATUS_KEY_KINDS, TRAIL_KEY_KINDS } from '@anchorlog/profiles';
import { sdkError } from './error.ts';
import { parseNamed } from './named-json.ts';
import { writeNewFile } from './new-file.ts';

/** A keyspace: the secret under which identifiers of some kinds become index keys (spec/statement, index keys). */
export interface Keyspace {
  readonly name: string;
  readonly kinds: readonly string[];
  /** 32 bytes. */
  readonly secret: Uint8Array;
}

/** What a notary must keep to itself for ever: record ids and index keys are derived from it. */
export interface Secrets {
  /** 32 bytes. */
  readonly id: Uint8Array;
  readonly keyspaces: readonly Keyspace[];
}

const FORMAT = 'anchorlog/secrets/1';
/** As spec/statement §3 has it. */
const KEY_NAME = /^[a-z0-9./-]{1,64}$/;
/** Status kinds never rotate and stand apart, so that a status proof shows no usage. */
export const STATUS_KINDS: readonly string[] = STATUS_KEY_KINDS;
const TRAIL_KINDS: readonly string[] = TRAIL_KEY_KINDS;

const shape = new ShapeReader((at, expected) => {
  throw sdkError('SDK_SECRETS_MALFORMED', `secrets.json: expected ${expected} at ${at || '/'}`, {
    at,
  });
});

/** Give the name of the keyspace of status keys that a notary is made with. */
export function statusKeyspaceName(origin: string): string {
  return `${slugOf(origin)}/status`;
}

function slugOf(origin: string): string {
  return origin.replaceAll(/[^a-z0-9./-]/g, '-').slice(0, 56);
}

function generateSecrets(origin: string): Secrets {
  const secret = (): Uint8Array => new Uint8Array(randomBytes(32));
  return {
    id: secret(),
    keyspaces: [
      { name: statusKeyspaceName(origin), kinds: STATUS_KINDS, secret: secret() },
      { name: `${slugOf(origin)}/trail`, kinds: TRAIL_KINDS, secret: secret() },
    ],
  };
}

/** Find the keyspace that takes index keys of a kind. @throws SDK_SECRETS_MALFORMED if none does */
export function keyspaceOf(secrets: Pick<Secrets, 'keyspaces'>, kind: string): Keyspace {
  const found = secrets.keyspaces.find(({ kinds }) => kinds.includes(kind));
  if (found) return found;
  throw sdkError('SDK_SECRETS_MALFORMED', `secrets.json: no keyspace takes keys of kind ${kind}`);
}

/**
 * Make and write the secrets of a new notary, readable by its owner only. Those that an attempt which was cut off has left are taken as
 * they are. @throws SDK_ALREADY_INITIALIZED, SDK_SECRETS_MALFORMED
 */
export async function makeSecrets(dir: string, origin: string): Promise<void> {
  if (!(await exists(secretsPath(dir)))) await writeSecrets(dir, generateSecrets(origin));
  await readSecrets(dir);
}

async function writeSecrets(dir: string, secrets: Secrets): Promise<void> {
  const file = {
    format: FORMAT,
    id: formatBase64(secrets.id),
    keyspaces: secrets.keyspaces.map(({ name, kinds, secret }) => ({
      name,
      kinds,
      secret: formatBase64(secret),
    })),
  };
  const text = `${JSON.stringify(file, null, 2)}\n`;
  await writeNewFile(secretsPath(dir), text, 0o600);
}

/** Read the secrets of a notary. @throws SDK_SECRETS_MALFORMED, CORE_JSON_… */
export async function readSecrets(dir: string): Promise<Secrets> {
  let text: Uint8Array;
  try {
    text = await readFile(secretsPath(dir));
  } catch (cause) {
    if (!hasCode(cause, 'ENOENT') && !hasCode(cause, 'EISDIR')) throw cause;
    throw sdkError('SDK_SECRETS_MALFORMED', 'secrets.json: cannot be read', {}, { cause });
  }
  const file = shape.object(parseNamed(text, 'secrets.json'), '', {
    required: ['format', 'id', 'keyspaces'],
  });
  shape.word(file['format'], '/format', [FORMAT]);
  const id = shape.base64(file['id'], '/id', 32);
  const keyspaces = shape.array(file['keyspaces'], '/keyspaces', 1000, parseKeyspace);
  checkKeyspaces(keyspaces);
  return { id, keyspaces };
}

function parseKeyspace(value: JsonValue, at: string): Keyspace {
  const keyspace = shape.object(value, at, { required: ['name', 'kinds', 'secret'] });
  return {
    name: shape.string(keyspace['name'], `${at}/name`, KEY_NAME),
    kinds: shape.array(keyspace['kinds'], `${at}/kinds`, 100, (kind, place) =>
      shape.string(kind, place, KEY_NAME),
    ),
    secret: shape.base64(keyspace['secret'], `${at}/secret`, 32),
  };
}

/** Each kind has one keyspace, or a person's records would be filed in two places; and each that profiles know has one. */
function checkKeyspaces(keyspaces: readonly Keyspace[]): void {
  const kinds = keyspaces.flatMap((keyspace) => keyspace.kinds);
  const once = (names: readonly string[]): boolean => new Set(names).size === names.length;
  if (!once(kinds) || !once(keyspaces.map(({ name }) => name))) {
    throw sdkError('SDK_SECRETS_MALFORMED', 'secrets.json: expected each name and kind once');
  }
  for (const kind of [...STATUS_KINDS, ...TRAIL_KINDS]) keyspaceOf({ keyspaces }, kind);
}

function secretsPath(dir: string): string {
  return join(dir, 'keys', 'secrets.json');
}
