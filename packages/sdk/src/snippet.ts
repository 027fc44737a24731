import { type BrowserOptions, createTracker } from './browser.ts';
import type { CallOptions, Tracker } from './tracker.ts';

/**
 * The script that a page loads by its snippet. Until it is there the snippet's function keeps calls with their moment;
 * they are made good in order, `init` first.
 */

type Arguments = [method: string, ...args: unknown[]];

interface SnippetFunction {
  (...args: Arguments): unknown;
  q?: [args: ArrayLike<unknown>, at: number][];
  tracker?: Tracker;
  createTracker?: typeof createTracker;
}

/** Where options of a call stand among its arguments. */
const OPTIONS_AT: Record<string, number> = { page: 2, screen: 2, track: 2, identify: 2, group: 2, alias: 2 };

/** Takes over from the snippet's function of this name. */
function takeOver(name: string, defaultUrl: string): void {
  const holder = window as unknown as Record<string, SnippetFunction | undefined>;
  const before = holder[name];
  if (before?.tracker) return;
  let early: [Arguments, number | undefined][] = [];

  const call: SnippetFunction = (...args) => perform(args);

  function perform([method, ...args]: Arguments, at?: number): unknown {
    try {
      if (method === 'init') return begin(args[0] as BrowserOptions);
      const { tracker } = call;
      if (!tracker) return void early.push([[method, ...args], at ?? Date.now()]);
      if (method === 'ready') return (args[0] as (tracker: Tracker) => void)(tracker);
      const place = OPTIONS_AT[method];
      if (at !== undefined && place !== undefined) {
        const given = (args[place] ?? {}) as CallOptions;
        args[place] = { timestamp: at, ...given };
      }
      return (tracker as unknown as Record<string, (...args: unknown[]) => unknown>)[method]!(...args);
    } catch (error) {
      console.error(`${name}('${method}', …):`, error);
    }
  }

  function begin(options: BrowserOptions): void {
    if (call.tracker) return;
    call.tracker = createTracker({ ...options, url: options.url ?? defaultUrl });
    const waiting = early;
    early = [];
    for (const [args, at] of waiting) perform(args, at);
  }

  call.createTracker = createTracker;
  holder[name] = call;
  for (const [args, at] of before?.q ?? []) perform(Array.from(args) as Arguments, at);
}

const script = document.currentScript as HTMLScriptElement | null;
takeOver(script?.dataset.name ?? 'qianmian', script?.src ? new URL(script.src).origin : location.origin);
