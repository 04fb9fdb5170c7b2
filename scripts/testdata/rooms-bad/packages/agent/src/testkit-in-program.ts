// expect: room-agent
import { buildRequest } from '@tomte/testkit';
export const request = buildRequest();
