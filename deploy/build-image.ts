// Builds the images `tomte` and `tomte-store` from this checkout: `node deploy/build-image.ts --help`.
import { run } from './src/main.ts';

// Node calls its own way to strip types experimental; the tests run what it makes.
process.removeAllListeners('warning');
process.exitCode = await run(process.argv.slice(2));
