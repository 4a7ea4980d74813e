import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { Transaction, Wallet, encodeRlp } from 'ethers';
import { describe, expect, test } from 'vitest';
import { PLAIN, createWorld, deployRegistry, type World } from './world.ts';

/** Post a body as it is. */
async function post(world: World, body: string, method = 'POST'): Promise<Response> {
  const withBody = method === 'POST' ? { body } : {};
  const headers = { 'content-type': 'application/json' };
  return fetch(world.chain.url, { method, headers, ...withBody });
}

/** The error that a single call is answered with. */
async function errorOf(
  world: World,
  name: string,
  ...params: readonly unknown[]
): Promise<RpcFault> {
  const call = { jsonrpc: '2.0', id: 1, method: name, params };
  const answer = (await (await post(world, JSON.stringify(call))).json()) as { error?: RpcFault };
  return answer.error ?? { code: 0, message: 'accepted' };
}

interface RpcFault {
  readonly code: number;
  readonly message: string;
  readonly data?: string;
}

const call = (id: unknown, method: unknown, params: unknown = []): unknown => ({
  jsonrpc: '2.0',
  id,
  method,
  params,
});

describe('JSON-RPC server', () => {
  test('answers a batch in order, and notifications not at all', async () => {
    await using world = await createWorld();
    const batch = [
      call('a', 'eth_chainId'),
      { jsonrpc: '2.0', method: 'eth_blockNumber' },
      call(null, 'no_such_method'),
      7,
    ];
    const answers: unknown = await (await post(world, JSON.stringify(batch))).json();
    expect(answers).toEqual([
      { jsonrpc: '2.0', id: 'a', result: '0x539' },
      expect.objectContaining({
        id: null,
        error: expect.objectContaining({ code: -32601 }) as unknown,
      }),
      expect.objectContaining({
        id: null,
        error: expect.objectContaining({ code: -32600 }) as unknown,
      }),
    ]);
    const silent = await post(world, JSON.stringify([{ jsonrpc: '2.0', method: 'eth_chainId' }]));
    expect([silent.status, await silent.text()]).toEqual([204, '']);
  });

  test.each<readonly [string, string, number]>([
    ['no JSON', '{', -32700],
    ['an empty body', '', -32700],
    ['an empty batch', '[]', -32600],
    ['a batch that is too long', JSON.stringify(Array(1001).fill(1)), -32600],
    ['a number', '1', -32600],
    ['null', 'null', -32600],
    ['another version', '{"jsonrpc":"1.0","id":1,"method":"eth_chainId"}', -32600],
    ['no method', '{"jsonrpc":"2.0","id":1}', -32600],
    ['an id that is an object', '{"jsonrpc":"2.0","id":{},"method":"eth_chainId"}', -32600],
    ['an unknown method', '{"jsonrpc":"2.0","id":1,"method":"eth_mining"}', -32601],
    ['a method of every object', '{"jsonrpc":"2.0","id":1,"method":"toString"}', -32601],
    ['named params', '{"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":{}}', -32602],
  ])('refuses %s and goes on', async (_, body, code) => {
    await using world = await createWorld();
    const answer: unknown = await (await post(world, body)).json();
    expect(answer).toMatchObject({ jsonrpc: '2.0', error: { code } });
    expect(await world.send('eth_chainId')).toBe('0x539');
  });

  test('ends a batch of loops with the gas of ten blocks, and answers others meanwhile', async () => {
    await using world = await createWorld();
    // Code that jumps to itself, run as that of a contract that is made; 30 million gas each.
    const loop = (method: string): unknown => call(1, method, [{ data: '0x5b600056' }, 'latest']);
    const batch = Array.from({ length: 14 }, (_, i) =>
      loop(i % 2 ? 'eth_call' : 'eth_estimateGas'),
    );
    let ended = false;
    const answered = post(world, JSON.stringify(batch)).finally(() => (ended = true));
    expect(await world.send('eth_chainId')).toBe('0x539');
    expect(ended).toBe(false);
    const answers = (await (await answered).json()) as { error: RpcFault }[]; // all fail
    const codes = answers.map(({ error }) => error.code);
    expect(codes.filter((code) => code === -32_005)).toHaveLength(4);
    expect(codes.indexOf(-32_005)).toBe(10);
    expect(await world.send('eth_chainId')).toBe('0x539');
  }, 120_000);

  test('refuses other HTTP methods and bodies beyond its limit', async () => {
    await using world = await createWorld();
    expect((await post(world, '', 'GET')).status).toBe(405);
    const large = `"${'a'.repeat(5 * 1024 * 1024)}"`;
    expect((await post(world, large)).status).toBe(413);
    expect(await world.send('eth_chainId')).toBe('0x539');
  });

  test.each<readonly [string, Readonly<Record<string, string>>, number]>([
    ['content of another type', { 'content-type': 'text/plain' }, 415],
    ['content of no type', { 'content-type': '' }, 415],
    ['a foreign host', { host: 'evil.example:8545' }, 403],
    ['a host that begins like this machine', { host: '127.0.0.1.evil.example' }, 403],
    ['a foreign origin', { origin: 'http://evil.example' }, 403],
    ['an origin that is hidden', { origin: 'null' }, 403],
    ['an origin of this machine', { origin: 'http://localhost:3000' }, 200],
    ['this machine by its name', { host: 'localhost:8545' }, 200],
  ])('answers web pages of others nothing: %s', async (_, changes, status) => {
    await using world = await createWorld();
    const headers = { 'content-type': 'application/json; charset=utf-8', ...changes };
    const sent = request(world.chain.url, { method: 'POST', headers });
    sent.end(JSON.stringify(call(1, 'eth_chainId')));
    const [answer] = (await once(sent, 'response')) as [IncomingMessage]; // as Node says
    answer.resume();
    expect(answer.statusCode).toBe(status);
  });

  test('is reached on this machine only, and is gone after close', async () => {
    const world = await createWorld();
    expect(new URL(world.chain.url).hostname).toBe('127.0.0.1');
    await world[Symbol.asyncDispose]();
    await expect(fetch(world.chain.url)).rejects.toThrow('fetch failed');
  });
});

/** A transfer by the second account, changed. */
async function refused(
  world: World,
  change: Readonly<Record<string, unknown>>,
  mutate: (raw: string) => string = (raw) => raw,
): Promise<string> {
  const wallet = new Wallet(world.chain.accounts[1]!.privateKey);
  const to = world.wallet.address;
  const raw = await wallet.signTransaction({ ...PLAIN, to, nonce: 0, chainId: 1337, ...change });
  const { code, message } = await errorOf(world, 'eth_sendRawTransaction', mutate(raw));
  return `${code} ${message}`;
}

describe('eth_sendRawTransaction', () => {
  test('refuses as nodes do, in the words that clients look for', async () => {
    await using world = await createWorld();
    expect(await refused(world, { chainId: 1 })).toMatch(/^-32000 invalid chain id for signer/);
    expect(
      await refused(world, {
        type: 2,
        gasPrice: null,
        maxFeePerGas: 0,
        maxPriorityFeePerGas: 0,
        chainId: 1,
      }),
    ).toMatch(/^-32000 invalid chain id/);
    expect(await refused(world, { gasLimit: 20_999 })).toMatch(/^-32000 intrinsic gas too low/);
    expect(await refused(world, { gasLimit: 30_000_001 })).toBe('-32000 exceeds block gas limit');
    expect(await refused(world, { value: 10n ** 24n })).toMatch(/^-32000 insufficient funds/);
    expect(await refused(world, { gasPrice: 10n ** 18n })).toMatch(/^-32000 insufficient funds/);
    expect(await refused(world, {}, (raw) => `${raw}00`)).toMatch(/^-32000 invalid transaction/);
    expect(await refused(world, {}, () => '0x')).toMatch(/^-32000 invalid transaction/);
    expect(await refused(world, {}, () => '0x03c0')).toBe('-32000 transaction type not supported');
    expect(await refused(world, {}, () => 'f8')).toMatch(/^-32602 invalid transaction/);
    expect(await refused(world, {}, unprotected)).toMatch(/^-32000 only replay-protected/);
    expect(await refused(world, {}, malleated)).toMatch(/^-32000 invalid transaction/);
    expect(await refused(world, {})).toBe('0 accepted');
    expect(await refused(world, {})).toBe('-32000 nonce too low: next nonce 1, tx nonce 0');
  });

  test('keeps the first of two at one nonce unless the second pays a tenth more', async () => {
    await using world = await createWorld({ blockTimeMs: 60_000 });
    expect(await refused(world, {})).toBe('0 accepted');
    expect(await refused(world, {})).toBe('-32000 already known');
    expect(await refused(world, { value: 1 })).toBe('-32000 replacement transaction underpriced');
    expect(await refused(world, { gasPrice: 100 })).toBe('0 accepted');
    expect(await refused(world, { gasPrice: 109 })).toBe(
      '-32000 replacement transaction underpriced',
    );
    expect(await refused(world, { gasPrice: 110 })).toBe('0 accepted');
    await world.chain.mine();
    expect(await world.provider.getTransactionCount(world.chain.accounts[1]!.address)).toBe(1);
  });
});

/** The same legacy transaction with v of before EIP-155. */
function unprotected(raw: string): string {
  const tx = Transaction.from(raw);
  const { nonce, gasPrice, gasLimit, to, value, data, signature } = tx;
  const fields = [nonce, gasPrice, gasLimit].map((n) => quantity(BigInt(n ?? 0)));
  return encodeRlp([...fields, to!, quantity(value), data, '0x1b', signature!.r, signature!.s]);
}

/** The same transaction with the second encoding of its signature. */
function malleated(raw: string): string {
  const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
  const tx = Transaction.from(raw);
  const { nonce, gasPrice, gasLimit, to, value, data, signature } = tx;
  const fields = [nonce, gasPrice, gasLimit].map((n) => quantity(BigInt(n ?? 0)));
  const v = 1337n * 2n + 35n + BigInt(1 - signature!.yParity);
  const s = order - BigInt(signature!.s);
  return encodeRlp([...fields, to!, quantity(value), data, quantity(v), signature!.r, quantity(s)]);
}

function quantity(value: bigint): string {
  const digits = value.toString(16);
  return value === 0n ? '0x' : `0x${digits.length % 2 === 1 ? '0' : ''}${digits}`;
}

describe('JSON-RPC methods', () => {
  test('answer what every node answers', async () => {
    await using world = await createWorld();
    expect(await world.send('web3_clientVersion')).toMatch(/^anchorlog-devchain\//);
    expect(await world.send('eth_syncing')).toBe(false);
    expect(await world.send('eth_accounts')).toEqual([]);
    expect(await world.send('eth_gasPrice')).toBe('0x0');
    expect(await world.send('eth_blockNumber')).toBe('0x1');
    expect(await world.send('eth_getCode', world.wallet.address, 'latest')).toBe('0x');
    const { data } = await errorOf(world, 'eth_call', { to: world.wallet.address }, 'latest');
    expect(data).toBeUndefined();
  });

  test('find blocks by tag, number, hash and object, and say null for what is not there', async () => {
    await using world = await createWorld();
    const latest = (await world.send('eth_getBlockByNumber', 'latest', false)) as { hash: string };
    for (const tag of [
      'safe',
      'finalized',
      'pending',
      '0x1',
      { blockHash: latest.hash },
      { blockNumber: '0x1' },
    ]) {
      expect(await world.send('eth_getBlockByNumber', tag, true)).toEqual({
        ...latest,
        transactions: [],
      });
    }
    expect(await world.send('eth_getBlockByHash', latest.hash, false)).toEqual(latest);
    expect(await world.send('eth_getBlockByNumber', 'earliest', false)).toMatchObject({
      number: '0x0',
    });
    const nowhere = `0x${'ab'.repeat(32)}`;
    expect(await world.send('eth_getBlockByNumber', '0x99', false)).toBeNull();
    expect(await world.send('eth_getBlockByHash', nowhere, false)).toBeNull();
    expect(await world.send('eth_getBlockReceipts', nowhere)).toBeNull();
    expect(await world.send('eth_getTransactionByHash', nowhere)).toBeNull();
    expect(await world.send('eth_getTransactionReceipt', nowhere)).toBeNull();
    expect(await errorOf(world, 'eth_getBalance', world.wallet.address, '0x99')).toMatchObject({
      message: 'header not found',
    });
  });

  test.each<readonly [string, readonly unknown[]]>([
    ['eth_getBlockByNumber', ['newest', false]],
    ['eth_getBlockByNumber', ['0x01', false]],
    ['eth_getBlockByNumber', [1, false]],
    ['eth_getBlockByHash', ['0x12', false]],
    ['eth_getBalance', ['0x12', 'latest']],
    ['eth_getBalance', []],
    ['eth_getStorageAt', [`0x${'00'.repeat(20)}`, '0x', 'latest']],
    ['eth_getProof', [`0x${'00'.repeat(20)}`, '0x0', 'latest']],
    ['eth_call', ['0x', 'latest']],
    ['eth_call', [{ to: 'nobody' }, 'latest']],
    ['eth_call', [{ value: '1' }, 'latest']],
    ['eth_getLogs', [[]]],
    ['eth_getLogs', [{ address: '0x' }]],
    ['eth_getLogs', [{ topics: [1] }]],
    ['eth_getLogs', [{ topics: Array(5).fill(null) }]],
    ['eth_getLogs', [{ fromBlock: '0x0', blockHash: `0x${'00'.repeat(32)}` }]],
    ['eth_sendRawTransaction', []],
  ])('refuse bad params: %s %j', async (method, params) => {
    await using world = await createWorld();
    expect(await errorOf(world, method, ...params)).toMatchObject({ code: -32602 });
  });

  test('give a full transaction with its block', async () => {
    await using world = await createWorld();
    const { wallet } = world;
    const priced = { type: 2, maxFeePerGas: 9, maxPriorityFeePerGas: 2, gasLimit: 30_000 };
    const sent = await wallet.sendTransaction({ to: wallet.address, ...priced, value: 3 });
    const block = await world.provider.getBlock('latest', true);
    const [tx] = block!.prefetchedTransactions;
    expect(tx).toMatchObject({
      hash: sent.hash,
      from: wallet.address,
      value: 3n,
      type: 2,
      maxFeePerGas: 9n,
      index: 0,
    });
    expect(Transaction.from(tx).serialized).toBe(Transaction.from(sent).serialized);
    expect(await world.provider.getTransactionReceipt(sent.hash)).toMatchObject({ gasPrice: 2n });
  });

  test('filter logs by address, topics and blocks', async () => {
    await using world = await createWorld();
    const registry = await deployRegistry(world.wallet);
    const address = await registry.getAddress();
    for (const origin of ['a', 'b', 'c']) {
      const register = registry.getFunction('register');
      await (await register.send(origin, world.wallet.address, true, 1, PLAIN)).wait();
    }
    const all = (await world.send('eth_getLogs', { fromBlock: 'earliest', address })) as RpcLog[];
    const registered = all.filter(({ topics }) => topics[0] === all.at(-1)!.topics[0]);
    expect(registered).toHaveLength(3);
    const [topic, second] = registered[1]!.topics;
    const count = async (filter: unknown): Promise<number> =>
      ((await world.send('eth_getLogs', filter)) as unknown[]).length;
    const from = { fromBlock: '0x0' };
    expect(await count({ ...from, topics: [topic] })).toBe(3);
    expect(await count({ ...from, topics: [topic, second] })).toBe(1);
    expect(await count({ ...from, topics: [null, [second, registered[2]!.topics[1]]] })).toBe(2);
    expect(await count({ ...from, topics: [topic, []] })).toBe(3);
    expect(
      await count({ ...from, topics: [topic], address: [address, world.wallet.address] }),
    ).toBe(3);
    expect(await count({ ...from, address: world.wallet.address })).toBe(0);
    expect(await count({ topics: [topic] })).toBe(1);
    expect(await count({ blockHash: registered[0]!.blockHash, topics: [topic] })).toBe(1);
    expect(await count({ fromBlock: '0x99', toBlock: '0x9a' })).toBe(0);
  });

  test('run calls from anybody, with value, and leave no trace', async () => {
    await using world = await createWorld();
    const before = await world.send('eth_getBlockByNumber', 'latest', false);
    const from = `0x${'77'.repeat(20)}`;
    const target = world.chain.accounts[2]!.address;
    expect(await world.send('eth_call', { from, to: target, value: '0xffff' }, 'latest')).toBe(
      '0x',
    );
    expect(await world.provider.getBalance(target)).toBe(10n ** 22n);
    await world.send('eth_estimateGas', { from, to: target, value: '0x0' });
    expect(await world.provider.getBalance(target)).toBe(10n ** 22n);
    expect(await world.send('eth_getBlockByNumber', 'latest', false)).toEqual(before);
    await world.chain.mine();
    expect(await world.send('eth_getBlockByNumber', 'latest', false)).toMatchObject({
      stateRoot: (before as { stateRoot: string }).stateRoot,
    });
  });

  test('say why a call failed', async () => {
    await using world = await createWorld();
    // Creation code that reverts with Error("no").
    const text =
      '08c379a0' + '20'.padStart(64, '0') + '2'.padStart(64, '0') + '6e6f'.padEnd(64, '0');
    const data = `0x6064600c60003960646000fd${text}`;
    expect(await errorOf(world, 'eth_call', { data }, 'latest')).toEqual({
      code: 3,
      message: 'execution reverted: no',
      data: `0x${text}`,
    });
    expect(await errorOf(world, 'eth_call', { data: '0xfe' }, 'latest')).toMatchObject({
      code: -32000,
      message: 'invalid opcode',
    });
    expect(await errorOf(world, 'eth_estimateGas', { data: '0x00', gas: '0x5208' })).toMatchObject({
      code: -32000,
    });
  });
});

interface RpcLog {
  readonly topics: readonly string[];
  readonly blockHash: string;
}
