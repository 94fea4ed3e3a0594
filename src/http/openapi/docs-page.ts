/** Swagger UI for the OpenAPI document. Its files come from the npm package, so it works offline. */
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { serveStatic } from '@hono/node-server/serve-static';
import type { Hono } from 'hono';
import type { Cors } from '../cors.ts';

const FILES = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));

const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>Seatlane API</title>
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <link rel="stylesheet" href="/docs/files/swagger-ui.css">
  </head>
  <body>
    <div id="reader"></div>
    <script src="/docs/files/swagger-ui-bundle.js"></script>
    <script>SwaggerUIBundle({ url: '/openapi.json', dom_id: '#reader', deepLinking: true });</script>
  </body>
</html>
`;

export function mountDocs(app: Hono, document: object, cors: Cors): void {
  const json = JSON.stringify(document);
  app.get('/openapi.json', (c) => {
    cors.allow(c);
    return c.body(json, 200, { 'Content-Type': 'application/json' });
  });
  app.get('/docs', (c) => c.html(PAGE));
  app.get(
    '/docs/files/:name{swagger-ui(-bundle)?\\.(css|js)}',
    serveStatic({ root: FILES, rewriteRequestPath: (path) => path.replace('/docs/files', '') }),
  );
}
