import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request that passes the proxy. */
export interface PassingRequest {
  readonly method: string;
  readonly params: readonly unknown[];
  /** How many of this method came before. */
  readonly before: number;
}

/** What becomes of a request instead of an answer by the chain. */
export type Fault =
  /** The connection breaks; the chain sees nothing. */
  | { readonly kind: 'break' }
  /** Nobody answers; the chain sees nothing. */
  | { readonly kind: 'hang' }
  /** The chain does what it was asked; its answer is lost. */
  | { readonly kind: 'lose' }
  /** The chain does what it was asked; then something is done, and the answer is lost. */
  | { readonly kind: 'then'; readonly do: () => unknown }
  /** The chain answers, and its result is changed. */
  | { readonly kind: 'change'; readonly change: (result: unknown) => unknown }
  /** The chain does what it was asked; half of its answer arrives. */
  | { readonly kind: 'cut' }
  /** Another HTTP answer. */
  | { readonly kind: 'http'; readonly status: number; readonly body: string }
  /** Another JSON-RPC result; the chain sees nothing. */
  | { readonly kind: 'result'; readonly result: unknown }
  /** A JSON-RPC error; the chain sees nothing. */
  | { readonly kind: 'error'; readonly code: number; readonly message: string };

/** A proxy in front of a chain node, over real HTTP, that does to requests what `faults` says. */
export class FaultProxy implements AsyncDisposable {
  /** Decides about each request; undefined lets it pass. */
  faults: (request: PassingRequest) => Fault | undefined = () => undefined;
  /** All requests, those that met a fault too. */
  readonly seen: PassingRequest[] = [];
  readonly #target: string;
  #server: Server | undefined;
  #port = 0;

  private constructor(target: string) {
    this.#target = target;
  }

  static async open(target: string): Promise<FaultProxy> {
    const proxy = new FaultProxy(target);
    await proxy.up();
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Parameters of all requests of a method, in order. */
  of(method: string): (readonly unknown[])[] {
    return this.seen.filter((request) => request.method === method).map(({ params }) => params);
  }

  /** Accept connections, at the same port as before. */
  async up(): Promise<void> {
    const server = createServer((request, response) => {
      this.#pass(request, response).catch(() => response.destroy());
    });
    server.listen(this.#port, '127.0.0.1');
    await once(server, 'listening');
    this.#port = (server.address() as AddressInfo).port; // of a TCP server
    this.#server = server;
  }

  /** Refuse connections, and break those that stand. */
  async down(): Promise<void> {
    const server = this.#server;
    if (!server) return;
    this.#server = undefined;
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.down();
  }

  async #pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    // The client under test makes these.
    const { id, method, params } = JSON.parse(body) as {
      readonly id: number;
      readonly method: string;
      readonly params: readonly unknown[];
    };
    const passing = { method, params, before: this.of(method).length };
    this.seen.push(passing);
    const fault = this.faults(passing);
    const answer = (text: string, status = 200): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(text);
    };
    switch (fault?.kind) {
      case undefined:
        answer(await this.#forward(body));
        return;
      case 'break':
        response.destroy();
        return;
      case 'hang':
        return;
      case 'lose':
        await this.#forward(body);
        response.destroy();
        return;
      case 'then':
        await this.#forward(body);
        fault.do();
        response.destroy();
        return;
      case 'change': {
        const { result } = JSON.parse(await this.#forward(body)) as { readonly result: unknown }; // the chain's
        answer(JSON.stringify({ jsonrpc: '2.0', id, result: fault.change(result) }));
        return;
      }
      case 'cut': {
        const text = await this.#forward(body);
        response.writeHead(200, { 'content-length': text.length });
        response.write(text.slice(0, text.length / 2), () => response.destroy());
        return;
      }
      case 'http':
        answer(fault.body, fault.status);
        return;
      case 'result':
        answer(JSON.stringify({ jsonrpc: '2.0', id, result: fault.result }));
        return;
      case 'error':
        answer(JSON.stringify({ jsonrpc: '2.0', id, error: fault }));
        return;
    }
  }

  async #forward(body: string): Promise<string> {
    const answer = await fetch(this.#target, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    return answer.text();
  }
}

/** Meet the first `times` requests of `method` with `fault`, in the manner of `FaultProxy.faults`. */
export function first(times: number, method: string, fault: Fault): FaultProxy['faults'] {
  return (request) => (request.method === method && request.before < times ? fault : undefined);
}
