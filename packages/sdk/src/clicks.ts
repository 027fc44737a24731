import type { CleanUrl } from './browser-context.ts';
import { cleanText } from './privacy.ts';

/** What of clicks is told by itself. */
export interface ClickOptions {
  /** `all` links and buttons, or only elements `marked` with data-qm-event. */
  elements?: 'all' | 'marked' | 'none';
  /** 'Outbound Link Clicked' for links to other hosts. */
  outbound?: boolean;
  /** 'File Downloaded' for links to files. */
  downloads?: boolean;
}

type Track = (event: string, properties: Record<string, unknown>) => void;

const CLICKABLE =
  'a[href],area[href],button,summary,input[type=button],input[type=submit],[role=button],[role=link]';
const FILE = /\.(pdf|zip|rar|7z|gz|docx?|xlsx?|pptx?|csv|txt|rtf|epub|mp3|mp4|mov|avi|wav|apk|dmg|exe|pkg)$/i;

/**
 * Tells clicks on links, buttons and marked elements: what was clicked, never what was typed. Elements under
 * [data-qm-ignore] are left out.
 */
export function followClicks(track: Track, options: Required<ClickOptions>, clean: CleanUrl): void {
  const heard = (event: Event) => {
    try {
      told(event, track, options, clean);
    } catch {
      // An odd element is not worth failing the page's own handlers.
    }
  };
  addEventListener('click', heard, true);
  // The middle button opens links in a new tab.
  addEventListener('auxclick', (event) => event.button === 1 && heard(event), true);
}

function told(event: Event, track: Track, options: Required<ClickOptions>, clean: CleanUrl): void {
  const path = event.composedPath().filter((one): one is Element => one instanceof Element);
  if (path.some((one) => one.hasAttribute('data-qm-ignore'))) return;
  const marked = path.find((one) => one.hasAttribute('data-qm-event'));
  if (marked && options.elements !== 'none')
    track(marked.getAttribute('data-qm-event') || 'Element Clicked', markedProperties(marked));
  const element = path.find((one) => one.matches(CLICKABLE));
  if (!element) return;
  const link = linkOf(element, clean);
  if (options.elements === 'all' && marked !== element)
    track('Element Clicked', { ...elementProperties(element), ...link });
  if (!(element instanceof HTMLAnchorElement) || !/^https?:$/.test(element.protocol)) return;
  const extension = FILE.exec(element.pathname)?.[1]?.toLowerCase();
  if (options.downloads && (extension || element.hasAttribute('download')))
    track('File Downloaded', { ...link, extension: extension ?? '' });
  else if (options.outbound && element.host !== location.host)
    track('Outbound Link Clicked', { ...link, host: element.host });
}

/** `data-qm-product-id="TEA-1"` says product_id. */
function markedProperties(element: Element): Record<string, string> {
  const properties: Record<string, string> = {};
  for (const { name, value } of element.attributes) {
    const property = /^data-qm-(?!event$)(.+)$/.exec(name)?.[1];
    if (property) properties[property.replaceAll('-', '_')] = value.slice(0, 500);
  }
  return properties;
}

function elementProperties(element: Element): Record<string, string> {
  // The words on a button of a form are its value, and values are never read; a page being edited has none of its own.
  const isTyped = element.tagName === 'INPUT' || (element as HTMLElement).isContentEditable;
  const text = isTyped ? '' : cleanText(element.getAttribute('aria-label') ?? wordsOf(element));
  return {
    element: element.tagName.toLowerCase(),
    ...(text ? { text } : {}),
    ...(element.id ? { id: cleanText(element.id) } : {}),
  };
}

/** The words of an element, without those of fields in it and of parts to be left out. */
function wordsOf(element: Element): string {
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT, (node) =>
    node.parentElement?.closest('[data-qm-ignore],textarea,select,option,script,style,[contenteditable]')
      ? NodeFilter.FILTER_REJECT
      : NodeFilter.FILTER_ACCEPT,
  );
  let words = '';
  while (words.length < 400 && walker.nextNode()) words += ` ${walker.currentNode.nodeValue}`;
  return words;
}

/** Where a link leads; of links that write or call somebody only how. */
function linkOf(element: Element, clean: CleanUrl): Record<string, string> {
  if (!(element instanceof HTMLAnchorElement || element instanceof HTMLAreaElement)) return {};
  return { href: /^https?:$/.test(element.protocol) ? clean(element.href).slice(0, 500) : element.protocol };
}
