// Lays `tomte agent` as an image has it into an empty folder, for this machine: `node deploy/build-agent.ts FOLDER`.
// Prints the path of the program; BPF objects are told it by TOMTE_BPF_OBJECTS.
import { layAgentHere } from './src/stage/agent-bundle.ts';

const folder = process.argv[2];
if (folder === undefined) throw new Error('Name an empty folder: node deploy/build-agent.ts FOLDER');
process.stdout.write(`${await layAgentHere(folder)}\n`);
