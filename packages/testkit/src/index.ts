export { FaultProxy, first, type Fault, type PassingRequest } from './fault-proxy.ts';
export { bundleMutantNames, bundleMutants, type BundleMutant } from './mutants.ts';
