import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const macPaths = ['/Applications/Chromium.app/Contents/MacOS/Chromium'];

/** The system's Chromium, or `undefined`; CHROMIUM_PATH names one elsewhere. */
export const chromiumPath: string | undefined = [
  process.env.CHROMIUM_PATH ?? '',
  ...(process.env.PATH ?? '').split(delimiter).flatMap((folder) => names.map((name) => join(folder, name))),
  ...macPaths,
].find((path) => path !== '' && existsSync(path));

export const howToGetChromium =
  'No Chromium on the PATH: `apt install chromium` on Debian or Ubuntu, `brew install --cask chromium` on macOS, or ' +
  'name one in CHROMIUM_PATH.';

/** A headless browser that reaches no network of its own accord. */
export const launchChromium = (): Promise<Browser> =>
  chromium.launch({
    ...(chromiumPath === undefined ? {} : { executablePath: chromiumPath }),
    args: [
      // The sandbox needs a user of its own, which a build machine that runs as root has not.
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
