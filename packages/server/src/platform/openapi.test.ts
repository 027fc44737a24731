import { insightEndpoints, WIRE_CALLS } from '@qianmian/contract';
import { describe, expect, it } from 'vitest';
import { testApp } from '../test-app.ts';

const t = await testApp();
const http = t.app.http.app;

interface Operation {
  summary?: string;
  security?: object[];
  requestBody?: { content: Record<string, { schema: { type?: string; properties?: object } }> };
  parameters?: { name: string }[];
  responses: Record<string, { content?: object; $ref?: string }>;
}
interface Spec {
  paths: Record<string, Record<string, Operation>>;
  components: { securitySchemes: Record<string, object>; responses: object };
}
const spec = (await http.inject({ url: '/openapi.json' })).json() as Spec;

describe('the description of the API', () => {
  it.each(['batch', ...Object.keys(WIRE_CALLS)])('tells how to send to /v1/%s', (call) => {
    const operation = spec.paths[`/v1/${call}`]!.post!;
    expect(operation.summary).toMatch(/\S/);
    expect(operation.security).toEqual([{ writeKey: [] }]);
    expect(Object.keys(operation.responses)).toEqual(['200', '401', '403', '413', '429', '503']);
    const body = operation.requestBody!.content['application/json']!.schema;
    expect(body.properties).toHaveProperty(call === 'batch' ? 'batch' : 'userId');
  });

  it('tells of health and metrics, and how a write key is sent', () => {
    expect(Object.keys(spec.paths['/healthz']!.get!.responses)).toEqual(['200', '503']);
    expect(spec.paths['/metrics']!.get!.security).toEqual([{}, { apiKey: [] }]);
    expect(spec.components.securitySchemes.writeKey).toMatchObject({ type: 'http', scheme: 'basic' });
  });

  it('gives every address a summary, answers and the form of a refusal; what it refers to is there', () => {
    const operations = Object.values(spec.paths).flatMap((path) => Object.values(path));
    expect(operations.length).toBeGreaterThan(90);
    for (const operation of operations) {
      expect(operation.summary).toMatch(/\S/);
      expect(Object.keys(operation.responses).length).toBeGreaterThan(1);
    }
    for (const [, name] of JSON.stringify(spec).matchAll(/"\$ref":"#\/components\/responses\/(\w+)"/g))
      expect(spec.components.responses).toHaveProperty(name!);
    const overview = spec.paths['/v1/workspaces/{workspace}/overview']!.get!;
    expect(overview.parameters!.map((p) => p.name).sort()).toEqual(['days', 'to', 'workspace']);
  });

  it('is read on a page of ours', async () => {
    const page = await http.inject({ url: '/docs/' });
    expect(page.body).toContain('<title>Qianmian API</title>');
    expect(page.body).toContain('icon.svg');
    expect(page.body).not.toContain('favicon-32x32');
    expect(page.headers['content-security-policy']).toContain("default-src 'self'");
    const start = await http.inject({ url: '/docs/static/swagger-initializer.js' });
    const logo = /data:image\/svg\+xml;base64,([^']+)/.exec(start.body)?.[1] ?? '';
    expect(Buffer.from(logo, 'base64').toString()).toContain('Qianmian');
    const icon = await http.inject({ url: '/docs/static/theme/icon.svg' });
    expect([icon.statusCode, icon.headers['content-type']]).toEqual([200, 'image/svg+xml']);
  });
});

it('a parameter that an address does not know is refused by its name', async () => {
  const workspace = await t.workspace();
  const answer = await t.raw(insightEndpoints.getOverview, {
    params: { workspace },
    query: { from: '2026-01-01' },
  });
  expect(answer).toMatchObject({
    status: 400,
    body: { code: 'request.invalid', fields: { from: 'is not a parameter of this address' } },
  });
});

it('health says how the server is', async () => {
  const answer = await http.inject({ url: '/healthz' });
  expect(answer.json()).toMatchObject({
    status: 'ok',
    reasons: [],
    version: expect.any(String),
    journalLagBytes: expect.any(Number),
  });
});
