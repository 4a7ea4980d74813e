import { concat, dataSlice, encodeRlp, id, type RlpStructuredData, toBeHex } from 'ethers';
import {
  ORDER,
  word,
  zeros,
  type Case,
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
  patch,
} from './naive-evm.ts';

export function headerCases(): Case[] {
  const cases: Case[] = [];
  const good = (name: string, sealing: Sealing, pinned = addresses(sealing.validators)): void => {
    const { header, hash, signers } = sealed(sealing);
    cases.push({
      name,
      header,
      validators: pinned,
      accept: true,
      sealed: {
        number: NUMBER,
        timestamp: TIMESTAMP,
        hash,
        receiptsRoot: EMPTY_ROOT,
        round: sealing.round ?? 0,
        signers,
        quorum: Math.ceil((2 * pinned.length) / 3),
      },
    });
  };
  const refuse = (
    name: string,
    code: string,
    sealing: Partial<Sealing>,
    pinned = addresses(FOUR),
  ): void => {
    cases.push({
      name,
      header: sealed({ validators: FOUR, ...sealing }).header,
      validators: pinned,
      accept: false,
      code,
    });
  };
  const raw = (name: string, code: string, header: string): void => {
    cases.push({ name, header, validators: addresses(FOUR), accept: false, code });
  };

  for (const n of [1, 2, 3, 4, 5, 6, 7, 10])
    good(`${n} validators, a quorum of seals`, { validators: set(n) });
  good('all validators seal', { validators: FOUR, signers: FOUR });
  good('seals in another order', { validators: FOUR, signers: [FOUR[3]!, FOUR[0]!, FOUR[2]!] });
  good('round 1', { validators: FOUR, round: 1 });
  good('round 300', { validators: FOUR, round: 300 });
  good('pinned in another order', { validators: FOUR }, addresses(FOUR).toReversed());
  good('a contract keeps the set', { validators: FOUR, listed: [] });
  good('a vote to add', { validators: FOUR, vote: [STRANGER.address, '0xff'] });
  good('a vote to drop', { validators: FOUR, vote: [STRANGER.address, '0x'] });
  good('a header before London', { validators: FOUR, later: 0 });
  good('a header of Shanghai', { validators: FOUR, later: 2 });
  good('a header of Cancun', { validators: FOUR, later: 5 });
  good('a header of Prague', { validators: FOUR, later: 6 });
  good('a header of a later fork', {
    validators: FOUR,
    later: 6,
    fields: { 21: id('something new'), 22: '0x07' },
  });

  refuse('too few seals', 'EVM_SEALS_TOO_FEW', { signers: FOUR.slice(0, 2) });
  refuse('no seals', 'EVM_SEALS_TOO_FEW', { signers: [] });
  for (const n of [2, 3, 5, 6, 7, 10]) {
    const validators = set(n);
    refuse(
      `${n} validators, one seal short of a quorum`,
      'EVM_SEALS_TOO_FEW',
      { validators, signers: validators.slice(0, Math.ceil((2 * n) / 3) - 1) },
      addresses(validators),
    );
  }
  refuse(
    'more than a third, which one node asks for',
    'EVM_SEALS_TOO_FEW',
    { validators: set(7), signers: set(7).slice(0, 3) },
    addresses(set(7)),
  );
  refuse('a repeated seal', 'EVM_SEAL_REPEATED', {
    seals: (seals) => [seals[0]!, seals[1]!, seals[1]!],
  });
  refuse('a repeated seal beside a quorum', 'EVM_SEAL_REPEATED', {
    seals: (seals) => [...seals, seals[0]!],
  });
  refuse('a malleated twin for the third seal', 'EVM_SEAL_MALLEATED', {
    seals: (seals) => [seals[0]!, seals[1]!, malleate(seals[1]!)],
  });
  refuse('a malleated twin beside a quorum', 'EVM_SEAL_MALLEATED', {
    seals: (seals) => [...seals, malleate(seals[0]!)],
  });
  refuse('a malleated seal alone', 'EVM_SEAL_MALLEATED', {
    seals: (seals) => [malleate(seals[0]!), ...seals.slice(1)],
  });
  refuse('a foreign signer', 'EVM_SEAL_FOREIGN', { signers: [FOUR[0]!, FOUR[1]!, STRANGER] });
  refuse('a foreign signer beside a quorum', 'EVM_SEAL_FOREIGN', {
    signers: [...FOUR.slice(0, 3), STRANGER],
  });
  refuse('seals of round 0 in round 1', 'EVM_SEAL_FOREIGN', { round: 1, sealedRound: 0 });
  refuse('seals of round 1 in round 0', 'EVM_SEAL_FOREIGN', { round: 0, sealedRound: 1 });
  refuse('a seal with the other v', 'EVM_SEAL_FOREIGN', {
    seals: (seals) => [
      patch(seals[0]!, 64, toBeHex(BigInt(dataSlice(seals[0]!, 64)) ^ 1n, 1)),
      ...seals.slice(1),
    ],
  });
  refuse('a forged set, sealed by its own members', 'EVM_VALIDATORS_DIFFER', {
    validators: set(4, 'forger'),
  });
  refuse('a forged set that keeps three', 'EVM_VALIDATORS_DIFFER', {
    listed: addresses(sorted([...FOUR.slice(1), STRANGER])),
  });
  refuse('a set with one less', 'EVM_VALIDATORS_DIFFER', { listed: addresses(FOUR.slice(1)) });
  refuse('a set with one more', 'EVM_VALIDATORS_DIFFER', {
    listed: addresses(sorted([...FOUR, STRANGER])),
  });
  refuse('a set that names one twice', 'EVM_VALIDATORS_DIFFER', {
    listed: [...addresses(FOUR.slice(0, 3)), FOUR[0]!.address],
  });
  refuse('a set that names all and one twice', 'EVM_VALIDATORS_DIFFER', {
    listed: [...addresses(FOUR), FOUR[0]!.address],
  });
  refuse(
    'a stale set is pinned',
    'EVM_VALIDATORS_DIFFER',
    {},
    addresses(sorted([...FOUR.slice(1), STRANGER])),
  );
  refuse(
    'a stale set is pinned, a contract keeps the new one',
    'EVM_SEAL_FOREIGN',
    { listed: [] },
    addresses(sorted([...FOUR.slice(1), STRANGER])),
  );
  refuse('nobody is pinned', 'EVM_VALIDATORS_SHAPE', {}, []);
  refuse('one is pinned twice', 'EVM_VALIDATORS_SHAPE', {}, [...addresses(FOUR), FOUR[0]!.address]);
  refuse('a pinned address of 19 bytes', 'EVM_VALIDATORS_SHAPE', {}, [zeros(19)]);

  const seal = (name: string, code: string, change: (seal: string) => string): void =>
    refuse(name, code, { seals: (seals) => [change(seals[0]!), ...seals.slice(1)] });
  seal('a seal of 64 bytes', 'EVM_SEAL_SHAPE', (bytes) => dataSlice(bytes, 0, 64));
  seal('a seal of 66 bytes', 'EVM_SEAL_SHAPE', (bytes) => concat([bytes, '0x00']));
  seal('an empty seal', 'EVM_SEAL_SHAPE', () => '0x');
  seal('v of 27', 'EVM_SEAL_SHAPE', (bytes) =>
    patch(bytes, 64, toBeHex(27n + BigInt(dataSlice(bytes, 64)), 1)),
  );
  seal('v of 2', 'EVM_SEAL_SHAPE', (bytes) => patch(bytes, 64, '0x02'));
  seal('r of zero', 'EVM_SEAL_SHAPE', (bytes) => patch(bytes, 0, word(0)));
  seal('r of the order', 'EVM_SEAL_SHAPE', (bytes) => patch(bytes, 0, word(ORDER)));
  seal('r on no point of the curve', 'EVM_SEAL_SHAPE', (bytes) => patch(bytes, 0, word(5)));
  seal('s of zero', 'EVM_SEAL_SHAPE', (bytes) => patch(bytes, 32, word(0)));
  seal('s of the order', 'EVM_SEAL_SHAPE', (bytes) => patch(bytes, 32, word(ORDER)));

  const field = (name: string, code: string, at: number, value: RlpStructuredData): void =>
    refuse(name, code, { fields: { [at]: value } });
  field('another ommers hash', 'EVM_HEADER_CONSTANT', 1, id('ommers'));
  field('another difficulty', 'EVM_HEADER_CONSTANT', 7, '0x02');
  field('another mix hash', 'EVM_HEADER_CONSTANT', 13, zeros(32));
  field('another nonce', 'EVM_HEADER_CONSTANT', 14, '0xffffffffffffffff');
  field('a receipts root of 31 bytes', 'EVM_HEADER_SHAPE', 5, zeros(31));
  field('a field that is a list', 'EVM_HEADER_SHAPE', 10, []);
  field('a number with a leading zero', 'EVM_HEADER_SHAPE', 8, '0x001b59');
  field('a number beyond 2^53 - 1', 'EVM_RLP_INTEGER', 8, '0x20000000000000');

  const extra = (name: string, code: string, data: RlpStructuredData | string): void =>
    field(name, code, 12, typeof data === 'string' ? data : encodeRlp(data));
  const list = addresses(FOUR);
  extra('extra data of four', 'EVM_EXTRA_SHAPE', [zeros(32), list, [], '0x']);
  extra('extra data of six', 'EVM_EXTRA_SHAPE', [zeros(32), list, [], '0x', [], []]);
  extra('extra data that is a string', 'EVM_EXTRA_SHAPE', encodeRlp(zeros(32)));
  extra('a vanity of 31 bytes', 'EVM_EXTRA_SHAPE', [zeros(31), list, [], '0x', []]);
  extra('a validator of 19 bytes', 'EVM_EXTRA_SHAPE', [zeros(32), [zeros(19)], [], '0x', []]);
  extra('a vote that is a string', 'EVM_EXTRA_SHAPE', [zeros(32), list, '0x', '0x', []]);
  extra('a vote of one', 'EVM_EXTRA_SHAPE', [zeros(32), list, [zeros(20)], '0x', []]);
  extra('a vote for nothing known', 'EVM_EXTRA_SHAPE', [
    zeros(32),
    list,
    [zeros(20), '0x01'],
    '0x',
    [],
  ]);
  extra('a vote without validators', 'EVM_EXTRA_SHAPE', [
    zeros(32),
    [],
    [zeros(20), '0xff'],
    '0x',
    [],
  ]);
  extra('a round of four bytes, as IBFT 2.0 has it', 'EVM_RLP_INTEGER', [
    zeros(32),
    list,
    [],
    zeros(4),
    [],
  ]);
  extra('a round that is a list', 'EVM_EXTRA_SHAPE', [zeros(32), list, [], [], []]);
  extra('seals that are a string', 'EVM_EXTRA_SHAPE', [zeros(32), list, [], '0x', '0x']);
  extra('a seal that is a list', 'EVM_EXTRA_SHAPE', [zeros(32), list, [], '0x', [[]]]);
  extra(
    'bytes after the extra data',
    'EVM_RLP_TRAILING',
    concat([encodeRlp([zeros(32), list, [], '0x', []]), '0x00']),
  );

  const { header } = sealed({ validators: FOUR });
  raw('bytes after the header', 'EVM_RLP_TRAILING', concat([header, '0x00']));
  raw('a header cut short', 'EVM_RLP_MALFORMED', dataSlice(header, 0, -1));
  raw('a header of 14 fields', 'EVM_HEADER_SHAPE', encodeRlp(Array<string>(14).fill('0x')));
  raw('a header of 33 fields', 'EVM_RLP_LIMIT', encodeRlp(Array<string>(33).fill('0x')));
  raw('a header that is a string', 'EVM_HEADER_SHAPE', '0x80');
  return cases;
}
