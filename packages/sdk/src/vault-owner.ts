import { formatBase64, formatUtf8, hmac } from '@anchorlog/core';
import { nodeSha256 } from '@anchorlog/core/node';
import { STATUS_KINDS, keyspaceOf, statusKeyspaceName, type Secrets } from './secrets.ts';

/**
 * Name whose vault it is, without telling the secrets: ids made with another one would not recognise a retry, and a license whose status key
 * changed would have two histories. The vault of an emitter is that of one `source` too: its items are the numbers of it.
 */
export function ownerOf(
  { origin, source }: { readonly origin: string; readonly source?: string | undefined },
  secrets: Secrets,
): string {
  const mark = (secret: Uint8Array): string =>
    formatBase64(hmac(nodeSha256, secret, formatUtf8('anchorlog/vault/1')));
  const status = STATUS_KINDS.map((kind) => keyspaceOf(secrets, kind));
  const names = status.map(({ name }) => name);
  const isAsMade = names.every((name) => name === statusKeyspaceName(origin));
  return JSON.stringify({
    format: 'anchorlog/vault/1',
    origin,
    source,
    mark: mark(secrets.id),
    status: status.map(({ secret }) => mark(secret)),
    // A status key is made of the name too. The one that every notary begins with is not said.
    names: isAsMade ? undefined : names,
  });
}
