// expect: test-tools-in-tests
import { expect } from 'vitest';
export const check = expect;
