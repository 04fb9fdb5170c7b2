// Run by `warmAgent` with the arguments of an agent, since the cache is one for each set of them.
// Plain JavaScript, as bin/tomte.mjs: the cache must be on before the first types are stripped.
import { enableCompileCache } from 'node:module';

enableCompileCache(`${import.meta.dirname}/../../node_modules/.cache/compile`);
await import('../run.ts');
await import('../roles/agent.ts');
