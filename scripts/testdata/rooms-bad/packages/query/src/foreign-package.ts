// expect: pure-query-npm
import { format } from 'some-formatter';
export const text = format('x');
