import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { readChainHeads } from '@anchorlog/anchor';
import {
  Findings,
  directorySource,
  headsFromFiles,
  matchDeliveries,
  replay,
  scanTrail,
  type KnownHead,
  type ReplayReport,
  type Trail,
} from '@anchorlog/audit';
import { formatBase64, formatHex, isCodedError } from '@anchorlog/core';
import { nodeSha256 } from '@anchorlog/core/node';
import { createNotary } from '@anchorlog/sdk';
import { parseTrustPolicy, type TrustPolicy } from '@anchorlog/verify';
import { createCommand, outputOf } from '../context.ts';
import { EXIT, UsageError } from '../exit.ts';
import { alignFacts, paint, type Output } from '../output.ts';
import { Progress } from '../progress.ts';

interface ReplayFlags {
  readonly policy: string;
  readonly rpc?: string;
  readonly signatures?: boolean;
  readonly secondOpinion?: boolean;
  readonly json?: boolean;
  readonly lang?: string;
}

interface TrailFlags {
  readonly dir: string;
  readonly subject?: string;
  readonly license?: string;
  readonly actor?: string;
  readonly json?: boolean;
  readonly lang?: string;
}

/** `anchorlog audit replay | trail`. */
export function auditCommand(): Command {
  return createCommand('audit', 'derive a log anew, or find the trail of a subject')
    .addCommand(replayCommand())
    .addCommand(trailCommand());
}

function replayCommand(): Command {
  return createCommand(
    'replay',
    'derive every leaf, tile and root from the entries; compare heads with the chain',
  )
    .argument('<tiles>', "folder of the log's static files")
    .requiredOption('--policy <file>', 'trust policy that names this one log')
    .option('--rpc <url>', 'ask this chain for the heads; else the published evidence is verified')
    .option('--signatures', "verify every statement's signature")
    .option('--second-opinion', 'rebuild the anchored roots with merkletreejs too')
    .action(async (tiles: string, flags: ReplayFlags) => {
      const output = outputOf(flags);
      const policy = parseTrustPolicy(await readFile(flags.policy));
      const origin = onlyLog(policy);
      const source = await directorySource(tiles);
      const findings = new Findings();
      const fileHeads = await headsFromFiles(tiles, { policy, origin, findings });
      const chainHeads =
        flags.rpc === undefined ? undefined : await askChain(flags.rpc, policy, origin, output);
      const progress = new Progress('entries', source.size);
      const report = await replay({
        source,
        origin,
        policy,
        fileHeads,
        chainHeads,
        findings,
        signatures: flags.signatures,
        secondOpinion: flags.secondOpinion,
        onProgress: (done) => progress.update(done),
      });
      progress.end();
      output.result(reportJson(report), reportText(report));
      if (report.findings.length > 0) process.exitCode = EXIT.inconsistent.code;
      else if (flags.rpc !== undefined && !chainHeads) process.exitCode = EXIT.unknown.code;
    });
}

function onlyLog(policy: TrustPolicy): string {
  const [origin, ...others] = policy.logs.keys();
  if (origin === undefined || others.length > 0)
    throw new UsageError('--policy: expected a policy that names one log');
  return origin;
}

async function askChain(
  url: string,
  policy: TrustPolicy,
  origin: string,
  output: Output,
): Promise<KnownHead[] | undefined> {
  const [chain] = policy.chains.values();
  if (!chain) throw new UsageError('--rpc: the policy names no chain');
  const { chainId } = chain;
  const registry = {
    url,
    chainId,
    contract: `0x${formatHex(chain.contract)}`,
    codeHash: `0x${formatHex(chain.codeHash)}`,
  };
  try {
    const heads = await readChainHeads({ chain: registry, origin });
    return heads.map((head) => ({ ...head, chainId, from: 'chain' }));
  } catch (error) {
    if (!isCodedError(error)) throw error;
    output.note(`chain: ${error.code}: ${error.message}`); // unknown, never a finding
    return undefined;
  }
}

function reportJson(report: ReplayReport): object {
  return {
    ...report,
    rootHash: formatBase64(report.rootHash),
    heads: report.heads.map(({ head, holds }) => ({
      chainId: head.chainId,
      number: head.number,
      size: head.size,
      rootHash: formatBase64(head.rootHash),
      from: head.from,
      holds,
    })),
  };
}

function reportText(report: ReplayReport): string {
  const { entries, heads, findings, counts, secondOpinion, signatures } = report;
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const held = heads.filter(({ holds }) => holds).length;
  const facts: [string, string][] = [
    ['entries', entries.toLocaleString('en')],
    ['root', formatBase64(report.rootHash)],
    ['anchored heads', `${held} of ${heads.length} follow from the entries`],
    [
      'chain',
      report.chain === 'asked' ? 'asked' : 'not asked: heads are those of the published evidence',
    ],
    ['checkpoint', report.checkpoint],
    [
      'signatures',
      signatures === 'notAsked'
        ? 'not verified'
        : `${signatures.verified.toLocaleString('en')} verified`,
    ],
  ];
  if (secondOpinion !== 'notAsked') {
    const { equal, different, skipped } = secondOpinion;
    facts.push([
      'second opinion',
      `merkletreejs: ${equal} roots equal, ${different} different, ${skipped} skipped`,
    ]);
  }
  const verdict =
    total === 0 ? paint('green', '✔ nothing found') : paint('red', `✘ ${total} finding(s)`);
  const listed = findings.map(({ code, facts: where }) => `  ${code} ${JSON.stringify(where)}`);
  return [`${verdict}  ${report.origin}`, alignFacts(facts), ...listed].join('\n');
}

function trailCommand(): Command {
  return createCommand(
    'trail',
    'list what happened about a subject, license or actor, by scanning with the vault',
  )
    .requiredOption('--dir <dir>', 'folder of the notary whose vault opens the entries')
    .option('--subject <identifier>', 'person or organisation whose data it was')
    .option('--license <identifier>', 'e-license: its life and its uses')
    .option('--actor <identifier>', 'who acted')
    .action(async (flags: TrailFlags) => {
      const output = outputOf(flags);
      const kinds = {
        subject: ['holder'],
        license: ['license', 'license-use'],
        actor: ['actor'],
      } as const;
      const asked = (['subject', 'license', 'actor'] as const).filter(
        (what) => flags[what] !== undefined,
      );
      const [what, ...others] = asked;
      if (!what || others.length > 0)
        throw new UsageError('expected one of --subject, --license, --actor');
      await using notary = await createNotary({ dir: flags.dir });
      const progress = new Progress('entries', notary.log.size);
      const trail = await scanTrail({
        entries: notary.log.entries(),
        disclosuresOf: (statement) => notary.disclosuresOf(statement),
        keys: kinds[what].map((kind) => notary.indexKeyOf(kind, flags[what] ?? '')),
        suite: nodeSha256,
        onProgress: (done) => progress.update(done),
      });
      progress.end();
      output.result(trailJson(trail), trailText(trail));
    });
}

function trailJson(trail: Trail): object {
  return {
    ...trail,
    entries: trail.entries.map(({ index, kind, role, statement }) => ({
      index,
      kind,
      role,
      event: statement.event,
      eventTime: statement.eventTime,
      issuer: statement.issuer,
      id: statement.id,
    })),
    deliveries: matchDeliveries(trail.entries),
  };
}

function trailText(trail: Trail): string {
  const rows = trail.entries.map(
    ({ index, statement: { eventTime, event, issuer } }) =>
      `  ${eventTime}  ${event.padEnd(22)} ${issuer.org}/${issuer.system}  → ${index}`,
  );
  const deliveries = matchDeliveries(trail.entries);
  const missing = deliveries.filter(({ consumer }) => consumer === undefined).length;
  const different = deliveries.filter(({ differences }) => differences.length > 0).length;
  return [
    `${trail.entries.length} entries of ${trail.scanned.toLocaleString('en')} scanned`,
    ...rows,
    `  deliveries: ${deliveries.length}, consumer records missing: ${missing}, sides that differ: ${different}`,
    `  scanned with the openings at hand (${trail.unopened} entries had none): not proven complete`,
  ].join('\n');
}
