/** What clients ask for before they send, and what they are told. */

/** A transparent GIF of one by one: the answer to a tracking pixel. */
export const PIXEL = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');

/** The settings without which Segment's browser client sends nothing: one destination, which is us. */
export function segmentSettings(writeKey: string, host: string, isHttps: boolean): object {
  return {
    integrations: {
      'Segment.io': {
        apiKey: writeKey,
        unbundledIntegrations: [],
        addBundledMetadata: true,
        apiHost: `${host}/v1`,
        protocol: isHttps ? 'https' : 'http',
        versionSettings: { version: '4.4.7', componentTypes: ['browser'] },
      },
    },
    plan: {
      track: { __default: { enabled: true, integrations: {} } },
      identify: { __default: { enabled: true } },
      group: { __default: { enabled: true } },
    },
    edgeFunction: {},
    analyticsNextEnabled: true,
    middlewareSettings: {},
    enabledMiddleware: {},
    metrics: { sampleRate: 0 },
    legacyVideoPluginsEnabled: false,
    remotePlugins: [],
  };
}

/** The source as RudderStack's browser client asks for it: switched on, without destinations. */
export function rudderSource(
  writeKey: string,
  source: { workspace: string; sourceId: string },
  updatedAt: string,
): object {
  return {
    source: {
      id: source.sourceId,
      name: source.sourceId,
      writeKey,
      enabled: true,
      workspaceId: source.workspace,
      config: { statsCollection: { errors: { enabled: false }, metrics: { enabled: false } } },
      connections: [],
      destinations: [],
      dataplanes: {},
    },
    updatedAt,
  };
}
