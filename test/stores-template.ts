import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Names the folder in which the first test that needs stores puts new ones, for all to copy; gone after the run. */
export default function setUp(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'qianmian-stores-'));
  process.env.TEST_STORES = folder;
  return () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}
