import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import { type PlainOperation, plainOperations, problem } from '@qianmian/contract';
import type { FastifyInstance } from 'fastify';
import { jsonSchemaTransform } from 'fastify-type-provider-zod';
import { z } from 'zod';

/** Our two faces, as the console shows them. */
const FACES =
  '<rect width="32" height="32" rx="8" fill="#3b4fc4"/><circle cx="12" cy="16" r="6" fill="none" stroke="#fff" stroke-width="2.4"/><circle cx="20" cy="16" r="6" fill="none" stroke="#fff" stroke-width="2.4" stroke-opacity=".7"/>';
const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">${FACES}</svg>`;
const LOGO = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 150 32" width="150" height="32">${FACES}<text x="42" y="22" font-family="system-ui,sans-serif" font-size="18" font-weight="600" fill="#fff">Qianmian</text></svg>`;

/** The bar on top holds our name alone: there is one description to look at. */
const LOOK =
  '.swagger-ui .topbar{background:#1d2340;padding:8px 0}.swagger-ui .topbar .download-url-wrapper{display:none}';

type Json = Record<string, unknown>;
type Paths = Record<string, Record<string, { responses?: Json }>>;

/** OpenAPI at /openapi.json, browsable at /docs; to be registered before the routes it describes. */
export async function describeApi(app: FastifyInstance, parts: { version: string; contentPolicy: string }) {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Qianmian',
        version: parts.version,
        description: 'Customer portraits and precision marketing.',
      },
      components: {
        securitySchemes: {
          session: { type: 'apiKey', in: 'cookie', name: 'qm_session' },
          apiKey: { type: 'http', scheme: 'bearer' },
          writeKey: {
            type: 'http',
            scheme: 'basic',
            description: 'The write key of a source as the user name, with an empty password.',
          },
        },
      },
      security: [{ session: [] }, { apiKey: [] }],
    },
    transform: jsonSchemaTransform,
    transformObject: (document) => ('openapiObject' in document ? complete(document.openapiObject) : {}),
  });
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: parts.contentPolicy,
    logo: { type: 'image/svg+xml', content: LOGO, href: '/docs' },
    theme: {
      title: 'Qianmian API',
      css: [{ filename: 'qianmian.css', content: LOOK }],
      favicon: [{ filename: 'icon.svg', rel: 'icon', type: 'image/svg+xml', sizes: 'any', content: ICON }],
    },
  });
  app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger());
}

/** The document with what is answered outside the contract, and with what a refusal looks like. */
function complete<D extends { paths?: object; components?: object }>(document: D): D {
  const paths = document.paths as Paths;
  for (const operations of Object.values(paths))
    for (const operation of Object.values(operations))
      operation.responses = { ...operation.responses, default: { $ref: '#/components/responses/Problem' } };
  for (const plain of plainOperations) paths[plain.path] = { [plain.method]: operationOf(plain) };
  const refused = {
    description: 'A refusal (RFC 9457)',
    content: contentOf(problem, 'application/problem+json'),
  };
  return { ...document, components: { ...document.components, responses: { Problem: refused } } };
}

function operationOf(plain: PlainOperation): Json & { responses: Json } {
  const replies = Object.entries(plain.responses).map(([status, { description, schema, media }]) => [
    status,
    { description, content: contentOf(schema, media) },
  ]);
  return {
    summary: plain.summary,
    description: plain.description,
    tags: [plain.tag],
    security: plain.security.map((scheme) => (scheme === 'none' ? {} : { [scheme]: [] })),
    ...(plain.body ? { requestBody: { required: true, content: contentOf(plain.body) } } : {}),
    responses: Object.fromEntries(replies),
  };
}

function contentOf(schema: z.ZodType, media = 'application/json'): Json {
  const { $schema: _, ...json } = z.toJSONSchema(schema, { io: 'input' });
  return { [media]: { schema: json } };
}
