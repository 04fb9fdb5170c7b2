// The chart's README table and schema descriptions, and the renders of its examples: `node deploy/chart.ts --help`.
import { runChart } from './src/chart/main.ts';

process.exitCode = await runChart(process.argv.slice(2));
