// expect: outside-fastify
import { fastify } from 'fastify';
export const server = fastify();
