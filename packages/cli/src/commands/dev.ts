import { once } from 'node:events';
import type { Command } from 'commander';
import { addressOfKey, deployRegistry, registerLog } from '@anchorlog/anchor';
import { formatHex } from '@anchorlog/core';
import { readConfig, readKeys, setChain, type ChainSettings } from '@anchorlog/sdk';
import { createCommand, outputOf } from '../context.ts';
import { UsageError } from '../exit.ts';

interface DevFlags {
  readonly port: string;
  readonly blockTime?: string;
  readonly json?: boolean;
  readonly lang?: string;
}

/** `anchorlog dev [DIR]`: a development chain with a registry, to which the notary in DIR is set. */
export function devCommand(): Command {
  return createCommand(
    'dev',
    'run a development chain in this process, with the registry deployed (form of finality, not consensus)',
  )
    .argument('[dir]', 'notary to register there; its settings and policy are set to this chain')
    .option('--port <port>', 'on 127.0.0.1; 0 takes a free one', '8545')
    .option(
      '--block-time <ms>',
      'a block each so many milliseconds; without it each transaction gets one at once',
    )
    .action(async (dir: string | undefined, flags: DevFlags) => {
      const output = outputOf(flags);
      const { createDevchain } = await import('@anchorlog/devchain'); // an EVM: loaded only here
      // A new chain each time: it must not be taken for one that a journal knows.
      const chainId = dir === undefined ? 1337 : Math.floor(Date.now() / 1000);
      const blockTimeMs =
        flags.blockTime === undefined ? undefined : natural(flags.blockTime, '--block-time');
      await using chain = await createDevchain({
        chainId,
        port: natural(flags.port, '--port'),
        blockTimeMs,
      });
      const settings = await deploy(chain, blockTimeMs);
      if (dir !== undefined) await attach(dir, settings, chain.accounts[0]!.privateKey);
      output.result(
        { url: chain.url, chainId, contract: settings.contract, validators: chain.validators, dir },
        [
          `chain ${chainId} at ${chain.url}, ${chain.validators.length} validators in this process (the form of finality, not consensus)`,
          `  AnchorRegistry ${settings.contract}`,
          ...(dir === undefined
            ? []
            : [`  ${dir}: registered, notary.json and policy.json set to this chain`]),
          '  Ctrl-C ends it; the chain is gone then',
        ].join('\n'),
      );
      await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
    });
}

interface DevAccess {
  readonly url: string;
  readonly chainId: number;
  readonly validators: readonly string[];
  readonly accounts: readonly { readonly address: string; readonly privateKey: string }[];
}

async function deploy(chain: DevAccess, blockTimeMs: number | undefined): Promise<ChainSettings> {
  const { url, chainId, validators } = chain;
  const authority = chain.accounts[0]!;
  const { contract, codeHash, blockNumber } = await deployRegistry({
    chain: { url, chainId },
    authority: authority.address,
    key: authority.privateKey,
    pollMs: 20,
  });
  return {
    url,
    chainId,
    contract,
    codeHash,
    validators,
    fromBlock: blockNumber,
    blockTimeMs: blockTimeMs ?? 1000,
  };
}

async function attach(dir: string, settings: ChainSettings, authorityKey: string): Promise<void> {
  const config = await readConfig(dir);
  const { operator } = await readKeys(dir, config);
  await registerLog({
    chain: settings,
    origin: config.origin,
    operator: addressOfKey(`0x${formatHex(operator.secret)}`),
    key: authorityKey,
    pollMs: 20,
  });
  await setChain(dir, settings);
}

function natural(text: string, flag: string): number {
  if (!/^(0|[1-9][0-9]{0,8})$/.test(text)) throw new UsageError(`${flag}: expected a whole number`);
  return Number(text);
}
