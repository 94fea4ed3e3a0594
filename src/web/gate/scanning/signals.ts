/** The sound and the vibration of an answer, so that nobody has to look at the screen. No file is needed: the tones are made here. */

let context: AudioContext | undefined;

/** Browsers allow sound only after a touch: call it in one. */
export function allowSound(): void {
  context ??= new AudioContext();
  void context.resume();
}

/** @param isGood whether the guest may enter */
export function signal(isGood: boolean): void {
  navigator.vibrate?.(isGood ? 80 : [220, 90, 220]);
  const tones: [pitch: number, from: number, to: number][] = isGood
    ? [
        [880, 0, 0.1],
        [1320, 0.11, 0.25],
      ]
    : [
        [220, 0, 0.25],
        [180, 0.3, 0.6],
      ];
  for (const tone of tones) play(...tone);
}

/** @param pitch in Hz @param from and to: in seconds from now */
function play(pitch: number, from: number, to: number): void {
  if (context?.state !== 'running') return;
  const oscillator = new OscillatorNode(context, { frequency: pitch });
  const volume = new GainNode(context, { gain: 0.25 });
  oscillator.connect(volume).connect(context.destination);
  oscillator.start(context.currentTime + from);
  oscillator.stop(context.currentTime + to);
}
