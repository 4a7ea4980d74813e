import { bucketCases } from './support/bucket-cases.ts';
import { gateway } from './support/foreign-s3.ts';
import { buildGateway } from './support/go.ts';
import { describe, test } from 'vitest';

const program = buildGateway();

// The cases of s3.test.ts on a server that somebody else wrote, for machines that have Go and no such server yet.
if (program !== undefined) bucketCases(gateway(program));
else describe('bucketTiles of versitygw', () => test.skip('needs Go and its modules', () => {}));
