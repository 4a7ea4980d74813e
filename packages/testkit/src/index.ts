export { bundleMutantNames, bundleMutants, type BundleMutant } from './mutants.ts';
