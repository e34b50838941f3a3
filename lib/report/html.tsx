import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderToString } from 'preact-render-to-string';
import type { EstateMap } from './estate-map';
import { Page } from './page';

const own = (name: string): string => readFileSync(join(__dirname, name), 'utf8');

/** The estate as one HTML file that needs no network, no other file, and no script to be read. */
export const renderHtml = (map: EstateMap): string =>
  `<!doctype html>\n${renderToString(<Page map={map} style={own('reader.css')} script={own('reader.js')} />)}\n`;
