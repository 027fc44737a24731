interface Scripts {
  postgresPrograms(): string | null;
  startPostgres(programs: string): Promise<{ url: string; stop(): Promise<void> }>;
}

// What starts a server for a whole test run starts one here too; it is a script, and no part of the server.
const script = new URL('../../../../../scripts/postgres.mjs', import.meta.url).href;

/** A PostgreSQL of a test's own; null where the machine has none. */
export async function openTestPostgres() {
  const { postgresPrograms, startPostgres } = (await import(script)) as Scripts;
  const programs = postgresPrograms();
  return programs === null ? null : () => startPostgres(programs);
}
