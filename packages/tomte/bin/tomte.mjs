#!/usr/bin/env node
// The command as people start it. Plain JavaScript: the first file whose types are stripped costs 70 ms
// more, unless the compile cache is on before it. `src/main.ts` is the same without that.
import { enableCompileCache } from 'node:module';

enableCompileCache(`${import.meta.dirname}/../node_modules/.cache/compile`);
const { run } = await import('../src/run.ts');
process.exitCode = await run(process.argv.slice(2));
// A supervisor's channel would keep alive a program that failed before it could end its lifetime.
if (process.connected) process.disconnect();
