import { VERSION } from './version.ts';

/** Takes out of an address what shall not be told. */
export type CleanUrl = (url: string) => string;

/** The page as messages tell it. */
export function pageContext(clean: CleanUrl, referrer = document.referrer) {
  const url = clean(location.href);
  const query = url.split('#')[0]!.split('?').slice(1).join('?');
  return {
    url,
    path: clean(location.pathname + (/^#!?\//.test(location.hash) ? location.hash : '')),
    search: query ? `?${query}` : '',
    title: document.title,
    ...(referrer ? { referrer: clean(referrer) } : {}),
  };
}

/** Where and on what something happens. */
export function browserContext(clean: CleanUrl): Record<string, unknown> {
  const { userAgent, language } = navigator;
  return {
    library: { name: 'qianmian-web', version: VERSION },
    page: pageContext(clean),
    userAgent,
    locale: language,
    timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    screen: {
      width: screen.width,
      height: screen.height,
      innerWidth,
      innerHeight,
      density: devicePixelRatio,
    },
  };
}

/** Whether the browser tells that its user does not want to be tracked: Global Privacy Control, or Do Not Track. */
export function refusesBySignal(): boolean {
  const said = navigator as Navigator & { globalPrivacyControl?: boolean };
  return said.globalPrivacyControl === true || said.doNotTrack === '1';
}
