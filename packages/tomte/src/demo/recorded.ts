import { userError } from '../errors.ts';

/** The same pipeline from a recording that ships with Tomte: needs neither rights nor a kernel with BTF. */
export async function runRecordedDemo(_options: { readonly json?: boolean }): Promise<number> {
  return Promise.reject(userError('TOMTE_DEMO_RECORDED', 'no recording ships yet', 'Run the live demo.'));
}
