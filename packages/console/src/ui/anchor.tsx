import { useRouter } from '@tanstack/react-router';
import { type ComponentProps, type MouseEvent, useCallback } from 'react';

/** Goes to an address inside the console without loading the page anew. */
export function useGoTo() {
  const router = useRouter();
  return useCallback(
    (href: string, { replace = false } = {}) =>
      replace ? router.history.replace(href) : router.history.push(href),
    [router],
  );
}

function isPlainClick(event: MouseEvent): boolean {
  return event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
}

/** A link inside the console: a true `<a>`, so that it opens in a new tab, can be copied and is announced. */
export function Anchor({ href, onClick, ...rest }: ComponentProps<'a'> & { href: string }) {
  const goTo = useGoTo();
  return (
    <a
      {...rest}
      href={href}
      onClick={(event) => {
        onClick?.(event);
        if (event.defaultPrevented || !isPlainClick(event) || rest.target || rest.download !== undefined)
          return;
        event.preventDefault();
        goTo(href);
      }}
    />
  );
}
