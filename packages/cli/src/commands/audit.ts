import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { addReplay } from './replay.ts';
import { addTrail } from './trail.ts';

/** `anchorlog audit replay | trail`. */
export function addAudit(program: Command, context: Context): void {
  const { say } = context;
  const audit = program
    .command('audit')
    .description(
      say(
        '从头重算整个日志，或查找一个主体的轨迹',
        'derive a log anew, or find the trail of a subject',
      ),
    );
  addReplay(audit, context);
  addTrail(audit, context);
}
