import { concat, dataSlice, id, keccak256, toUtf8Bytes } from 'ethers';
import {
  word,
  zeros,
  base64,
  type Case,
  prove,
  type Log,
  receipt,
  CONTRACT,
  OTHER_CONTRACT,
  CHAIN_ID,
  ANCHOR,
  anchored,
  among,
  sorted,
  set,
  addresses,
  FOUR,
  STRANGER,
  type Sealing,
  NUMBER,
  TIMESTAMP,
  EMPTY_ROOT,
  sealed,
  malleate,
} from './naive-evm.ts';

interface Evidence {
  readonly chainId: number;
  readonly contract: string;
  readonly sealing: Partial<Sealing>;
  readonly txReceipt: string;
  readonly index: number;
  readonly count: number;
  readonly logIndex: number;
  readonly validators: readonly string[];
}

export function evidenceCases(): Case[] {
  const make = (
    change: Partial<Evidence>,
  ): Readonly<Record<string, unknown>> & { nodes: string[]; header: string } => {
    const made: Evidence = {
      chainId: CHAIN_ID,
      contract: CONTRACT,
      sealing: {},
      txReceipt: receipt(0, 1, 88_000, [anchored()]),
      index: 0,
      count: 1,
      logIndex: 0,
      validators: addresses(FOUR),
      ...change,
    };
    const { root, nodes } = prove(among(made.txReceipt, made.index, made.count), made.index);
    const { header, hash, signers } = sealed({
      validators: FOUR,
      receiptsRoot: root,
      ...made.sealing,
    });
    return { ...made, nodes, header, hash, signers };
  };
  const cases: Case[] = [];
  const asked = (
    change: Readonly<Record<string, unknown>> = {},
  ): Readonly<Record<string, unknown>> => ({
    chainId: CHAIN_ID,
    contract: CONTRACT,
    logId: ANCHOR.logId,
    head: {
      size: ANCHOR.size,
      rootHash: base64(ANCHOR.rootHash),
      indexRoot: base64(ANCHOR.indexRoot),
    },
    ...change,
  });
  const evidenceOf = (
    made: ReturnType<typeof make>,
    change: Readonly<Record<string, unknown>> = {},
  ): unknown => ({
    kind: 'sealed',
    chainId: made['chainId'],
    contract: made['contract'],
    header: made.header,
    txReceipt: { index: made['index'], logIndex: made['logIndex'], nodes: made.nodes, ...change },
  });
  const good = (
    name: string,
    change: Partial<Evidence> = {},
    expect: Readonly<Record<string, unknown>> = {},
    head = {},
  ): void => {
    const made = make(change);
    cases.push({
      name,
      evidence: evidenceOf(made),
      validators: made['validators'],
      asked: asked(head),
      accept: true,
      anchor: {
        number: Number(ANCHOR.number),
        blockNumber: NUMBER,
        blockTime: TIMESTAMP,
        blockHash: made['hash'],
        txIndex: made['index'],
        signers: made['signers'],
        quorum: 3,
        validators: 4,
        checked: true,
        ...expect,
      },
    });
  };
  const refuse = (
    name: string,
    code: string,
    change: Partial<Evidence>,
    ask: Readonly<Record<string, unknown>> = {},
  ): void => {
    const made = make(change);
    cases.push({
      name,
      evidence: evidenceOf(made),
      validators: made['validators'],
      asked: asked(ask),
      accept: false,
      code,
    });
  };
  const nodes = (name: string, code: string, change: (nodes: string[]) => string[]): void => {
    const made = make({ index: 20, count: 40 });
    cases.push({
      name,
      evidence: evidenceOf(made, { nodes: change(made.nodes) }),
      validators: made['validators'],
      asked: asked(),
      accept: false,
      code,
    });
  };
  const withLog = (log: Log): Partial<Evidence> => ({ txReceipt: receipt(0, 1, 88_000, [log]) });

  good('one transaction in the block');
  good('transaction 130 of 200', { index: 130, count: 200 });
  good('a transaction of type 2', { txReceipt: receipt(2, 1, 88_000, [anchored()]) });
  good('the second log of the transaction', {
    txReceipt: receipt(0, 1, 88_000, [
      { address: OTHER_CONTRACT, topics: [], data: '0x' },
      anchored(),
    ]),
    logIndex: 1,
  });
  good('round 1 and a contract that keeps the set', { sealing: { round: 1, listed: [] } });
  good('consistency not checked by the contract', withLog(anchored({ checked: 0 })), {
    checked: false,
  });
  good(
    'the largest size',
    withLog(anchored({ size: 2n ** 53n - 1n })),
    {},
    {
      head: {
        size: 2 ** 53 - 1,
        rootHash: base64(ANCHOR.rootHash),
        indexRoot: base64(ANCHOR.indexRoot),
      },
    },
  );

  refuse('evidence for another chain', 'EVM_EVIDENCE_CHAIN', { chainId: 1 });
  refuse('evidence for another contract', 'EVM_EVIDENCE_CONTRACT', { contract: OTHER_CONTRACT });
  refuse('too few seals', 'EVM_SEALS_TOO_FEW', { sealing: { signers: FOUR.slice(0, 2) } });
  refuse('a repeated seal', 'EVM_SEAL_REPEATED', {
    sealing: { seals: (seals) => [seals[0]!, seals[1]!, seals[1]!] },
  });
  refuse('a malleated seal', 'EVM_SEAL_MALLEATED', {
    sealing: { seals: (seals) => [seals[0]!, seals[1]!, malleate(seals[1]!)] },
  });
  refuse('a foreign signer', 'EVM_SEAL_FOREIGN', {
    sealing: { signers: [...FOUR.slice(0, 2), STRANGER] },
  });
  refuse('seals of another round', 'EVM_SEAL_FOREIGN', { sealing: { round: 2, sealedRound: 1 } });
  refuse('a forged set', 'EVM_VALIDATORS_DIFFER', { sealing: { validators: set(4, 'forger') } });
  refuse('a stale set', 'EVM_VALIDATORS_DIFFER', {
    validators: addresses(sorted([...FOUR.slice(1), STRANGER])),
  });
  refuse('a header with other receipts', 'EVM_TRIE_NODE_MISMATCH', {
    sealing: { receiptsRoot: EMPTY_ROOT },
  });
  nodes('a spare node', 'EVM_TRIE_NODE_SPARE', (all) => [...all, all[0]!]);
  nodes('a node missing', 'EVM_TRIE_NODE_MISSING', (all) => all.slice(0, -1));
  refuse('a failed transaction', 'EVM_TXRECEIPT_FAILED', { txReceipt: receipt(0, 0, 88_000, []) });
  refuse('a failed transaction that shows the log', 'EVM_TXRECEIPT_FAILED', {
    txReceipt: receipt(0, 0, 88_000, [anchored()]),
  });
  refuse('a receipt of an unknown type', 'EVM_TXRECEIPT_TYPE', {
    txReceipt: receipt(4, 1, 88_000, [anchored()]),
  });
  refuse('a log index beyond the logs', 'EVM_EVENT_ABSENT', { logIndex: 1 });
  refuse(
    'a log of another contract',
    'EVM_EVENT_CONTRACT',
    withLog({ ...anchored(), address: OTHER_CONTRACT }),
  );
  refuse(
    'a log of another event',
    'EVM_EVENT_TOPIC',
    withLog({ ...anchored(), topics: [id('Other()'), ...anchored().topics.slice(1)] }),
  );
  refuse('a log without topics', 'EVM_EVENT_TOPIC', withLog({ ...anchored(), topics: [] }));
  refuse(
    'a topic more',
    'EVM_EVENT_DATA',
    withLog({ ...anchored(), topics: [...anchored().topics, word(0)] }),
  );
  refuse(
    'a topic less',
    'EVM_EVENT_DATA',
    withLog({ ...anchored(), topics: anchored().topics.slice(0, 2) }),
  );
  refuse(
    'a byte more of data',
    'EVM_EVENT_DATA',
    withLog({ ...anchored(), data: concat([anchored().data, '0x00']) }),
  );
  refuse(
    'a word less of data',
    'EVM_EVENT_DATA',
    withLog({ ...anchored(), data: dataSlice(anchored().data, 0, 128) }),
  );
  refuse('checked neither 0 nor 1', 'EVM_EVENT_DATA', withLog(anchored({ checked: 2 })));
  refuse('a size beyond 2^53 - 1', 'EVM_EVENT_DATA', withLog(anchored({ size: 2n ** 53n })));
  refuse('a size of 2^56', 'EVM_EVENT_DATA', withLog(anchored({ size: 2n ** 56n })));
  refuse(
    'a chain id beyond 2^53 - 1',
    'EVM_EVENT_DATA',
    withLog(anchored({ chainId: 2n ** 255n })),
  );
  refuse('a number beyond 2^53 - 1', 'EVM_EVENT_DATA', withLog(anchored({ number: 2n ** 64n })));
  refuse('an event of another chain', 'EVM_EVENT_CHAIN', withLog(anchored({ chainId: 1338 })));
  refuse(
    'an event of another log',
    'EVM_EVENT_LOG',
    withLog(anchored({ logId: keccak256(toUtf8Bytes('example.gov/other')) })),
  );
  refuse('an event of another size', 'EVM_EVENT_HEAD', withLog(anchored({ size: 1042 })));
  refuse(
    'an event of another root',
    'EVM_EVENT_HEAD',
    withLog(anchored({ rootHash: id('other') })),
  );
  refuse(
    'an event of another index root',
    'EVM_EVENT_HEAD',
    withLog(anchored({ indexRoot: zeros(32) })),
  );
  const { header, ...rest } = make({});
  cases.push({
    name: 'bytes after the header',
    evidence: evidenceOf({ ...rest, header: concat([header, '0x00']) }),
    validators: addresses(FOUR),
    asked: asked(),
    accept: false,
    code: 'EVM_RLP_TRAILING',
  });
  return cases;
}
