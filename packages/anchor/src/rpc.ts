import { CodedError, isCodedError } from '@anchorlog/core';
import { anchorError, type AnchorCode } from './error.ts';

/** One endpoint of a chain, as `RpcClient` asks it. */
export type RpcPost = (method: string, params: readonly unknown[]) => Promise<unknown>;

/** What an `RpcClient` is made of. */
export interface RpcOptions {
  readonly urls: readonly string[];
  /** Milliseconds for one request to one endpoint, the whole answer included. */
  readonly timeoutMs: number;
  /** Is the endpoint the right one? Throws if not. Asked before its first use, and again after it failed. */
  readonly admit: (post: RpcPost) => Promise<void>;
}

/** What one answer may have at most. spec/anchor §5.1 */
interface AnswerLimit {
  readonly bytes: number;
  /** Brackets, braces and commas: the time that JSON takes goes by them, not by bytes. */
  readonly items: number;
}

const MIB = 1024 * 1024;
const ANSWER_LIMIT: AnswerLimit = { bytes: MIB, items: 50_000 };
/** Methods whose honest answers may be larger. */
const LARGER_LIMITS: ReadonlyMap<string, AnswerLimit> = new Map([
  // Some thousand anchors in so many blocks as are asked for at once.
  ['eth_getLogs', { bytes: 8 * MIB, items: 250_000 }],
  // All transaction receipts of a block of 100,000,000 gas that does nothing but write events.
  ['eth_getBlockReceipts', { bytes: 64 * MIB, items: 1_000_000 }],
]);

interface Endpoint {
  readonly url: string;
  admitted: boolean;
}

/** Faults of an endpoint, not of what it was asked: the next endpoint may do better. */
const ENDPOINT_FAULTS: ReadonlySet<string> = new Set<AnchorCode>([
  'ANCHOR_RPC_UNREACHABLE',
  'ANCHOR_RPC_TIMEOUT',
  'ANCHOR_RPC_STATUS',
  'ANCHOR_RPC_LIMIT',
  'ANCHOR_RPC_MALFORMED',
  'ANCHOR_CHAIN_MISMATCH',
  'ANCHOR_CONTRACT_MISMATCH',
]);

/**
 * Asks a chain over JSON-RPC. Each request has a timeout; nothing is cached, batched or silently repeated: every endpoint is asked at
 * most once a call, in order, beginning with the one that answered last.
 */
export class RpcClient {
  readonly #endpoints: readonly Endpoint[];
  readonly #options: RpcOptions;
  #current = 0;
  #id = 0;

  constructor(options: RpcOptions) {
    if (options.urls.length === 0) throw new RangeError('a chain needs at least one endpoint');
    this.#options = options;
    this.#endpoints = options.urls.map((url) => ({ url, admitted: false }));
  }

  /**
   * Ask, and give the `result`, which may be anything.
   * @throws ANCHOR_RPC_REFUSED with the node's error code, or the fault of the last endpoint
   */
  async call(method: string, params: readonly unknown[], signal?: AbortSignal): Promise<unknown> {
    const count = this.#endpoints.length;
    for (let tried = 0; ; tried++) {
      const endpoint = this.#endpoints[this.#current]!;
      const post: RpcPost = (name, values) => this.#post(endpoint, name, values, signal);
      try {
        if (!endpoint.admitted) {
          await this.#options.admit(post);
          endpoint.admitted = true;
        }
        return await post(method, params);
      } catch (error) {
        if (!isCodedError(error) || !ENDPOINT_FAULTS.has(error.code)) throw error;
        endpoint.admitted = false;
        this.#current = (this.#current + 1) % count;
        if (tried + 1 === count) throw error;
      }
    }
  }

  /** Begin with the next endpoint from now on: for a caller whom the current one leads nowhere. */
  rotate(): void {
    this.#current = (this.#current + 1) % this.#endpoints.length;
  }

  async #post(
    { url }: Endpoint,
    method: string,
    params: readonly unknown[],
    signal: AbortSignal | undefined,
  ): Promise<unknown> {
    const id = ++this.#id;
    const timeout = AbortSignal.timeout(this.#options.timeoutMs);
    let answer: unknown;
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ jsonrpc: '2.0', id, method, params }),
        redirect: 'manual',
        signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      });
      const text = await readBounded(response, method);
      if (response.status !== 200) {
        throw anchorError('ANCHOR_RPC_STATUS', `${method}: HTTP status ${response.status}`, {
          method,
          status: response.status,
        });
      }
      answer = JSON.parse(text);
    } catch (cause) {
      signal?.throwIfAborted();
      if (isCodedError(cause)) throw cause;
      throw endpointFault(method, cause, timeout.aborted);
    }
    return readAnswer(answer, method, id);
  }
}

/** @throws ANCHOR_RPC_LIMIT before more is read, or parsed, than the limit allows */
async function readBounded(response: Response, method: string): Promise<string> {
  const limit = LARGER_LIMITS.get(method) ?? ANSWER_LIMIT;
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let text = '';
  let bytes = 0;
  let items = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > limit.bytes) {
      throw anchorError('ANCHOR_RPC_LIMIT', `${method}: more than ${limit.bytes} bytes`);
    }
    items += countItems(chunk);
    if (items > limit.items) {
      throw anchorError('ANCHOR_RPC_LIMIT', `${method}: more than ${limit.items} items`);
    }
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

const COMMA = 0x2c;
const BRACKET = 0x5b;
const BRACE = 0x7b;

/** Count what begins or parts items, in texts too: no honest answer has many there. */
function countItems(chunk: Uint8Array): number {
  let count = 0;
  for (const byte of chunk) if (byte === COMMA || byte === BRACKET || byte === BRACE) count++;
  return count;
}

function endpointFault(method: string, cause: unknown, timedOut: boolean): CodedError {
  if (timedOut) {
    return anchorError('ANCHOR_RPC_TIMEOUT', `${method}: no answer in time`, { method }, { cause });
  }
  // JSON.parse and the decoder fail with these; a TypeError of the decoder also has a code.
  if (cause instanceof SyntaxError || (cause instanceof TypeError && 'code' in cause)) {
    return anchorError('ANCHOR_RPC_MALFORMED', `${method}: not JSON`, { method }, { cause });
  }
  return anchorError('ANCHOR_RPC_UNREACHABLE', `${method}: no answer`, { method }, { cause });
}

/** The fields of a JSON-RPC 2.0 answer. */
function readAnswer(answer: unknown, method: string, id: number): unknown {
  const malformed = (what: string): CodedError =>
    anchorError('ANCHOR_RPC_MALFORMED', `${method}: ${what}`, { method });
  if (typeof answer !== 'object' || answer === null) throw malformed('not a JSON-RPC answer');
  if (!('id' in answer) || answer.id !== id) throw malformed('answers another request');
  if ('error' in answer && answer.error !== null && answer.error !== undefined) {
    const { error } = answer;
    const { code, message, data } = error as Readonly<Record<string, unknown>>; // each is looked at
    if (typeof code !== 'number' || typeof message !== 'string') {
      throw malformed('an error without code and message');
    }
    throw anchorError(
      'ANCHOR_RPC_REFUSED',
      `${method}: refused with ${code}: ${printable(message.slice(0, 200))}`,
      { method, rpcCode: code, data },
    );
  }
  if (!('result' in answer)) throw malformed('neither result nor error');
  return answer.result;
}

/** Take out of a node's own text, which is never parsed, what would steer a terminal or turn the direction of text. */
function printable(text: string): string {
  return text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '\u{fffd}');
}
