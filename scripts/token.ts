/**
 * `npm run token -- [SUBJECT] [--name NAME] [--admin] [--gate]`: prints an access token, signed with JWT_SECRET. Without a subject it is
 * that of `ada`; with `--admin` of `operator`, and with `--gate` of `gate`.
 */
import { readCommandLine, refuseUsage } from '../src/config/command-line.ts';
import { AccessTokens, SUBJECT_LENGTH_MAX } from '../src/http/auth/access-tokens.ts';
import { runScript } from './lib/run-script.ts';

const { values, positionals } = readCommandLine(import.meta.filename, {
  options: {
    admin: { type: 'boolean', default: false },
    gate: { type: 'boolean', default: false },
    name: { type: 'string' },
  },
  allowPositionals: true,
});
if (values.admin && values.gate) {
  refuseUsage(
    import.meta.filename,
    '--admin and --gate are both set: a token has one role, and operators can do what gates can.',
  );
}
const role = values.admin ? 'admin' : values.gate ? 'gate' : undefined;
const [subject = { admin: 'operator', gate: 'gate', none: 'ada' }[role ?? 'none']] = positionals;
if (subject === '' || subject.length > SUBJECT_LENGTH_MAX) {
  const sentence = `A subject has 1 to ${SUBJECT_LENGTH_MAX} characters.`;
  refuseUsage(import.meta.filename, sentence);
}

await runScript('No token was issued.', async (config) => {
  if (config.jwtSecret === undefined) {
    console.error('JWT_SECRET is not set: the identity provider at JWKS_URL issues the tokens.');
    return 1;
  }
  const claims = { subject, name: values.name, role };
  const { accessToken } = await new AccessTokens(config).issue(claims, Date.now());
  console.log(accessToken);
  return 0;
});
