/** A card payment from its begin to its refund: the commands, the calls between them, and the sandbox. Its events are lost. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Checkout, Order } from '../../../../../src/commands/schemas/resources.ts';
