/** The security headers of pages: everything comes from the own origin, and a page permits only what it needs. */
import { hash } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';
import { secureHeaders } from 'hono/secure-headers';

interface Permitted {
  /** Further sources of scripts. */
  scriptSrc?: string[];
  workerSrc?: string[];
  /** The policies that may make trusted types; by default none. */
  trustedTypes?: string[];
  permissionsPolicy?: { camera: string[] };
}

/** @param importMap the page's import map, the one script that stands in the page itself */
export function pageGuard(
  importMap: string,
  { scriptSrc = [], workerSrc, trustedTypes = ["'none'"], permissionsPolicy }: Permitted = {},
): MiddlewareHandler {
  return secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'", ...scriptSrc, `'sha256-${hash('sha256', importMap, 'base64')}'`],
      ...(workerSrc && { workerSrc }),
      styleSrc: ["'self'"],
      imgSrc: ["'self'"],
      connectSrc: ["'self'"],
      baseUri: ["'none'"],
      formAction: ["'none'"],
      frameAncestors: ["'none'"],
      requireTrustedTypesFor: ["'script'"],
      trustedTypes,
    },
    ...(permissionsPolicy && { permissionsPolicy }),
    xFrameOptions: 'DENY',
  });
}
