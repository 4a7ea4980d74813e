/** A refusal on the wire: JSON-RPC 2.0 §5.1 and the codes that EVM nodes use (EIP-1474). */
export class RpcError extends Error {
  override readonly name = 'RpcError';
  readonly code: number;
  /** For a reverted call, its return data in 0x hexadecimal. */
  readonly data: string | undefined;

  constructor(
    code: RpcCode,
    message: string,
    options: { readonly data?: string; readonly cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.code = RPC_CODES[code];
    this.data = options.data;
  }
}

/** Names for the numbers on the wire. */
export const RPC_CODES = {
  parse: -32700,
  request: -32600,
  method: -32601,
  params: -32602,
  internal: -32603,
  refused: -32000,
  limit: -32005,
  reverted: 3,
} as const;

export type RpcCode = keyof typeof RPC_CODES;
