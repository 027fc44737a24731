// `npm start` and `npm run demo`: as the very first command after a clone, installs and builds what is needed.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildConsoleWhenNeeded, installWhenNeeded, ROOT } from './prepare.mjs';

installWhenNeeded();
buildConsoleWhenNeeded();
await import(pathToFileURL(join(ROOT, 'packages/cli/bin/qianmian.mjs')).href);
