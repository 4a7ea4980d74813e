import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** At what point a connection breaks: before the request goes on, or when its answer comes, or while the server still works on it. */
export type Break = 'request' | 'answer' | 'unnoticed';

/** A way to a database server that breaks where a test says. */
export class Wire {
  readonly url: string;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #next: { readonly at: Break; readonly text: string; readonly broken: () => void } | undefined;

  private constructor(server: Server) {
    this.#server = server;
    const { port } = server.address() as AddressInfo; // of a server that listens to a port
    this.url = `postgresql://postgres@127.0.0.1:${port}/postgres`;
  }

  static async to(path: string): Promise<Wire> {
    const server = createServer((socket) => wire.#join(socket, connect(path)));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const wire = new Wire(server);
    return wire;
  }

  /** Break the connection on which the next request with this text comes. Resolves when it is broken. */
  breakAt(at: Break, text: string): Promise<void> {
    return new Promise((broken) => {
      this.#next = { at, text, broken };
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #join(client: Socket, server: Socket): void {
    const both = [client, server];
    for (const socket of both) {
      this.#sockets.add(socket);
      socket.on('error', () => undefined); // the other side is told by the end of it
      socket.on('close', () => this.#sockets.delete(socket));
    }
    let isLost = false;
    const destroy = (): void => both.forEach((socket) => socket.destroy());
    client.on('data', (bytes) => {
      const next = this.#next;
      if (!next || !bytes.includes(next.text)) {
        server.write(bytes);
        return;
      }
      this.#next = undefined;
      isLost = true;
      if (next.at === 'request') {
        destroy();
        next.broken();
        return;
      }
      server.write(bytes);
      if (next.at === 'unnoticed') {
        client.removeAllListeners('close');
        client.destroy();
        next.broken();
        return;
      }
      server.on('data', (answer) => {
        if (!isReady(answer)) return;
        destroy();
        next.broken();
      });
    });
    server.on('data', (bytes) => {
      if (!isLost) client.write(bytes);
    });
    client.on('close', () => !isLost && server.destroy());
    server.on('close', () => client.destroy());
  }
}

/** Tell whether an answer ends with ReadyForQuery of a server that is in no transaction: what was asked has taken effect by then. */
function isReady(answer: Buffer): boolean {
  return answer.subarray(-6).equals(Buffer.from([0x5a, 0, 0, 0, 5, 0x49]));
}
