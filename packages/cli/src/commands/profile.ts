import type { Command } from 'commander';
import type { JsonObject, JsonValue } from '@anchorlog/core';
import type { Profile, ProfileField, ValueType } from '@anchorlog/statement';
import { outputOf, type Context } from '../context.ts';
import { alignFacts } from '../output.ts';
import { UsageError } from '../trouble.ts';

interface ProfileFlags {
  readonly event?: string;
}

/** `anchorlog profile [NAME]`: the kinds of records there are, and how one is written. */
export function addProfile(program: Command, context: Context): void {
  const { say } = context;
  program
    .command('profile')
    .description(
      say(
        '列出记录类型；给出类型则写出一条待填的记录',
        'list the kinds of records; of one, write a record to be filled in',
      ),
    )
    .argument('[name]', say('类型，如 license.lifecycle/1', 'such as license.lifecycle/1'))
    .option(
      '--event <event>',
      say('哪个事件；默认第一个', 'which of its events; the first unless given'),
    )
    .action(async (name: string | undefined, flags: ProfileFlags, command: Command) => {
      const output = outputOf(command, context);
      const { ISSUER_SET, PROFILES, profileByName } = await import('@anchorlog/profiles');
      if (name === undefined) {
        const rows = PROFILES.map((profile) => profileRow(profile, context));
        const list = PROFILES.map(({ name: each, title, events }) => ({
          name: each,
          title,
          events,
        }));
        return output.result(list, alignFacts(rows, ''));
      }
      const profile = profileByName(name);
      const names = profile.events.map((event) => event.name);
      const event = flags.event ?? names[0]!;
      if (!names.includes(event)) {
        throw new UsageError(
          [`--event：${name} 没有事件 ${event}`, `--event: ${name} has no event ${event}`],
          [`可用：${names.join('、')}`, `there are: ${names.join(', ')}`],
        );
      }
      const fields = profile.fields.filter(({ name: each }) => !ISSUER_SET.includes(each));
      const required = fields.filter((field) => isRequired(field, event));
      const record = skeleton(profile, event, required);
      await output.result(record, JSON.stringify(record, undefined, 2));
      const optional = fields.filter((field) => !required.includes(field)).map((each) => each.name);
      output.note(say(`事件：${names.join('、')}`, `events: ${names.join(', ')}`));
      output.note(say(`还可以有：${optional.join('、')}`, `may also have: ${optional.join(', ')}`));
    });
}

function profileRow({ name, title, events }: Profile, { say }: Context): [string, string] {
  const named = events.map((event) => event.name).join(', ');
  return [name, `${say(title.zh, title.en)}: ${named}`];
}

function isRequired({ required }: ProfileField, event: string): boolean {
  return typeof required === 'boolean' ? required : required.includes(event);
}

/** A record with every claim that its event requires, each a value of its type that says what belongs there. */
function skeleton(profile: Profile, event: string, fields: readonly ProfileField[]): JsonObject {
  return {
    profile: profile.name,
    event,
    key: '…',
    eventTime: INSTANT,
    issuer: { org: '…', system: '…' },
    claims: Object.fromEntries(
      fields.map(({ name, title, type }) => [name, exampleOf(type, `… ${title.zh} / ${title.en}`)]),
    ),
  };
}

const INSTANT = '2026-03-12T10:15:02+08:00';

function exampleOf(type: ValueType, what: string): JsonValue {
  switch (type.kind) {
    case 'enum':
      return type.values.join(' | ');
    case 'integer':
      return type.min ?? 0;
    case 'boolean':
      return false;
    case 'instant':
      return INSTANT;
    case 'date':
      return INSTANT.slice(0, 10);
    case 'digest':
      return { alg: 'SM3', salted: type.salted, value: `${what}: 64 × 0-9 a-f` };
    case 'pseudonym':
      return { kind: '…', id: what };
    case 'array':
      return [exampleOf(type.items, what)];
    case 'object':
      return {};
    case 'string':
    case 'identifier':
      return what;
  }
}
