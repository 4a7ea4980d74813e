import { formatDefinition, PROFILES, profileSchema, type RuledProfile } from '@anchorlog/profiles';
import { digestOf, examplesOf } from './profile-examples.ts';
import { refusalsOf } from './profile-refusals.ts';
import { RULE_REFUSALS } from './profile-rule-refusals.ts';

/** Make the vectors of profiles: path under vectors/ → text. The first five members of a definition never change within its version. */
export function generateProfiles(): Record<string, string> {
  return Object.fromEntries(
    PROFILES.map((profile) => [`profiles/${profile.name.replace('/', '-')}.json`, textOf(profile)]),
  );
}

function textOf(profile: RuledProfile): string {
  const definition = formatDefinition(profile);
  const digest = { sha256: digestOf(definition, 'sha256'), sm3: digestOf(definition, 'sm3') };
  const examples = examplesOf(profile, PROFILES);
  const refused = [...refusalsOf(profile, examples), ...(RULE_REFUSALS[profile.name] ?? [])];
  const members = Object.entries(definition).map(([name, value]) => line(name, value));
  return [
    '{"description":"spec/profiles §8: a profile as data, its digests, examples that it accepts and refusals with code and place, and its JSON Schema",',
    `"digest":${JSON.stringify(digest)},`,
    `"file":{${members.join('')}"examples":[`,
    examples.map((example) => JSON.stringify(example)).join(',\n'),
    '],"refused":[',
    refused.map((refusal) => JSON.stringify(refusal)).join(',\n'),
    `]},\n"schema":${JSON.stringify(profileSchema(profile))}}\n`,
  ].join('\n');
}

function line(name: string, value: unknown): string {
  return `${JSON.stringify(name)}:${JSON.stringify(value)},\n`;
}
