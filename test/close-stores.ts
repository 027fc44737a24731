import { afterAll } from 'vitest';
import { closeOpened } from '../packages/server/src/platform/test-stores.ts';

// Files of tests follow each other in one process, which can have one embedded warehouse open at a time.
afterAll(closeOpened);
