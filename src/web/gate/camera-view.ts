/** The picture of the camera, and the buttons that start and stop it. */
import { html } from 'htm/preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { CameraError, type CameraProblem, keepScreenOn, watchCamera } from './scanning/camera.ts';
import { allowSound } from './scanning/signals.ts';
import { useGateWords } from './words.ts';

interface CameraViewProps {
  onCode(text: string): Promise<void>;
  isBusy(): boolean;
  isChecking: boolean;
  /** An answer covers the screen; the picture stays in a corner, to aim at the next ticket. */
  isSmall: boolean;
}

export function CameraView({ onCode, isBusy, isChecking, isSmall }: CameraViewProps) {
  const { g } = useGateWords();
  const video = useRef<HTMLVideoElement>(null);
  const [state, setState] = useState<'off' | 'on' | CameraProblem>('off');
  const [hasPicture, setHasPicture] = useState(false);
  const isOn = state === 'on';
  useEffect(() => {
    if (!isOn || !video.current) return;
    const ending = new AbortController();
    const { signal } = ending;
    const report = (text: string) => void onCode(text);
    watchCamera({ video: video.current, signal, onCode: report, isBusy }).catch((error) => {
      if (signal.aborted) return;
      if (!(error instanceof CameraError)) console.error(error);
      setState(error instanceof CameraError ? error.problem : 'broken');
    });
    keepScreenOn(signal);
    return () => {
      ending.abort();
      setHasPicture(false);
    };
  }, [isOn, onCode, isBusy]);
  const start = () => {
    allowSound();
    setState('on');
  };
  return html`
    <section class="gate-camera ${isSmall ? 'is-small' : ''}">
      ${
        isOn
          ? html`
              <video ref=${video} muted playsinline aria-hidden="true" onPlaying=${() => setHasPicture(true)} />
              <p class="gate-aim">${isChecking ? g.checking : hasPicture ? g.aim : g.starting}</p>
              <button class="button is-small" type="button" onClick=${() => setState('off')}>${g.stop}</button>
            `
          : html`
              ${state !== 'off' && html`<p class="is-bad" role="alert">${g.camera[state]}</p>`}
              <button class="button gate-start" type="button" onClick=${start}>${g.start}</button>
            `
      }
    </section>
  `;
}
