/** Parameters of addresses whose values are nobody's business. */
const PRIVATE_PARAMETER =
  /pass(word|wd)?|pwd|token|secret|mail|phone|mobile|tel$|auth|session|^(code|state|sid|otp|openid|unionid)$/i;
const MAIL_IN_PATH = /[^/?#\s]+(@|%40)[^/?#\s]+/gi;
const PERSONAL = /[^\s@]+@[^\s@]+|\+?\d[\d\s().-]{5,}\d/g;

/** Whether a parameter of an address may be told. */
export function isPrivateParameter(name: string, value: string): boolean {
  return PRIVATE_PARAMETER.test(name) || value.includes('@');
}

/** An address without values that are private; of what follows `#` only a path stays, as some shops route by it. */
export function cleanUrl(url: string): string {
  const [beforeHash = '', ...afterHash] = url.split('#');
  const [path = '', ...query] = beforeHash.split('?');
  const hash = afterHash.join('#');
  const kept = query
    .join('?')
    .split('&')
    .filter((pair) => {
      const [name = '', value = ''] = pair.split('=').map(decoded);
      return pair !== '' && !isPrivateParameter(name, value);
    });
  const route = /^!?\//.test(hash) ? `#${cleanUrl(hash)}` : '';
  return path.replace(MAIL_IN_PATH, '***') + (kept.length > 0 ? `?${kept.join('&')}` : '') + route;
}

/** Words on a page, short and without what may be an e-mail address or a phone number. */
export function cleanText(text: string, most = 80): string {
  const words = text.replace(/\s+/g, ' ').trim().replace(PERSONAL, '***');
  return words.length > most ? `${words.slice(0, most - 1)}…` : words;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replace(/\+/g, ' '));
  } catch {
    return text;
  }
}
