import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { DOMAINS } from '../packages/server/src/domains.ts';

// The two laws of the house that are checked: walls between packages, and the order of the server's domains.

const ROOT = resolve(fileURLToPath(new URL('..', import.meta.url)));
const SERVER = join(ROOT, 'packages/server/src');

/** Which packages of ours each package may import. */
const ALLOWED: Record<string, string[]> = {
  contract: [],
  science: [],
  simulator: ['contract', 'science'],
  server: ['contract', 'science', 'simulator'],
  console: ['contract'],
  sdk: ['contract'],
  cli: ['contract'],
};
const SAYS_NOTHING = /^(utils?|helpers?|common|misc|types|manager)\.tsx?$/;

interface Import {
  file: string;
  from: string;
}

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return ['node_modules', 'dist'].includes(entry.name) ? [] : sources(path);
    return /\.(ts|tsx|mjs)$/.test(entry.name) ? [path] : [];
  });
}

function importsOf(file: string): Import[] {
  const text = readFileSync(file, 'utf8');
  const found = text.matchAll(
    /(?:^|\n)\s*(?:import|export)\b[^'"`;]*?from\s*['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)|(?:^|\n)\s*import\s*['"]([^'"]+)['"]/g,
  );
  return [...found].map((m) => ({ file, from: (m[1] ?? m[2] ?? m[3])! }));
}

const packages = readdirSync(join(ROOT, 'packages'));
const isTest = (file: string) => /\.test\.tsx?$|[\\/]test-[\w-]+\.ts$/.test(file);

describe('the walls between packages', () => {
  it.each(packages)('%s imports only what it may', (name) => {
    const broken = sources(join(ROOT, 'packages', name))
      .flatMap(importsOf)
      .filter(({ file, from }) => {
        const ours = /^@qianmian\/([\w-]+)/.exec(from)?.[1];
        if (ours) return !(ALLOWED[name] ?? []).includes(ours);
        if (!from.startsWith('.')) return false;
        return !resolve(dirname(file), from).startsWith(join(ROOT, 'packages', name) + sep);
      });
    expect(broken).toEqual([]);
  });

  it('knows every package', () => {
    expect(packages.filter((p) => !(p in ALLOWED))).toEqual([]);
  });
});

describe('the order of the domains', () => {
  const place = (domain: string) => DOMAINS.indexOf(domain as (typeof DOMAINS)[number]);
  const domainOf = (path: string) => {
    const parts = relative(SERVER, path).split(sep);
    return parts.length > 1 ? parts[0]! : null;
  };

  it('names every folder of the server', () => {
    const folders = readdirSync(SERVER, { withFileTypes: true })
      .filter((e) => e.isDirectory())
      .map((e) => e.name);
    expect(folders.filter((f) => place(f) < 0)).toEqual([]);
  });

  it('runs only to the left, and through the door', () => {
    const broken: string[] = [];
    for (const { file, from } of sources(SERVER)
      .filter((f) => !isTest(f))
      .flatMap(importsOf)) {
      if (!from.startsWith('.')) continue;
      const here = domainOf(file);
      const target = resolve(dirname(file), from);
      const there = domainOf(target);
      if (here === null || here === there) continue;
      const words = `${relative(ROOT, file)} -> ${from}`;
      if (there === null) broken.push(`${words}: a domain may not know the app`);
      else if (place(there) > place(here)) broken.push(`${words}: to the right`);
      else if (there !== 'platform' && !/\/index\.ts$/.test(target))
        broken.push(`${words}: not through index.ts`);
    }
    expect(broken).toEqual([]);
  });

  it('keeps the outside world in its place: only config reads the environment', () => {
    const readers = sources(SERVER)
      .filter((f) => !isTest(f) && /process\.env/.test(readFileSync(f, 'utf8')))
      .map((f) => relative(SERVER, f));
    expect(readers).toEqual(['config.ts']);
  });
});

describe('names', () => {
  it('say something', () => {
    const empty = packages
      .flatMap((p) => sources(join(ROOT, 'packages', p)))
      .filter((f) => SAYS_NOTHING.test(f.split(sep).at(-1)!));
    expect(empty.map((f) => relative(ROOT, f))).toEqual([]);
  });
});

describe('the lock file', () => {
  type Entry = { optionalDependencies?: Record<string, string>; resolved?: string };
  const entries = Object.entries(
    (JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as { packages: Record<string, Entry> })
      .packages,
  );

  it('knows the native packages of every platform, so that npm ci works on each', () => {
    const known = new Set(entries.map(([path]) => path.split('node_modules/').at(-1)));
    const missing = entries
      .flatMap(([, e]) => Object.keys(e.optionalDependencies ?? {}))
      .filter((n) => !known.has(n));
    expect(missing).toEqual([]);
  });

  it('names no registry', () => {
    expect(entries.filter(([, e]) => /^https?:/.test(e.resolved ?? '')).map(([path]) => path)).toEqual([]);
  });
});

describe('problems', () => {
  it('that the server names have words in Chinese', () => {
    const console_ = join(ROOT, 'packages/console/src/shell');
    const words = ['problem-words.zh.ts', 'locale.zh.ts']
      .map((name) => readFileSync(join(console_, name), 'utf8'))
      .join('\n');
    const named = sources(SERVER)
      .filter((file) => !isTest(file))
      .flatMap((file) => [
        ...readFileSync(file, 'utf8').matchAll(
          /(?:code: '|^ {2}'|\| ')((?:auth|campaign|collect|demo|import|job|member|promotion|request|segment|server|workspace)\.[a-z_]+)'/gm,
        ),
      ])
      .map((m) => m[1]!)
      .filter((code) => !code.endsWith('.not_found') || code === 'workspace.not_found');
    const missing = [...new Set(named)].filter(
      (code) => !words.includes(`'${code}'`) && !words.includes(`${code.replace('.', '_')}:`),
    );
    expect(named.length).toBeGreaterThan(50);
    expect(missing).toEqual([]);
  });
});
