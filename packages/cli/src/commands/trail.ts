import type { Command } from 'commander';
import type { DeliveryMatch, Trail } from '@anchorlog/audit';
import { outputOf, type Context } from '../context.ts';
import type { Say } from '../language.ts';
import { Progress, count } from '../progress.ts';
import { UsageError } from '../trouble.ts';
import { visible } from '../visible.ts';

interface TrailFlags {
  readonly dir: string;
  readonly subject?: string;
  readonly license?: string;
  readonly actor?: string;
}

/** What can be asked for, and the kinds of index key under which it is filed (spec/statement §5). */
const KINDS = {
  subject: ['holder'],
  license: ['license', 'license-use'],
  actor: ['actor'],
} as const;

/** Characters of a time with milliseconds and offset. */
const TIME = 29;

/** `anchorlog audit trail`: what happened about a subject, license or actor. */
export function addTrail(audit: Command, context: Context): void {
  const { say } = context;
  audit
    .command('trail')
    .description(
      say(
        '列出与某个主体、证照或操作者有关的记录，用存证器的披露材料逐条扫描',
        'list what happened about a subject, license or actor, by scanning with the vault',
      ),
    )
    .requiredOption(
      '--dir <dir>',
      say(
        '存证器的文件夹，用它的披露材料打开条目',
        'folder of the notary whose vault opens the entries',
      ),
    )
    .option(
      '--subject <identifier>',
      say('数据所属的人或组织', 'person or organisation whose data it was'),
    )
    .option(
      '--license <identifier>',
      say('电子证照：它的变化与使用', 'e-license: its life and its uses'),
    )
    .option('--actor <identifier>', say('操作者', 'who acted'))
    .action(async (flags: TrailFlags, command: Command) => {
      const output = outputOf(command, context);
      const { what, identifier } = askedFor(flags);
      const { matchDeliveries, scanTrail } = await import('@anchorlog/audit');
      const { nodeSuite } = await import('@anchorlog/core/node');
      const { createNotary } = await import('@anchorlog/sdk');
      await using notary = await createNotary({ dir: flags.dir });
      const progress = new Progress({ what: say('条目', 'entries'), total: notary.log.size, say });
      const trail = await scanTrail({
        entries: notary.log.entries(),
        disclosuresOf: (statement) => notary.disclosuresOf(statement),
        keys: KINDS[what].map((kind) => notary.indexKeyOf(kind, identifier)),
        suite: nodeSuite(notary.log.suite),
        onProgress: (done) => progress.update(done),
      });
      progress.end();
      const deliveries = matchDeliveries(trail.entries);
      await output.result(trailJson(trail, deliveries), trailText(trail, deliveries, say));
    });
}

function askedFor(flags: TrailFlags): { what: keyof typeof KINDS; identifier: string } {
  const asked = (['subject', 'license', 'actor'] as const).flatMap((what) => {
    const identifier = flags[what];
    return identifier === undefined ? [] : [{ what, identifier }];
  });
  const [only, ...others] = asked;
  if (!only || others.length > 0) {
    throw new UsageError([
      '应给出 --subject、--license、--actor 之一',
      'expected one of --subject, --license, --actor',
    ]);
  }
  return only;
}

function trailJson(trail: Trail, deliveries: readonly DeliveryMatch[]): object {
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
    deliveries,
  };
}

function trailText(trail: Trail, deliveries: readonly DeliveryMatch[], say: Say): string {
  const { entries, scanned, unopened, withheld, malformed, misfit } = trail;
  const rows = entries.map(({ index, statement: { eventTime, event, issuer } }) =>
    visible(
      `  ${eventTime.padEnd(TIME)}  ${event.padEnd(22)} ${issuer.org}/${issuer.system}  #${index}`,
    ),
  );
  const missing = deliveries.filter(
    ({ providers, consumers }) => providers.length === 0 || consumers.length === 0,
  ).length;
  const different = deliveries.filter(({ differences }) => differences.length > 0).length;
  const strange = deliveries.reduce((sum, { strangers }) => sum + strangers.length, 0);
  const delivered = say(
    `  数据交付 ${deliveries.length} 次：只有一方记录 ${missing} 次，双方不符 ${different} 次，第三方所写 ${strange} 条`,
    `  deliveries: ${deliveries.length}, with one side missing: ${missing}, sides that differ: ${different}, entries by others: ${strange}`,
  );
  const odd = say(
    `  另有 ${count(malformed)} 条不是声明，${count(misfit)} 条所附的披露材料不合`,
    `  besides, ${count(malformed)} entries are no statements, and for ${count(misfit)} something at hand opens nothing`,
  );
  const unknown = say(
    '  标识须与记录中的完全一致，如统一社会信用代码、证照编号或假名；--actor 写作 机构/账号',
    '  an identifier must be written as in the records: a credit code, a license number or a pseudonym; --actor as ORG/ACCOUNT',
  );
  return [
    say(
      `扫描 ${count(scanned)} 条，找到 ${count(entries.length)} 条`,
      `${count(entries.length)} entries of ${count(scanned)} scanned`,
    ),
    ...rows,
    ...(entries.length === 0 ? [unknown] : []),
    ...(deliveries.length > 0 ? [delivered] : []),
    ...(malformed + misfit > 0 ? [odd] : []),
    ...(withheld > 0
      ? [
          say(
            `  另有 ${count(withheld)} 条的内容已封存，无从得知是否相关`,
            `  the bytes of ${count(withheld)} more entries are withheld: they may belong here or not`,
          ),
        ]
      : []),
    say(
      `  凭手头的披露材料扫描所得（${count(unopened)} 条打不开），未证明完整`,
      `  scanned with the openings at hand (${count(unopened)} entries stay closed): not proven complete`,
    ),
  ].join('\n');
}
