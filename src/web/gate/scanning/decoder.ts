/** Reads QR codes from pictures of the camera: with the browser's own detector if there is one, otherwise with zxing. */
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader';

/** @returns the text of a QR code in the picture; undefined if there is none */
export type Decode = (video: HTMLVideoElement) => Promise<string | undefined>;

/** https://wicg.github.io/shape-detection-api; Chrome on Android and macOS has it. */
interface BarcodeDetector {
  detect(video: HTMLVideoElement): Promise<{ rawValue: string }[]>;
}
interface BarcodeDetectorClass {
  new (options: { formats: string[] }): BarcodeDetector;
  getSupportedFormats(): Promise<string[]>;
}

/** A QR code that fills a third of the picture has more than two pixels a module at this width. */
const WIDTH_MAX = 960;
/** Served by this API like all files: by default zxing would load it from elsewhere. */
const WASM = new URL('../../../lib/zxing/zxing_reader.wasm', import.meta.url).href;

export async function openDecoder(): Promise<Decode> {
  const { BarcodeDetector: Detector } = globalThis as { BarcodeDetector?: BarcodeDetectorClass };
  // Some systems have the class without a format that it reads.
  const formats = await Detector?.getSupportedFormats().catch(() => [] as string[]);
  if (Detector && formats?.includes('qr_code')) {
    const detector = new Detector({ formats: ['qr_code'] });
    return async (video) => (await detector.detect(video))[0]?.rawValue;
  }
  await prepareZXingModule({ overrides: { locateFile: () => WASM }, fireImmediately: true });
  return decodeWithZxing();
}

function decodeWithZxing(): Decode {
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d', { willReadFrequently: true });
  return async (video) => {
    if (!context || video.videoWidth === 0) return undefined;
    const scale = Math.min(1, WIDTH_MAX / video.videoWidth);
    canvas.width = Math.round(video.videoWidth * scale);
    canvas.height = Math.round(video.videoHeight * scale);
    context.drawImage(video, 0, 0, canvas.width, canvas.height);
    const picture = context.getImageData(0, 0, canvas.width, canvas.height);
    const [found] = await readBarcodes(picture, { formats: ['QRCode'], maxNumberOfSymbols: 1 });
    return found?.text || undefined;
  };
}
