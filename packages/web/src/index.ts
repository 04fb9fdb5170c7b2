import { join } from 'node:path';

/** Where the built page lies: `npm run setup` builds it, images carry it. */
export const pageFolder = join(import.meta.dirname, '..', 'dist');
