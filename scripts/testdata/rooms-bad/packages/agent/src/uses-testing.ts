// expect: testing-in-tests
import { fake } from './testing/fake.ts';
export const real = fake;
