#!/usr/bin/env node
// The command as people start it. Plain JavaScript: the first file whose types are stripped costs 70 ms
// more, unless the compile cache is on before it. `src/main.ts` is the same without that.
import module from 'node:module';

if (Number.parseInt(process.versions.node, 10) < 24) {
  process.stderr.write(
    `TOMTE_NODE_OLD: this is Node ${process.versions.node}. Use 24 or newer: npm run tomte -- brings its own.\n`,
  );
  process.exit(1);
}
module.enableCompileCache(`${import.meta.dirname}/../node_modules/.cache/compile`);
const { run } = await import('../src/run.ts');
process.exitCode = await run(process.argv.slice(2));
// A supervisor's channel would keep alive a program that failed before it could end its lifetime.
if (process.connected) process.disconnect();
