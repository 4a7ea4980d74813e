import { readFile } from 'node:fs/promises';
import { formatBase64, isCodedError, sha256 } from '@anchorlog/core';
import type { ProfileFile, ProfileSet } from '@anchorlog/profiles';
import { EXIT } from '../exit.ts';
import type { Output } from '../output.ts';
import { visible } from '../visible.ts';

/** Give the profiles that there are: those of the package, and those of the notary in a folder. */
export async function profilesOf(dir: string | undefined): Promise<ProfileSet> {
  if (dir === undefined) {
    const { profileSet } = await import('@anchorlog/profiles');
    return profileSet([]);
  }
  const { readConfig, readProfiles } = await import('@anchorlog/sdk');
  return readProfiles(dir, await readConfig(dir));
}

/** Check the file of a profile, say all that is wrong with it, and add it to the notary in `to` if that is given. */
export async function checkProfileFile(
  path: string,
  { to, output }: { readonly to: string | undefined; readonly output: Output },
): Promise<void> {
  const { profileFileFaults } = await import('@anchorlog/profiles');
  const bytes = await readFile(path);
  const { file, faults } = await judge(bytes, profileFileFaults);
  const { say } = output;
  if (!file || faults.length > 0) {
    process.exitCode = EXIT.usage.code;
    const lines = faults.map(({ code, message }) => `  ${visible(`${code}: ${message}`)}`);
    const head = say(`✘ ${path}：不是一个合格的记录类型`, `✘ ${path}: this is no sound profile`);
    return output.result({ file: path, faults }, [visible(head), ...lines].join('\n'));
  }
  const { profile, examples, refused } = file;
  if (to !== undefined) {
    const { addProfile } = await import('@anchorlog/sdk');
    await addProfile(to, bytes);
  }
  const { profileDigest } = await import('@anchorlog/profiles');
  const { name } = profile;
  const digest = formatBase64(profileDigest(profile, sha256));
  const counts = {
    fields: profile.fields.length,
    examples: examples.length,
    refused: refused.length,
  };
  const text = say(
    `✔ ${name}：${counts.fields} 个字段，样例 ${counts.examples} 条，反例 ${counts.refused} 条，SHA-256 ${digest}`,
    `✔ ${name}: ${counts.fields} fields, ${counts.examples} examples, ${counts.refused} refusals, SHA-256 ${digest}`,
  );
  await output.result({ name, digest, ...counts, ...(to !== undefined && { addedTo: to }) }, text);
  if (to === undefined) return;
  output.note(
    say(
      '  存证器下次打开时把它登记在日志里，此后才接受这一类型的记录',
      '  the notary puts it on record when it is next opened, and takes its records from then on',
    ),
  );
}

interface Told {
  readonly code: string;
  readonly at?: string;
  readonly message: string;
}

async function judge(
  bytes: Uint8Array,
  faultsOf: (file: ProfileFile) => readonly Error[],
): Promise<{ readonly file?: ProfileFile; readonly faults: readonly Told[] }> {
  const { parseProfileFile, profileSet } = await import('@anchorlog/profiles');
  try {
    const file = parseProfileFile(bytes);
    profileSet([file.profile]);
    return { file, faults: faultsOf(file).map(told) };
  } catch (error) {
    return { faults: [told(error)] };
  }
}

function told(error: unknown): Told {
  if (!isCodedError(error)) throw error;
  const { code, message, context } = error;
  const { at } = context;
  return { code, ...(typeof at === 'string' && { at }), message };
}
