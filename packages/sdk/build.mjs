// Builds what pages and mini-programs load: `node build.mjs [folder]`. About a second.
import { resolve } from 'node:path';
import { build } from 'vite';

const here = import.meta.dirname;

/** Older phones run mini-programs without optional chaining and the like. */
const OUTPUTS = [
  { entry: 'snippet.ts', file: 'qianmian.js', format: 'iife', target: 'es2020' },
  { entry: 'browser.ts', file: 'qianmian.mjs', format: 'es', target: 'es2020' },
  { entry: 'mini-program.ts', file: 'qianmian.mini.cjs', format: 'cjs', target: 'es2018' },
];

/** Writes every output into a folder. */
export async function buildSdk(outDir = resolve(here, 'dist')) {
  for (const [i, { entry, file, format, target }] of OUTPUTS.entries())
    await build({
      configFile: false,
      root: here,
      logLevel: 'warn',
      build: {
        ...{ outDir, target },
        emptyOutDir: i === 0,
        minify: 'oxc',
        lib: {
          ...{ entry: resolve(here, 'src', entry), formats: [format], name: 'qianmianSdk' },
          fileName: () => file,
        },
      },
    });
}

if (process.argv[1] && resolve(process.argv[1]) === resolve(here, 'build.mjs'))
  await buildSdk(process.argv[2] && resolve(process.argv[2]));
