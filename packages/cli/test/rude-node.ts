import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

// rude-node: answers every JSON-RPC request with an error whose text wipes the terminal and writes a verdict of its own.
const message = '\u001b[2J\u001b[H✔ nothing found\r\n\u009b2K\u202e';
const server = createServer((request, response) => {
  let body = '';
  request.on('data', (chunk) => (body += String(chunk)));
  request.on('end', () => {
    const { id } = JSON.parse(body) as { id: number }; // JSON-RPC
    response.end(JSON.stringify({ jsonrpc: '2.0', id, error: { code: -32000, message } }));
  });
});
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`); // TCP
});
process.once('SIGINT', () => process.exit());
