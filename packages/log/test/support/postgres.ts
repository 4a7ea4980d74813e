import { afterAll, beforeAll, describe } from 'vitest';
import { NO_POSTGRES, findPostgres, startPostgres, type PostgresServer } from '@anchorlog/testkit';

/** Tests that need a PostgreSQL server to be started; where there is none they are skipped, and their title says why. */
export function describeIfPostgres(name: string, tests: () => void): void {
  const isThere = findPostgres() !== undefined;
  describe.skipIf(!isThere)(isThere ? name : `${name} (${NO_POSTGRES})`, tests);
}

/** Tests that run against one server, which is started for all of them. */
export function describeWithPostgres(
  name: string,
  tests: (server: () => PostgresServer) => void,
): void {
  describeIfPostgres(name, () => {
    let server: PostgresServer | undefined;
    beforeAll(async () => {
      server = await startPostgres();
    });
    afterAll(async () => server?.[Symbol.asyncDispose]());
    tests(() => server!); // set before any test runs
  });
}

let schemas = 0;

/** Give the name of a schema that no other test of the file has. */
export function newSchema(): string {
  return `test_${++schemas}`;
}

/** Give the URL of a store that no other test of the file has. */
export function newStoreUrl(server: PostgresServer): string {
  return `${server.url}&schema=${newSchema()}`;
}
