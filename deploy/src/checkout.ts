import { fileURLToPath } from 'node:url';

/** Root of this checkout, without a slash at the end. */
export const checkout = fileURLToPath(new URL('../../', import.meta.url)).replace(/\/$/, '');
