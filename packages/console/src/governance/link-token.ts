/** The secret of a one-time link in an address: `/sign-in#link=qmi_…`. It stands behind the #, so that no server logs it. */
export function linkToken(hash: string): string | null {
  return new URLSearchParams(hash.replace(/^#/, '')).get('link');
}

/** A link as it is handed to a person: the whole address, as the browser reaches this console. */
export function linkAddress(path: string, origin: string): string {
  return `${origin}${path}`;
}
