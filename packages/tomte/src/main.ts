#!/usr/bin/env node
import { enableCompileCache } from 'node:module';

// Before any other module of ours is loaded: stripping their types costs more than all they do.
enableCompileCache(`${import.meta.dirname}/../node_modules/.cache/compile`);
const { run } = await import('./run.ts');
process.exitCode = await run(process.argv.slice(2));
// A supervisor's channel would keep alive a program that failed before it could end its lifetime.
if (process.connected) process.disconnect();
