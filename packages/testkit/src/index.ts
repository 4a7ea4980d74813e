export { FaultProxy, first, type Fault, type PassingRequest } from './fault-proxy.ts';
export { bundleMutantNames, bundleMutants, type BundleMutant } from './mutants.ts';
export {
  NO_POSTGRES,
  findPostgres,
  startPostgres,
  type PostgresServer,
} from './postgres-server.ts';
export type { StoreCase, StorePlace } from './store-case.ts';
export { storeSuite } from './store-suite.ts';
export { randomOf } from './random.ts';
