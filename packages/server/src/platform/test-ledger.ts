import { randomUUID } from 'node:crypto';
import pg from 'pg';

/**
 * Where a test's ledger is: embedded (null), or a database of its own on the Postgres that `TEST_LEDGER_URL` names,
 * so that the same tests try the served form. The server is a throw-away one: the databases stay.
 */
export async function testLedgerUrl(): Promise<string | null> {
  const server = process.env.TEST_LEDGER_URL;
  if (!server) return null;
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  const name = `qm_test_${randomUUID().replaceAll('-', '')}`;
  await client.query(`create database ${name}`);
  await client.end();
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}
