/**
 * `npm run token -- SUBJECT [--name NAME] [--admin] [--gate]`: prints an access token, signed with JWT_SECRET.
 */
import { readCommandLine } from '../src/config/command-line.ts';
import { AccessTokens } from '../src/http/auth/access-tokens.ts';
import { runScript } from './lib/run-script.ts';

const { values, positionals } = readCommandLine(import.meta.filename, {
  options: {
    admin: { type: 'boolean', default: false },
    gate: { type: 'boolean', default: false },
    name: { type: 'string' },
  },
  allowPositionals: true,
});

await runScript('No token was issued.', async (config) => {
  if (config.jwtSecret === undefined) {
    console.error('JWT_SECRET is not set: the identity provider at JWKS_URL issues the tokens.');
    return 1;
  }
  if (values.admin && values.gate) {
    console.error(
      '--admin and --gate are both set: a token has one role, and operators can do what gates can.',
    );
    return 1;
  }
  const role = values.admin ? 'admin' : values.gate ? 'gate' : undefined;
  const subject =
    positionals[0] ?? { admin: 'operator', gate: 'gate', none: 'ada' }[role ?? 'none'];
  const claims = { subject, name: values.name, role };
  const { accessToken } = await new AccessTokens(config).issue(claims, Date.now());
  console.log(accessToken);
  return 0;
});
