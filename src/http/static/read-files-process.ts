/** The process that reads the static files, sends them to its parent, and ends. */
import { readFiles } from './read-files.ts';

process.send?.(readFiles(), () => process.disconnect());
