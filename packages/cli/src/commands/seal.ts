import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { addInspect } from './inspect.ts';

/** `anchorlog seal inspect`. */
export function addSeal(program: Command, context: Context): void {
  const { say } = context;
  const seal = program
    .command('seal')
    .description(say('查验电子印章与签章', 'look into electronic seals and their signatures'));
  addInspect(seal, context);
}
