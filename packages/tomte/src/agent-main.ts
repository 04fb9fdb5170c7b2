// `tomte agent` of an image: one file is made of this and all that it needs (deploy/src/stage/agent-bundle.ts).
import { run } from './run.ts';

process.exitCode = await run(process.argv.slice(2));
// A supervisor's channel would keep alive a program that failed before it could end its lifetime.
if (process.connected) process.disconnect();
