import type { Command } from 'commander';
import type { JsonObject, JsonValue } from '@anchorlog/core';
import type { DisclosureClass, Profile, ProfileField, ValueType } from '@anchorlog/statement';
import { outputOf, type Context } from '../context.ts';
import type { Said, Say } from '../language.ts';
import { alignFacts } from '../output.ts';
import { UsageError } from '../trouble.ts';
import { checkProfileFile, profilesOf } from './profile-file.ts';

interface ProfileFlags {
  readonly event?: string;
  readonly dir?: string;
  readonly file?: string;
  readonly add?: string;
  readonly schema?: true;
  readonly definition?: true;
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
    .option(
      '--dir <dir>',
      say('存证器的文件夹：包括它自己的类型', 'folder of a notary: with the kinds of its own'),
    )
    .option('--schema', say('写出 JSON Schema（2020-12）', 'write its JSON Schema (2020-12)'))
    .option('--definition', say('写出它的定义', 'write its definition'))
    .option(
      '--file <file>',
      say('检查一个自定义类型的文件', 'check the file of a kind of your own'),
    )
    .option(
      '--add <dir>',
      say('并把它加入这个存证器；配合 --file', 'and add it to this notary; with --file'),
    )
    .action(async (name: string | undefined, flags: ProfileFlags, command: Command) => {
      const output = outputOf(command, context);
      if (flags.file !== undefined) {
        return checkProfileFile(flags.file, { to: flags.add, output });
      }
      checkFlags(name, flags);
      const { formatDefinition, ISSUER_SET, profileSchema } = await import('@anchorlog/profiles');
      const profiles = await profilesOf(flags.dir);
      if (name === undefined) {
        const rows = profiles.all.map((profile) => profileRow(profile, context));
        const list = profiles.all.map(({ name: each, title, events }) => ({
          name: each,
          title,
          events,
        }));
        return output.result(list, alignFacts(rows, ''));
      }
      const profile = profiles.byName(name);
      if (flags.schema === true || flags.definition === true) {
        const data = flags.schema === true ? profileSchema(profile) : formatDefinition(profile);
        return output.result(data, JSON.stringify(data, undefined, 2));
      }
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
      const optional = fields.filter((field) => !required.includes(field));
      const parts = { record, events: names, ...fieldsJson(required, optional) };
      await output.result(parts, JSON.stringify(record, undefined, 2));
      output.note(say(`事件：${names.join('、')}`, `events: ${names.join(', ')}`));
      for (const [title, listed] of [
        [say('须有：', 'must have:'), required],
        [say('还可以有：', 'may also have:'), optional],
      ] as const) {
        if (listed.length === 0) continue;
        output.note(title);
        const rows = listed.map((field): [string, string] => fieldRow(field, say));
        for (const line of alignFacts(rows).split('\n')) output.note(line);
      }
    });
}

function checkFlags(name: string | undefined, { schema, definition, add }: ProfileFlags): void {
  if (add !== undefined) {
    throw new UsageError(
      ['--add：要用 --file 给出类型的文件', '--add: the file of the profile is given by --file'],
      [
        'anchorlog profile --file <文件> --add <文件夹>',
        'anchorlog profile --file <file> --add <dir>',
      ],
    );
  }
  if (name === undefined && (schema === true || definition === true)) {
    throw new UsageError(
      ['要给出类型的名字', 'expected the name of a profile'],
      ['已有的类型见：anchorlog profile', 'see what there is: anchorlog profile'],
    );
  }
}

function profileRow({ name, title, events }: Profile, { say }: Context): [string, string] {
  const named = events.map((event) => event.name).join(say('、', ', '));
  const wide = title.zh.replaceAll('(', '（').replaceAll(')', '）');
  return [name, say(`${wide}：${named}`, `${title.en}: ${named}`)];
}

/** What a program is told of the fields of a record. */
function fieldsJson(required: readonly ProfileField[], optional: readonly ProfileField[]): object {
  const described = ({ name, title, type, disclosure }: ProfileField): object => ({
    name,
    title,
    type,
    disclosure,
  });
  return { required: required.map(described), optional: optional.map(described) };
}

/** What a person is told of one: what it is called, its form, and who will see it. */
function fieldRow({ name, title, type, disclosure }: ProfileField, say: Say): [string, string] {
  const parts = [say(title.zh, title.en), say(...formOf(type)), say(...CLASSES[disclosure])];
  return [name, parts.join(' · ')];
}

const CLASSES: Readonly<Record<DisclosureClass, Said>> = {
  public: ['公开', 'public'],
  committed: ['隐藏，可出示', 'hidden, can be shown'],
  key: ['只作索引，不入日志', 'index key only'],
};

/** The form of a value in a few words. */
function formOf(type: ValueType): Said {
  switch (type.kind) {
    case 'string':
      return [`文字，至多 ${type.max} 字`, `text, up to ${type.max} characters`];
    case 'enum':
      return [type.values.join(' | '), type.values.join(' | ')];
    case 'integer':
      return type.min === undefined
        ? ['整数', 'integer']
        : [`整数，不小于 ${type.min}`, `integer from ${type.min}`];
    case 'boolean':
      return ['true | false', 'true | false'];
    case 'instant':
      return [`时间，如 ${INSTANT}`, `time, like ${INSTANT}`];
    case 'date':
      return [`日期，如 ${DAY}`, `date, like ${DAY}`];
    case 'identifier':
      return [`标识（${type.scheme}）`, `identifier (${type.scheme})`];
    case 'digest':
      return type.salted ? ['加盐的摘要', 'salted digest'] : ['摘要', 'digest'];
    case 'pseudonym':
      return ['标识或假名', 'identifier or pseudonym'];
    case 'array': {
      const [zh, en] = formOf(type.items);
      return [`列表，每项为${zh}`, `list of: ${en}`];
    }
    case 'object':
      return ['JSON 对象', 'JSON object'];
    case 'profile':
      return ['记录类型的定义', 'definition of a profile'];
  }
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
const DAY = INSTANT.slice(0, 10);

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
      return DAY;
    case 'digest':
      return { alg: 'SM3', salted: type.salted, value: `${what}: 64 × 0-9 a-f` };
    case 'pseudonym':
      return { kind: '…', id: what };
    case 'array':
      return [exampleOf(type.items, what)];
    case 'object':
    case 'profile':
      return {};
    case 'string':
    case 'identifier':
      return what;
  }
}
