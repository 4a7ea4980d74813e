import { parseHex } from '@anchorlog/core';
import { nodeSha256 } from '@anchorlog/core/node';
import type { IssueContext, LogRecord, Profile, ProfileField } from '../src/index.ts';

const NO_TITLE = { zh: '', en: '' };

export type FieldSketch = Pick<ProfileField, 'name' | 'disclosure'> & Partial<ProfileField>;

/** A profile with all that issuing does not look at filled in. */
export function profileOf(sketch: {
  readonly name: string;
  readonly events: readonly string[];
  readonly fields: readonly FieldSketch[];
}): Profile {
  return {
    name: sketch.name,
    title: NO_TITLE,
    events: sketch.events.map((name) => ({ name, title: NO_TITLE })),
    fields: sketch.fields.map((field) => ({
      title: NO_TITLE,
      type: { kind: 'string', max: 100 },
      required: false,
      ...field,
    })),
  };
}

export const PROFILE = profileOf({
  name: 'sample.permit/1',
  events: ['permit.issue'],
  fields: [
    { name: 'number', disclosure: 'committed', key: { kind: 'license', role: 'self' } },
    { name: 'holderName', disclosure: 'committed' },
    { name: 'holder', disclosure: 'key', key: { kind: 'holder', role: 'self' } },
    { name: 'statusTo', disclosure: 'public' },
    { name: 'sealId', disclosure: 'public', key: { kind: 'seal-use', role: 'self' } },
    { name: 'details', disclosure: 'public' },
    { name: 'files', disclosure: 'committed' },
  ],
});

export const RECORD: LogRecord = {
  profile: 'sample.permit/1',
  event: 'permit.issue',
  key: 'ZZ-0001',
  eventTime: '2026-03-12T10:15:02.120+08:00',
  claims: { number: 'JY1', holderName: '示例', holder: '91999999000000115N', statusTo: 'valid' },
};

const SECRET = parseHex('0b'.repeat(32));

/** A context whose salts count up, so that everything is the same each time. */
export function contextOf(more: Partial<IssueContext> = {}): IssueContext {
  return {
    log: 'example.gov/licenses',
    profile: PROFILE,
    suite: nodeSha256,
    issuer: { org: '1199999900000006XQ', system: 'permit-make' },
    idSecret: SECRET,
    keyspaces: () => ({ keyspace: 'city/1', secret: SECRET }),
    recordedTime: '2026-03-12T10:15:02.480+08:00',
    random: (bytes) => Uint8Array.from({ length: bytes }, (_, i) => i % 251),
    ...more,
  };
}
