/**
 * `npm run token -- SUBJECT [--name NAME] [--admin]`: prints an access token, signed with JWT_SECRET.
 */
import { readCommandLine } from '../src/config/command-line.ts';
import { AccessTokens } from '../src/http/auth/access-tokens.ts';
import { runScript } from './lib/run-script.ts';

const { values, positionals } = readCommandLine(import.meta.filename, {
  options: { admin: { type: 'boolean', default: false }, name: { type: 'string' } },
  allowPositionals: true,
});

await runScript('No token was issued.', async (config) => {
  if (config.jwtSecret === undefined) {
    console.error('JWT_SECRET is not set: the identity provider at JWKS_URL issues the tokens.');
    return 1;
  }
  const subject = positionals[0] ?? (values.admin ? 'operator' : 'ada');
  const role = values.admin ? 'admin' : undefined;
  const claims = { subject, name: values.name, role };
  const { accessToken } = await new AccessTokens(config).issue(claims, Date.now());
  console.log(accessToken);
  return 0;
});
