// `npm start` and `npm run demo`: as the very first command after a clone, installs and builds what is needed.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildWhenNeeded, installWhenNeeded, ROOT } from './prepare.mjs';

installWhenNeeded();
buildWhenNeeded();
await import(pathToFileURL(join(ROOT, 'packages/cli/bin/qianmian.mjs')).href);
