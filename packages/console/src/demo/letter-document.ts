/**
 * A letter as a document of its own: links leave for a new tab, and it is read on white as in any mail program. It is
 * shown in a sandbox without scripts, forms or our origin; this only makes it pleasant.
 */
export function letterDocument(html: string): string {
  const head =
    '<base target="_blank"><meta name="referrer" content="no-referrer"><style>html{color-scheme:light;background:#fff}</style>';
  const at = /<head[^>]*>/i.exec(html);
  if (at) return html.slice(0, at.index + at[0].length) + head + html.slice(at.index + at[0].length);
  return `<!doctype html><html><head><meta charset="utf-8">${head}</head><body>${html}</body></html>`;
}
