import { exchange, refused, serverUrl, type ExchangeOptions } from './exchange.ts';
import { logError } from './error.ts';
import { maxBytesOf, type TileSource } from './tiles.ts';

/** How a published log is read from a server. */
export interface HttpTilesOptions extends ExchangeOptions {
  /** Sent with every request, such as `authorization` where entries are for members only. Never sent elsewhere, never in an error. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/**
 * Read a published log from a web server below `url`, which ends where `checkpoint` begins. A file is absent when the server says so (404,
 * 410); any other answer than the file is no answer. Nothing that is read is verified: that is for `openPublishedLog`. spec/log §14.2
 * `read` throws LOG_REMOTE_UNREACHABLE, LOG_REMOTE_REFUSED, LOG_FILE_LIMIT. @throws TypeError for another URL than http or https
 */
export function httpTiles(url: string | URL, options: HttpTilesOptions = {}): TileSource {
  const prefix = serverUrl(url);
  const headers = { ...options.headers };
  return {
    async read(path, { signal } = {}) {
      const request = {
        method: 'GET',
        url: new URL(path, prefix),
        headers: async () => headers,
        maxBytes: maxBytesOf(path),
        signal,
      } as const;
      const { status, body } = await exchange(request, options);
      if (status === 200) return body;
      if (status === 404 || status === 410) return undefined;
      // As a server answers for a single entry or bundle that it has orders not to give (RFC 7725).
      if (status === 451) {
        const message = `published: ${path} is withheld (451): ask the log by what order`;
        throw logError('LOG_ENTRY_WITHHELD', message, { path });
      }
      throw refused(request, `status ${status}`, status);
    },
  };
}
