/** A scene for one test file, with services that the tests can break. */
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { type Scene, startScene } from './scene.ts';
import { type BreakableServices, startBreakableServices } from './services.ts';

export let scene: Scene<BreakableServices>;

/** Starts two API and three worker processes before the file's tests; before each of them all lanes have an owner. */
export function useOwnScene(): void {
  beforeAll(async () => {
    scene = await startScene(await startBreakableServices(), { apis: 2, workers: 3 });
  });
  afterAll(() => scene.stop());
  beforeEach(() => scene.untilOwned());
}
