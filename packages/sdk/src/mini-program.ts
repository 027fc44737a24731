import { campaignOf } from './campaign.ts';
import { systemClock } from './clock.ts';
import { noLock } from './lock.ts';
import { cleanText, isPrivateParameter } from './privacy.ts';
import { followScreens, type Globals } from './screens.ts';
import { memoryStore, type Store } from './store.ts';
import { openTracker, type Platform, type Tracker, type TrackerOptions } from './tracker.ts';
import { type Answer, receiptStatus, retryAfter, type Transport } from './transport.ts';
import { VERSION } from './version.ts';

/** What we use of WeChat's `wx`; other mini-program platforms offer the same under their own name. */
export interface Wx {
  request(options: {
    url: string;
    method: 'POST';
    data: string;
    header: Record<string, string>;
    dataType?: string;
    responseType?: 'text';
    timeout?: number;
    success: (answer: { statusCode: number; data: unknown; header?: Record<string, string> }) => void;
    fail: (error: unknown) => void;
  }): unknown;
  getStorageSync(key: string): unknown;
  setStorageSync(key: string, value: string): void;
  removeStorageSync(key: string): void;
  getStorageInfoSync(): { keys: string[] };
  onAppShow?(heard: (options?: LaunchOptions) => void): void;
  onAppHide?(heard: () => void): void;
  onNetworkStatusChange?(heard: (status: { isConnected: boolean }) => void): void;
  getLaunchOptionsSync?(): LaunchOptions;
  getWindowInfo?(): Fields;
  getDeviceInfo?(): Fields;
  getAppBaseInfo?(): Fields;
  getSystemInfoSync?(): Fields;
}

interface LaunchOptions {
  path?: string;
  scene?: number;
  query?: Record<string, string>;
}

type Fields = Record<string, unknown>;

/** What a tracker in a mini-program is told beside. */
export interface MiniProgramOptions extends TrackerOptions {
  /** The platform's object; `wx` unless told otherwise (`my`, `tt`, `swan` offer the same). */
  wx?: Wx;
  /** Tell screens by itself, by wrapping `Page`; yes. */
  screens?: boolean;
  /** Tell 'Application Opened' and 'Application Backgrounded'; yes. */
  lifecycle?: boolean;
  /** `local` storage of the mini-program, or `memory` for nothing on the device at all. */
  persistence?: 'local' | 'memory';
}

declare const wx: Wx | undefined;
declare let Page: Globals['Page'];
declare let Component: Globals['Component'];

/** Mini-programs have no global object to reach these by, only their names. */
const globals: Globals = {
  get Page() {
    return typeof Page === 'undefined' ? undefined : Page;
  },
  set Page(wrapped) {
    Page = wrapped;
  },
  get Component() {
    return typeof Component === 'undefined' ? undefined : Component;
  },
  set Component(wrapped) {
    Component = wrapped;
  },
};

/** Starts a tracker in a mini-program; call it in app.js before `App()`. */
export function createTracker(options: MiniProgramOptions): Tracker {
  const platform = options.wx ?? (typeof wx === 'undefined' ? undefined : wx);
  if (!platform) throw new TypeError('There is no wx here; hand in the object of your platform as "wx".');
  const place = { screen: '', online: true, launch: platform.getLaunchOptionsSync?.() ?? {} };
  const { tracker, leave, reconnected } = openTracker(miniProgramPlatform(platform, options, place), options);
  const lifecycle = options.lifecycle !== false;
  platform.onAppShow?.((shown) => {
    place.launch = shown ?? place.launch;
    if (lifecycle) tracker.track('Application Opened', openedBy(place.launch));
    reconnected();
  });
  platform.onAppHide?.(() => {
    if (lifecycle) tracker.track('Application Backgrounded');
    leave();
  });
  platform.onNetworkStatusChange?.(({ isConnected }) => {
    place.online = isConnected;
    if (isConnected) reconnected();
  });
  if (options.screens !== false)
    followScreens(globals, (route, query) => {
      place.screen = route;
      tracker.screen(route, { path: route, ...withoutPrivate(query) });
    });
  return tracker;
}

function openedBy({ path, scene, query }: LaunchOptions): Fields {
  return { path, scene, ...withoutPrivate(query ?? {}) };
}

/** Parameters of a screen, without those that are private. */
function withoutPrivate(query: Record<string, unknown>): Fields {
  const kept = Object.entries(query).filter(([name, value]) => !isPrivateParameter(name, String(value)));
  return kept.length > 0
    ? { query: Object.fromEntries(kept.map(([name, value]) => [name, cleanText(String(value), 200)])) }
    : {};
}

function miniProgramPlatform(
  wx: Wx,
  options: MiniProgramOptions,
  place: { screen: string; online: boolean; launch: LaunchOptions },
): Platform {
  const device = deviceContext(wx);
  return {
    clock: systemClock,
    durable: options.persistence === 'memory' ? memoryStore() : storageOf(wx),
    sharedId: null,
    lock: () => noLock,
    transport: (address) => requestTransport(wx, address),
    online: () => place.online,
    context: () => ({
      library: { name: 'qianmian-mini-program', version: VERSION },
      ...device,
      ...(place.screen ? { page: { path: place.screen } } : {}),
    }),
    campaign: () => campaignOf((name) => place.launch.query?.[name] ?? null),
    channel: 'mini_program',
    refusedBySignal: false,
  };
}

function storageOf(wx: Wx): Store {
  return {
    get: (key) => {
      const value = wx.getStorageSync(key);
      return typeof value === 'string' && value !== '' ? value : null;
    },
    set: (key, value) => wx.setStorageSync(key, value),
    remove: (key) => wx.removeStorageSync(key),
    keys: () => [...wx.getStorageInfoSync().keys],
  };
}

const TIMEOUT_MS = 20_000;

function requestTransport(wx: Wx, url: string): Transport {
  return {
    // Requests go on for a moment after a mini-program is hidden, whatever they weigh.
    room: () => 500_000,
    send: (data) =>
      new Promise<Answer>((resolve) => {
        wx.request({
          ...{ url, data, method: 'POST', dataType: 'text', responseType: 'text', timeout: TIMEOUT_MS },
          header: { 'content-type': 'text/plain' },
          success: ({ statusCode, data: text, header = {} }) => {
            const name = Object.keys(header).find((one) => one.toLowerCase() === 'retry-after');
            resolve({
              status: receiptStatus(statusCode, typeof text === 'string' ? text : JSON.stringify(text ?? '')),
              retryAfterMs: retryAfter(name && header[name], Date.now()),
            });
          },
          fail: () => resolve({ status: 0 }),
        });
      }),
  };
}

/** On what the mini-program runs; the newer calls where there are such. */
function deviceContext(wx: Wx): Fields {
  const system = wx.getDeviceInfo
    ? { ...wx.getDeviceInfo(), ...wx.getWindowInfo?.(), ...wx.getAppBaseInfo?.() }
    : (wx.getSystemInfoSync?.() ?? {});
  const text = (name: string) => (system[name] === undefined ? undefined : String(system[name]));
  return {
    locale: text('language'),
    app: { name: text('host'), version: text('version') },
    device: { manufacturer: text('brand'), model: text('model') },
    os: { name: text('platform'), version: text('system') },
    screen: { width: system.screenWidth, height: system.screenHeight, density: system.pixelRatio },
  };
}

export type { Commerce, Order, Product } from './commerce.ts';
export type { ConsentMode, Purposes } from './consent.ts';
export type { TrackerProblem } from './problem.ts';
export type { CallOptions, Tracker } from './tracker.ts';
