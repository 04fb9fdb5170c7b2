import { appendFileSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { defineConfig, type Plugin } from 'vite';

const COMPRESSED = /\.(?:html|js|css|svg|txt)$/;

/** Libraries that run in workers only, which the list of licences does not look into. */
const IN_WORKERS = ['@dagrejs/dagre'];

function licensesOfWorkers(): Plugin {
  return {
    name: 'licenses-of-workers',
    closeBundle() {
      for (const name of IN_WORKERS) {
        const folder = join(import.meta.dirname, 'node_modules', name);
        const manifest: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
        const { version, license } = Object(manifest);
        const text = readFileSync(join(folder, 'LICENSE'), 'utf8');
        const list = join(import.meta.dirname, 'dist/assets/licenses.txt');
        appendFileSync(list, `\n## ${name} - ${version} (${license})\n\n${text}`);
      }
    },
  };
}

/** Beside each text its compressed forms: the server sends what the browser takes, and spends no time on it. */
function compressed(): Plugin {
  let folder = '';
  return {
    name: 'compressed',
    configResolved: (config) => void (folder = join(config.root, config.build.outDir)),
    closeBundle() {
      for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
        if (!entry.isFile() || !COMPRESSED.test(entry.name)) continue;
        const path = join(entry.parentPath, entry.name);
        const text = readFileSync(path);
        writeFileSync(`${path}.gz`, gzipSync(text, { level: 9 }));
        const params = { [constants.BROTLI_PARAM_QUALITY]: 9 };
        writeFileSync(`${path}.br`, brotliCompressSync(text, { params }));
      }
    },
  };
}

// Addresses are relative: the page works below whatever path a proxy gives it.
export default defineConfig({
  root: import.meta.dirname,
  base: './',
  publicDir: false,
  build: {
    outDir: 'dist',
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    license: { fileName: 'assets/licenses.txt' },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 800,
  },
  plugins: [licensesOfWorkers(), compressed()],
});
