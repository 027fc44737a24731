// `npm run bench -- [--json] [domain...]`
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { installWhenNeeded, ROOT } from './prepare.mjs';

installWhenNeeded();
const { register } = await import('tsx/esm/api');
register();
await import(pathToFileURL(join(ROOT, 'bench/main.ts')).href);
