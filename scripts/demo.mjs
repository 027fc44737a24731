// `npm run demo -- [--people N] [--no-open]`
process.argv.splice(2, 0, 'demo');
await import('./start.mjs');
