import { formatHex } from '@anchorlog/core';
import { createNotary } from '@anchorlog/sdk';
import { demoRecords, generatedRecords } from './records.ts';

// crash-child DIR COUNT: notarizes generated records in the notary of DIR and prints each receipt, until somebody kills it.
const [dir = '', count = '0'] = process.argv.slice(2);
const records = await demoRecords('examples/permit.ofd');
const reading = records.find(({ event }) => event === 'access.read')!;
const notary = await createNotary({ dir });
await Promise.all(
  generatedRecords(Number(count), reading).map(async (record) => {
    const { index, leafHash } = await notary.notarize(record);
    process.stdout.write(`${index} ${formatHex(leafHash)}.\n`);
  }),
);
