#!/usr/bin/env node
// Plain JavaScript: makes TypeScript importable, then hands over to the command line itself.
import { register } from 'tsx/esm/api';

register();
await import('../src/main.ts');
