/** The libraries that the pages import by name, and where their files are. */

/** The bare import specifiers of the modules, and the package file that each one resolves to in a browser. */
export const LIBRARIES: Readonly<Record<string, readonly [name: string, file: string]>> = {
  preact: ['lib/preact.mjs', 'preact/dist/preact.mjs'],
  'preact/hooks': ['lib/preact-hooks.mjs', 'preact/hooks/dist/hooks.mjs'],
  htm: ['lib/htm.mjs', 'htm/dist/htm.module.js'],
  'htm/preact': ['lib/htm-preact.mjs', 'htm/preact/index.module.js'],
};

/** The libraries of the gate's page alone. The buyers' page does not name them. */
export const GATE_LIBRARIES: typeof LIBRARIES = {
  'zxing-wasm/reader': ['lib/zxing/reader/index.js', 'zxing-wasm/dist/es/reader/index.js'],
};
export const ZXING_WASM = 'lib/zxing/zxing_reader.wasm';
