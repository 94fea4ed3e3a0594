/** The settings of payments in the embedded run. */
import { PORT_DEFAULT } from '../sandbox/settings.ts';

/**
 * Points without money, buyers who return to any port of this machine, and the sandbox as the payment provider. Beside Stripe
 * there is no sandbox: it takes no money, and buyers could choose it.
 * @param environment the settings of the user
 */
export function paymentSettings(environment: NodeJS.ProcessEnv): Record<string, string> {
  const settings = { OPEN_CHARGING: 'true', RETURN_ORIGINS: 'http://localhost:*' };
  if (environment.STRIPE_SECRET_KEY) return settings;
  const port = environment.SANDBOX_PORT || String(PORT_DEFAULT);
  return { ...settings, SANDBOX_URL: `http://localhost:${port}` };
}
